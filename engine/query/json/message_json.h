// MessageJson: any message as proto3 JSON with every number a JSON number.
#ifndef ANNALS_ENGINE_QUERY_JSON_MESSAGE_JSON_H_
#define ANNALS_ENGINE_QUERY_JSON_MESSAGE_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/query/json/json_writer.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace annals {

// Fields in the order of the .proto file, under their lowerCamelCase names, maps
// ordered by key. A subclass says what it writes otherwise. Not thread-safe; the
// writer must outlive it.
class MessageJson {
 public:
  // What to do with a payload that this program has no type for, and with what
  // has no JSON form (a timestamp of the year 10000).
  enum class Unreadable {
    kRefuse,
    kShowBytes,  // {"@type": …, "unreadable": base64}: an answer is never lost.
  };

  MessageJson(JsonWriter* json, Unreadable unreadable) : json_(json), unreadable_(unreadable) {}
  virtual ~MessageJson() = default;

  // INVALID_ARGUMENT if something can't be read, and is to be refused.
  absl::Status Write(const google::protobuf::Message& message);

 protected:
  enum class WhenAbsent { kLeftOut, kNull, kWritten };

  // How a field is written that isn't there, or is empty.
  virtual WhenAbsent IfAbsent(const google::protobuf::FieldDescriptor& field) const;

  // Writes the message if its type has a form of its own; false if it hasn't.
  virtual absl::StatusOr<bool> WriteSpecial(const google::protobuf::Message& message);

  JsonWriter& json() { return *json_; }

 private:
  absl::Status WriteFields(const google::protobuf::Message& message);
  absl::Status WriteField(const google::protobuf::Message& message,
                          const google::protobuf::FieldDescriptor& field);
  absl::Status WriteMap(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& field);
  // One value: of a repeated field the one at `index`, otherwise -1.
  absl::Status WriteValue(const google::protobuf::Message& message,
                          const google::protobuf::FieldDescriptor& field, int index);
  absl::Status WriteAny(const google::protobuf::Any& any);
  // In place of a message that has no JSON form.
  absl::Status WriteUnreadable(const std::string& bytes, const absl::Status& why);

  JsonWriter* const json_;
  const Unreadable unreadable_;
  int payload_depth_ = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_JSON_MESSAGE_JSON_H_
