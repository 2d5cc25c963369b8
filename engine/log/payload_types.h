// PayloadTypes: which message types an event may carry.
#ifndef ANNALS_ENGINE_LOG_PAYLOAD_TYPES_H_
#define ANNALS_ENGINE_LOG_PAYLOAD_TYPES_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace annals {

// The engine's own types (TimelineCreated, SourceRegistered, PayloadRedacted,
// SubjectForgotten) are always in.
// Built once, then immutable and thread-safe.
class PayloadTypes {
 public:
  PayloadTypes();

  // Adds a domain's types; their generated code must be linked in.
  // ALREADY_EXISTS if the domain has been added; INVALID_ARGUMENT if a field is marked
  // as sensitive that can't be.
  absl::Status AddDomain(absl::string_view domain,
                         const std::vector<const google::protobuf::Descriptor*>& types);

  bool HasDomain(absl::string_view domain) const;

  // Whether a known type, or one within it, has fields that are marked as sensitive;
  // and whether any type of a domain has.
  bool IsSensitive(absl::string_view domain) const;
  bool HasSensitiveFields(const google::protobuf::Descriptor* type) const {
    return sensitive_.contains(type);
  }

  // The types that a timeline of `domain` takes ("": the engine's own), by full
  // name. NOT_FOUND if there is no such domain.
  absl::StatusOr<std::vector<const google::protobuf::Descriptor*>> Types(
      absl::string_view domain) const;

  // The payload as its own message. INVALID_ARGUMENT if the type is unknown in
  // the domain, or the bytes aren't such a message: truncated, invalid UTF-8,
  // unknown fields, nested deeper than 32 messages; or a quantity in it has limits that
  // cross.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Decode(
      absl::string_view domain, const google::protobuf::Any& payload) const;

  // The same for who decodes many, one after the other: if `*message` is of the
  // payload's type, its memory is used again.
  absl::Status DecodeInto(absl::string_view domain, const google::protobuf::Any& payload,
                          std::unique_ptr<google::protobuf::Message>* message) const;

 private:
  using TypesByName = std::map<std::string, const google::protobuf::Descriptor*, std::less<>>;

  // Null if there is none.
  const google::protobuf::Descriptor* Find(absl::string_view domain, absl::string_view name) const;

  // Notes the fields of the type, and of all types in it, that hold messages.
  void AddParts(const google::protobuf::Descriptor* type);

  // Of the message, and all those in it, what its bytes alone can't tell.
  absl::Status Check(const google::protobuf::Message& message) const;

  std::map<std::string, TypesByName, std::less<>> domains_;
  absl::flat_hash_map<const google::protobuf::Descriptor*,
                      std::vector<const google::protobuf::FieldDescriptor*>>
      parts_;
  absl::flat_hash_set<const google::protobuf::Descriptor*> sensitive_;
};

// "venezuela.v1.MaduroCaptured" of "type.googleapis.com/venezuela.v1.MaduroCaptured".
absl::string_view TypeName(absl::string_view type_url);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_PAYLOAD_TYPES_H_
