#include "engine/query/unsealing.h"

#include <memory>
#include <string>

#include "engine/base/status.h"
#include "engine/log/payload_types.h"
#include "engine/log/redaction.h"
#include "engine/privacy/sensitive_fields.h"
#include "engine/query/payload.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace annals {

absl::Status Unseal(const FieldSealer& sealer, v1::Event* event) {
  if (!event->has_payload() || IsRedacted(*event)) return absl::OkStatus();
  const std::string name(TypeName(event->payload().type_url()));
  const google::protobuf::Descriptor* const type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr || !HasSensitiveFields(type)) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> payload,
                          ReadPayload(event->payload()));
  sealer.Unseal(event->id(), payload.get());
  event->mutable_payload()->set_value(payload->SerializeAsString());
  return absl::OkStatus();
}

}  // namespace annals
