#include "engine/log/payload_types.h"

#include <string.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"
#include "engine/privacy/sensitive_fields.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/unknown_field_set.h"
#include "proto/annals/v1/erasure.pb.h"
#include "proto/annals/v1/timeline.pb.h"
#include "proto/annals/v1/value.pb.h"

namespace annals {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

// Enough for any depth that could be meant; only to tell depth from damage.
constexpr int kDeepNesting = 1'000;

bool Parse(absl::string_view bytes, int nesting, Message* message) {
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  input.SetRecursionLimit(nesting);
  return message->ParseFromCodedStream(&input) && input.ConsumedEntireMessage();
}

// Dropping unknown fields would change what was said; keeping them would keep
// what nobody has checked.
absl::Status RefuseUnknownFields(const Message& message,
                                 const google::protobuf::Reflection& reflection) {
  const auto& unknown = reflection.GetUnknownFields(message);
  if (unknown.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("unknown field ", unknown.field(0).number(),
                                                 " in ", message.GetDescriptor()->full_name(),
                                                 ": was it written by a newer program?"));
}

// Recorded, it could never be taken back, and would stop every projection that
// reads it.
absl::Status RefuseCrossedLimits(const Message& message, const Descriptor* type) {
  static const Descriptor* const quantity = v1::Quantity::descriptor();
  if (type != quantity) return absl::OkStatus();
  return Quantity::FromProto(static_cast<const v1::Quantity&>(message)).status();
}

std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

std::string Describe(absl::string_view domain) {
  return domain.empty() ? "a timeline without a domain" : absl::StrCat("domain \"", domain, "\"");
}

}  // namespace

PayloadTypes::PayloadTypes() {
  for (const Descriptor* const type :
       {v1::TimelineCreated::descriptor(), v1::SourceRegistered::descriptor(),
        v1::PayloadRedacted::descriptor(), v1::SubjectForgotten::descriptor()}) {
    domains_[""][type->full_name()] = type;
    AddParts(type);
  }
}

absl::Status PayloadTypes::AddDomain(absl::string_view domain,
                                     const std::vector<const Descriptor*>& types) {
  const auto [entry, added] = domains_.try_emplace(std::string(domain), domains_[""]);
  if (!added) {
    return absl::AlreadyExistsError(absl::StrCat("domain \"", domain, "\" has been added before"));
  }
  for (const Descriptor* const type : types) {
    ANNALS_RETURN_IF_ERROR(CheckSensitiveMarks(type));
    if (annals::HasSensitiveFields(type)) sensitive_.insert(type);
    entry->second[type->full_name()] = type;
    AddParts(type);
  }
  return absl::OkStatus();
}

void PayloadTypes::AddParts(const Descriptor* type) {
  if (!parts_.try_emplace(type).second) return;
  std::vector<const FieldDescriptor*> parts;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    parts.push_back(field);
    AddParts(field->message_type());
  }
  parts_[type] = std::move(parts);
}

absl::Status PayloadTypes::Check(const Message& message) const {
  // Asking a message for these isn't free.
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const Descriptor* const type = message.GetDescriptor();
  ANNALS_RETURN_IF_ERROR(RefuseUnknownFields(message, reflection));
  ANNALS_RETURN_IF_ERROR(RefuseCrossedLimits(message, type));
  for (const FieldDescriptor* const field : parts_.at(type)) {
    if (!field->is_repeated()) {
      if (!reflection.HasField(message, field)) continue;
      ANNALS_RETURN_IF_ERROR(Annotate(Check(reflection.GetMessage(message, field)), field->name()));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      ANNALS_RETURN_IF_ERROR(
          Annotate(Check(reflection.GetRepeatedMessage(message, field, i)), field->name()));
    }
  }
  return absl::OkStatus();
}

bool PayloadTypes::HasDomain(absl::string_view domain) const {
  return domains_.contains(ToStd(domain));
}

bool PayloadTypes::IsSensitive(absl::string_view domain) const {
  const auto found = domains_.find(ToStd(domain));
  return found != domains_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [this](const auto& type) { return HasSensitiveFields(type.second); });
}

absl::StatusOr<std::vector<const Descriptor*>> PayloadTypes::Types(absl::string_view domain) const {
  const auto found = domains_.find(ToStd(domain));
  if (found == domains_.end()) {
    std::string known;
    for (const auto& [name, types] : domains_) {
      if (!name.empty()) absl::StrAppend(&known, known.empty() ? "\"" : ", \"", name, "\"");
    }
    return absl::NotFoundError(absl::StrCat(
        "no domain \"", domain, "\" in this program, which has ", known.empty() ? "none" : known));
  }
  std::vector<const Descriptor*> types;
  for (const auto& [name, type] : found->second) types.push_back(type);
  return types;
}

const Descriptor* PayloadTypes::Find(absl::string_view domain, absl::string_view name) const {
  const auto types = domains_.find(ToStd(domain));
  if (types == domains_.end()) return nullptr;
  const auto type = types->second.find(ToStd(name));
  return type == types->second.end() ? nullptr : type->second;
}

absl::StatusOr<std::unique_ptr<Message>> PayloadTypes::Decode(
    absl::string_view domain, const google::protobuf::Any& payload) const {
  std::unique_ptr<Message> message;
  ANNALS_RETURN_IF_ERROR(DecodeInto(domain, payload, &message));
  return message;
}

absl::Status PayloadTypes::DecodeInto(absl::string_view domain,
                                      const google::protobuf::Any& payload,
                                      std::unique_ptr<Message>* message) const {
  const absl::string_view name = TypeName(payload.type_url());
  const Descriptor* const type = Find(domain, name);
  if (type == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown type \"", name, "\": ", Describe(domain), " has no such event type"));
  }
  if (*message == nullptr || (*message)->GetDescriptor() != type) {
    const Message* const prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
    if (prototype == nullptr) {
      return absl::InternalError(absl::StrCat("the code of \"", name, "\" is not linked in"));
    }
    message->reset(prototype->New());
  }
  if (Parse(payload.value(), kMaxNesting, message->get())) return Check(**message);
  const bool deep = Parse(payload.value(), kDeepNesting, message->get());
  return absl::InvalidArgumentError(
      absl::StrCat("the payload's bytes are no ", name, ": ",
                   deep ? absl::StrCat("messages are nested deeper than ", kMaxNesting)
                        : "they are cut short or damaged, or a text in them is not UTF-8"));
}

absl::string_view TypeName(absl::string_view type_url) {
  const void* const slash = ::memrchr(type_url.data(), '/', type_url.size());
  if (slash == nullptr) return type_url;
  return type_url.substr(static_cast<const char*>(slash) - type_url.data() + 1);
}

}  // namespace annals
