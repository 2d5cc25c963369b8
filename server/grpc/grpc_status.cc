#include "server/grpc/grpc_status.h"

#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "server/grpc/rpc_status.pb.h"

namespace annals {
namespace {

constexpr absl::string_view kMessageUrl = "type.googleapis.com/";
constexpr absl::string_view kRetryInfoUrl = "type.googleapis.com/google.rpc.RetryInfo";
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kNanosPerMicro = 1'000;

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // Both number their codes as google.rpc.Code does.
  const int code = static_cast<int>(status.code());
  server::RpcStatus details;
  details.set_code(code);
  details.set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    if (!absl::StartsWith(url, kMessageUrl)) return;
    google::protobuf::Any* const detail = details.add_details();
    detail->set_type_url(std::string(url));
    detail->set_value(std::string(payload));
  });
  return grpc::Status(static_cast<grpc::StatusCode>(code), details.message(),
                      details.details().empty() ? std::string() : details.SerializeAsString());
}

absl::Status WithRetryDelay(absl::Status status, int64_t micros) {
  server::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(micros / kMicrosPerSecond);
  info.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(micros % kMicrosPerSecond * kNanosPerMicro));
  status.SetPayload(kRetryInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

}  // namespace annals
