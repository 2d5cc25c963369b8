#include "engine/query/payload.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/payload_types.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace annals {
namespace {

using google::protobuf::Any;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string SerializeDeterministically(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

absl::Status NormalizeAny(Any* any) {
  if (any->type_url().empty() && any->value().empty()) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<Message> message, ReadPayload(*any));
  ANNALS_RETURN_IF_ERROR(NormalizePayloads(message.get()));
  any->set_value(SerializeDeterministically(*message));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ReadPayload(
    const google::protobuf::Any& payload) {
  const std::string name(TypeName(payload.type_url()));
  const google::protobuf::Descriptor* const type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("the payload's type \"", payload.type_url(),
                     "\" isn't part of this program; use one that has its domain"));
  }
  const google::protobuf::Message* const prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  std::unique_ptr<google::protobuf::Message> message(prototype->New());
  if (!message->ParseFromString(payload.value())) {
    return absl::InvalidArgumentError(
        absl::StrCat("the payload's bytes are no message of the type \"", name, "\""));
  }
  return message;
}

absl::Status NormalizePayloads(Message* message) {
  if (message->GetDescriptor() == Any::descriptor()) {
    return NormalizeAny(static_cast<Any*>(message));
  }
  const Reflection& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      ANNALS_RETURN_IF_ERROR(NormalizePayloads(reflection.MutableMessage(message, field)));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      ANNALS_RETURN_IF_ERROR(
          NormalizePayloads(reflection.MutableRepeatedMessage(message, field, i)));
    }
  }
  return absl::OkStatus();
}

}  // namespace annals
