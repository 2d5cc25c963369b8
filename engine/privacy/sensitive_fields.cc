#include "engine/privacy/sensitive_fields.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "proto/annals/v1/sensitive.pb.h"

namespace annals {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsSubject(const FieldDescriptor* field) { return field->options().GetExtension(v1::subject); }

// The types that messages of `type` can be made of, each once.
void CollectTypes(const Descriptor* type, absl::flat_hash_set<const Descriptor*>* types) {
  if (!types->insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    const Descriptor* const part = type->field(i)->message_type();
    if (part != nullptr) CollectTypes(part, types);
  }
}

absl::Status Refuse(const FieldDescriptor* field, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("field ", field->full_name(), ": ", why));
}

absl::Status CheckMarks(const FieldDescriptor* field, bool in_payload) {
  const bool is_text = field->type() == FieldDescriptor::TYPE_STRING;
  if (IsSensitive(field) && !is_text && field->type() != FieldDescriptor::TYPE_BYTES) {
    return Refuse(field, "only strings and bytes can be sensitive");
  }
  if (field->is_map() && HasSensitiveFields(field->message_type())) {
    return Refuse(field, "a map can't hold sensitive fields, since it has no order");
  }
  if (IsSubject(field) && (!in_payload || !is_text || field->is_repeated())) {
    return Refuse(field, "the subject is named by one string field of the payload itself");
  }
  return absl::OkStatus();
}

void Find(Message* message, const std::string& prefix, std::vector<SensitiveValue>* values) {
  const Reflection& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* const field : fields) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field->is_map() || (!is_message && !IsSensitive(field))) continue;
    const std::string name = absl::StrCat(prefix, field->name());
    const int count = field->is_repeated() ? reflection.FieldSize(*message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const std::string path = field->is_repeated() ? absl::StrCat(name, "[", i, "]") : name;
      if (is_message) {
        Find(field->is_repeated() ? reflection.MutableRepeatedMessage(message, field, i)
                                  : reflection.MutableMessage(message, field),
             path + ".", values);
        continue;
      }
      SensitiveValue value{message, field, field->is_repeated() ? i : -1, path};
      if (!value.Get().empty()) values->push_back(std::move(value));
    }
  }
}

}  // namespace

bool IsSensitive(const FieldDescriptor* field) {
  return field->options().GetExtension(v1::sensitive);
}

bool HasSensitiveFields(const Descriptor* type) {
  absl::flat_hash_set<const Descriptor*> types;
  CollectTypes(type, &types);
  for (const Descriptor* const part : types) {
    for (int i = 0; i < part->field_count(); ++i) {
      if (IsSensitive(part->field(i))) return true;
    }
  }
  return false;
}

absl::Status CheckSensitiveMarks(const Descriptor* type) {
  absl::flat_hash_set<const Descriptor*> types;
  CollectTypes(type, &types);
  int subjects = 0;
  for (const Descriptor* const part : types) {
    for (int i = 0; i < part->field_count(); ++i) {
      ANNALS_RETURN_IF_ERROR(CheckMarks(part->field(i), part == type));
      if (IsSubject(part->field(i)) && ++subjects > 1) {
        return Refuse(part->field(i), "another field names the subject already");
      }
    }
  }
  return absl::OkStatus();
}

std::string SensitiveValue::Get() const {
  const Reflection& reflection = *message->GetReflection();
  return index < 0 ? reflection.GetString(*message, field)
                   : reflection.GetRepeatedString(*message, field, index);
}

void SensitiveValue::Set(std::string value) const {
  const Reflection& reflection = *message->GetReflection();
  if (index < 0) {
    reflection.SetString(message, field, std::move(value));
  } else {
    reflection.SetRepeatedString(message, field, index, std::move(value));
  }
}

std::vector<SensitiveValue> FindSensitiveValues(Message* message) {
  std::vector<SensitiveValue> values;
  Find(message, "", &values);
  return values;
}

void ClearSensitiveFields(Message* message) {
  for (const SensitiveValue& value : FindSensitiveValues(message)) value.Set("");
}

std::string SubjectOf(const Message& payload) {
  const Descriptor* const type = payload.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (IsSubject(type->field(i))) {
      return payload.GetReflection()->GetString(payload, type->field(i));
    }
  }
  return "";
}

}  // namespace annals
