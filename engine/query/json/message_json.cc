#include "engine/query/json/message_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "engine/base/status.h"
#include "engine/query/payload.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "proto/annals/v1/time.pb.h"

namespace annals {
namespace {

using google::protobuf::Any;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

// Payloads within payloads: each is parsed anew, so protobuf's own limit on
// nesting doesn't see them.
constexpr int kMaxPayloadDepth = 32;

absl::Status TooDeep() {
  return absl::InvalidArgumentError(
      absl::StrCat("payloads are nested deeper than ", kMaxPayloadDepth));
}

// The shortest digits that read back as the same number. JSON has no word for
// what isn't finite; proto3 JSON puts it between quotes.
std::string NumberText(double number) {
  if (std::isnan(number)) return "\"NaN\"";
  if (std::isinf(number)) return number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  if (number == 0 && std::signbit(number)) return "-0.0";
  char buffer[64];
  const std::to_chars_result end = std::to_chars(buffer, buffer + sizeof(buffer), number);
  return std::string(buffer, end.ptr);
}

// The years 0001 to 9999, as RFC 3339 can tell them.
bool HasText(const Timestamp& timestamp) {
  return timestamp.seconds() >= -62'135'596'800 && timestamp.seconds() <= 253'402'300'799 &&
         timestamp.nanos() >= 0 && timestamp.nanos() <= 999'999'999;
}

std::string TimestampText(const Timestamp& timestamp) {
  const absl::Time time = absl::FromUnixSeconds(timestamp.seconds());
  const int32_t nanos = timestamp.nanos();
  const bool whole_micros = nanos % 1000 == 0;
  return absl::StrCat(
      absl::FormatTime("%E4Y-%m-%dT%H:%M:%S", time, absl::UTCTimeZone()), ".",
      whole_micros ? absl::StrFormat("%06d", nanos / 1000) : absl::StrFormat("%09d", nanos), "Z");
}

bool IsWellKnown(const Descriptor& type) {
  static const char* const kNames[] = {"Any",        "BoolValue",   "BytesValue",  "DoubleValue",
                                       "Duration",   "FieldMask",   "FloatValue",  "Int32Value",
                                       "Int64Value", "ListValue",   "StringValue", "Struct",
                                       "Timestamp",  "UInt32Value", "UInt64Value", "Value"};
  return type.file()->package() == "google.protobuf" &&
         std::find(std::begin(kNames), std::end(kNames), type.name()) != std::end(kNames);
}

bool IsWrapper(const Descriptor& type) {
  return IsWellKnown(type) && type.field_count() == 1 && absl::EndsWith(type.name(), "Value") &&
         type.field(0)->name() == "value" && !type.field(0)->is_repeated();
}

// A map's key as the name of a JSON field.
std::string KeyText(const Message& entry, const FieldDescriptor& key) {
  const Reflection& reflection = *entry.GetReflection();
  switch (key.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(entry, &key);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(entry, &key) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(entry, &key));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(entry, &key));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(entry, &key));
    default:  // No other type may be a key.
      return absl::StrCat(reflection.GetUInt64(entry, &key));
  }
}

bool KeyLess(const Message& a, const Message& b, const FieldDescriptor& key) {
  const Reflection& reflection = *a.GetReflection();
  switch (key.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.GetInt32(a, &key) < reflection.GetInt32(b, &key);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.GetInt64(a, &key) < reflection.GetInt64(b, &key);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.GetUInt32(a, &key) < reflection.GetUInt32(b, &key);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.GetUInt64(a, &key) < reflection.GetUInt64(b, &key);
    default:
      return KeyText(a, key) < KeyText(b, key);
  }
}

bool IsPresent(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

}  // namespace

MessageJson::WhenAbsent MessageJson::IfAbsent(const FieldDescriptor& field) const {
  // Zero is a moment like any other.
  const bool is_bound = field.containing_type() == v1::Bounds::descriptor();
  return is_bound ? WhenAbsent::kWritten : WhenAbsent::kLeftOut;
}

absl::StatusOr<bool> MessageJson::WriteSpecial(const Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  if (!IsWellKnown(type)) return false;
  if (&type == Any::descriptor()) {
    ANNALS_RETURN_IF_ERROR(WriteAny(static_cast<const Any&>(message)));
  } else if (&type == Timestamp::descriptor() && HasText(static_cast<const Timestamp&>(message))) {
    json_->String(TimestampText(static_cast<const Timestamp&>(message)));
  } else if (IsWrapper(type)) {
    ANNALS_RETURN_IF_ERROR(WriteValue(message, *type.field(0), -1));
  } else {
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(message, &text);
    if (status.ok()) {
      json_->Raw(text);
    } else {
      ANNALS_RETURN_IF_ERROR(WriteUnreadable(
          message.SerializeAsString(), absl::InvalidArgumentError(absl::StrCat(
                                           "a ", type.full_name(), " can't be written as JSON: ",
                                           std::string(status.message())))));
    }
  }
  return true;
}

absl::Status MessageJson::WriteUnreadable(const std::string& bytes, const absl::Status& why) {
  if (unreadable_ == Unreadable::kRefuse) return why;
  json_->BeginObject();
  json_->Name("unreadable");
  json_->String(absl::Base64Escape(bytes));
  json_->EndObject();
  return absl::OkStatus();
}

