#include "server/grpc/grpc_status.h"

#include "absl/strings/cord.h"
#include "gtest/gtest.h"
#include "server/grpc/rpc_status.pb.h"

namespace annals {
namespace {

TEST(GrpcStatusTest, KeepsCodeAndMessage) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  const grpc::Status status = ToGrpcStatus(absl::DataLossError("it is gone"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(status.error_message(), "it is gone");
  EXPECT_EQ(status.error_details(), "") << "there are no details";
}

TEST(GrpcStatusTest, CarriesARetryDelayAsAClientExpectsIt) {
  const grpc::Status status =
      ToGrpcStatus(WithRetryDelay(absl::ResourceExhaustedError("too much"), 2'500'001));
  server::RpcStatus details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), 8);
  EXPECT_EQ(details.message(), "too much");
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.RetryInfo");
  server::RetryInfo info;
  ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
  EXPECT_EQ(info.retry_delay().seconds(), 2);
  EXPECT_EQ(info.retry_delay().nanos(), 500'001'000);
}

TEST(GrpcStatusTest, KeepsWhatIsNoMessageToItself) {
  absl::Status status = absl::AbortedError("no");
  status.SetPayload("annals/http-status", absl::Cord("418"));
  EXPECT_EQ(ToGrpcStatus(status).error_details(), "");
}

}  // namespace
}  // namespace annals
