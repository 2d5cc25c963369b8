// Sensitive fields: those that an event type marks (proto/annals/v1/sensitive.proto).
#ifndef ANNALS_ENGINE_PRIVACY_SENSITIVE_FIELDS_H_
#define ANNALS_ENGINE_PRIVACY_SENSITIVE_FIELDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace annals {

bool IsSensitive(const google::protobuf::FieldDescriptor* field);

// Whether messages of the type, or messages in them, may have sensitive fields.
// Walks over the types.
bool HasSensitiveFields(const google::protobuf::Descriptor* type);

// INVALID_ARGUMENT if a mark is on a field that can't bear it; the message names
// the field.
absl::Status CheckSensitiveMarks(const google::protobuf::Descriptor* type);

// One value of a sensitive field, as long as its message isn't changed elsewhere.
struct SensitiveValue {
  google::protobuf::Message* message;
  const google::protobuf::FieldDescriptor* field;
  int index;         // Among a repeated field's values; otherwise -1.
  std::string path;  // "people[2].name".

  std::string Get() const;
  void Set(std::string value) const;
};

// Every value that is not empty, in order of the fields' numbers.
std::vector<SensitiveValue> FindSensitiveValues(google::protobuf::Message* message);

// Leaves every sensitive field empty.
void ClearSensitiveFields(google::protobuf::Message* message);

// Whom the payload says that it is about; empty if it doesn't.
std::string SubjectOf(const google::protobuf::Message& payload);

}  // namespace annals

#endif  // ANNALS_ENGINE_PRIVACY_SENSITIVE_FIELDS_H_