absl::Status MessageJson::Write(const Message& message) {
  ANNALS_ASSIGN_OR_RETURN(const bool written, WriteSpecial(message));
  if (written) return absl::OkStatus();
  json_->BeginObject();
  ANNALS_RETURN_IF_ERROR(WriteFields(message));
  json_->EndObject();
  return absl::OkStatus();
}

absl::Status MessageJson::WriteFields(const Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const WhenAbsent absent = IsPresent(message, field) ? WhenAbsent::kWritten : IfAbsent(field);
    if (absent == WhenAbsent::kLeftOut) continue;
    json_->Name(field.json_name());
    if (absent == WhenAbsent::kNull) {
      json_->Raw("null");
    } else {
      ANNALS_RETURN_IF_ERROR(WriteField(message, field));
    }
  }
  return absl::OkStatus();
}

absl::Status MessageJson::WriteField(const Message& message, const FieldDescriptor& field) {
  if (field.is_map()) return WriteMap(message, field);
  if (!field.is_repeated()) return WriteValue(message, field, -1);
  json_->BeginArray();
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) ANNALS_RETURN_IF_ERROR(WriteValue(message, field, i));
  json_->EndArray();
  return absl::OkStatus();
}

absl::Status MessageJson::WriteMap(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor& key = *field.message_type()->map_key();
  const FieldDescriptor& value = *field.message_type()->map_value();
  std::vector<const Message*> entries;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    entries.push_back(&reflection.GetRepeatedMessage(message, &field, i));
  }
  std::sort(entries.begin(), entries.end(),
            [&](const Message* a, const Message* b) { return KeyLess(*a, *b, key); });
  json_->BeginObject();
  for (const Message* entry : entries) {
    json_->Name(KeyText(*entry, key));
    ANNALS_RETURN_IF_ERROR(WriteValue(*entry, value, -1));
  }
  json_->EndObject();
  return absl::OkStatus();
}

absl::Status MessageJson::WriteValue(const Message& message, const FieldDescriptor& field,
                                     int index) {
  const Reflection& r = *message.GetReflection();
  const FieldDescriptor* const f = &field;
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Write(one ? r.GetMessage(message, f) : r.GetRepeatedMessage(message, f, index));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text =
          one ? r.GetString(message, f) : r.GetRepeatedString(message, f, index);
      const bool is_bytes = field.type() == FieldDescriptor::TYPE_BYTES;
      json_->String(is_bytes ? absl::Base64Escape(text) : text);
      break;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      json_->Raw((one ? r.GetBool(message, f) : r.GetRepeatedBool(message, f, index)) ? "true"
                                                                                      : "false");
      break;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number =
          one ? r.GetEnumValue(message, f) : r.GetRepeatedEnumValue(message, f, index);
      const auto* const value = field.enum_type()->FindValueByNumber(number);
      if (value != nullptr) {
        json_->String(value->name());
      } else {
        json_->Raw(absl::StrCat(number));
      }
      break;
    }
    case FieldDescriptor::CPPTYPE_INT32:
      json_->Raw(
          absl::StrCat(one ? r.GetInt32(message, f) : r.GetRepeatedInt32(message, f, index)));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      json_->Raw(
          absl::StrCat(one ? r.GetInt64(message, f) : r.GetRepeatedInt64(message, f, index)));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      json_->Raw(
          absl::StrCat(one ? r.GetUInt32(message, f) : r.GetRepeatedUInt32(message, f, index)));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      json_->Raw(
          absl::StrCat(one ? r.GetUInt64(message, f) : r.GetRepeatedUInt64(message, f, index)));
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      // As the double that it equals, which reads back exactly.
      json_->Raw(NumberText(one ? r.GetFloat(message, f) : r.GetRepeatedFloat(message, f, index)));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      json_->Raw(
          NumberText(one ? r.GetDouble(message, f) : r.GetRepeatedDouble(message, f, index)));
      break;
  }
  return absl::OkStatus();
}

absl::Status MessageJson::WriteAny(const Any& any) {
  if (any.type_url().empty() && any.value().empty()) {
    json_->Raw("{}");
    return absl::OkStatus();
  }
  const absl::StatusOr<std::unique_ptr<Message>> message =
      payload_depth_ < kMaxPayloadDepth ? ReadPayload(any) : TooDeep();
  if (!message.ok() && unreadable_ == Unreadable::kRefuse) return message.status();
  ++payload_depth_;
  json_->BeginObject();
  json_->Name("@type");
  json_->String(any.type_url());
  if (!message.ok()) {
    json_->Name("unreadable");
    json_->String(absl::Base64Escape(any.value()));
  } else if (IsWellKnown(*(*message)->GetDescriptor())) {
    json_->Name("value");
    ANNALS_RETURN_IF_ERROR(Write(**message));
  } else {
    ANNALS_RETURN_IF_ERROR(WriteFields(**message));
  }
  json_->EndObject();
  --payload_depth_;
  return absl::OkStatus();
}

}  // namespace annals
