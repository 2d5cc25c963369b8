#include "server/grpc/stream_orders.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/service/guarded_service.h"
#include "engine/service/stream_pass.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "server/grpc/sources.h"

namespace annals {
namespace {

using Source = absl::StatusOr<std::unique_ptr<StreamSource>>;

template <typename Request>
absl::StatusOr<Request> Parse(const grpc::ByteBuffer& bytes) {
  // Reading uses the buffer up; the bytes themselves aren't copied.
  grpc::ByteBuffer shared = bytes;  // NOLINT(performance-unnecessary-copy-initialization)
  Request request;
  const grpc::Status parsed = grpc::SerializationTraits<Request>::Deserialize(&shared, &request);
  if (!parsed.ok())
    return absl::InvalidArgumentError("the request is not the message it should be");
  return request;
}

}  // namespace

StreamOrders::StreamOrders(GuardedStore served, const CallGate* gate, const Clock* clock)
    : served_(std::move(served)), gate_(gate), clock_(clock) {}

template <typename Request, typename Open>
absl::StatusOr<StreamOrder> StreamOrders::Make(const grpc::ServerContextBase& context,
                                               const grpc::ByteBuffer& bytes, Open open) const {
  ANNALS_ASSIGN_OR_RETURN(Request request, Parse<Request>(bytes));
  StreamOrder order{.timeline = request.timeline()};
  ANNALS_ASSIGN_OR_RETURN(PrincipalPtr principal, gate_->Identify(context));
  GuardedService service(&served_, std::move(principal));
  ANNALS_ASSIGN_OR_RETURN(order.pass, service.OpenStream(order.timeline));
  order.open = [open = std::move(open), request = std::move(request)](const StreamPass& pass) {
    return open(pass, request);
  };
  return order;
}

absl::StatusOr<StreamOrder> StreamOrders::Take(const std::string& verb,
                                               const grpc::ServerContextBase& context,
                                               const grpc::ByteBuffer& request) const {
  if (verb == "Subscribe") {
    return Make<v1::SubscribeRequest>(
        context, request,
        [clock = clock_](const StreamPass& pass, const v1::SubscribeRequest& asked) -> Source {
          ANNALS_ASSIGN_OR_RETURN(auto subscription, pass.Subscribe(asked));
          return SourceOf(std::move(subscription), clock);
        });
  }
  if (verb == "SubscribeView") {
    return Make<v1::SubscribeViewRequest>(
        context, request,
        [](const StreamPass& pass, const v1::SubscribeViewRequest& asked) -> Source {
          ANNALS_ASSIGN_OR_RETURN(auto changes, pass.FollowView(asked));
          return SourceOf(std::move(changes));
        });
  }
  if (verb == "ReadEvents") {
    return Make<v1::ReadEventsRequest>(
        context, request, [](const StreamPass& pass, const v1::ReadEventsRequest& asked) -> Source {
          ANNALS_ASSIGN_OR_RETURN(auto reader, pass.ReadEvents(asked));
          return SourceOf(std::move(reader));
        });
  }
  return absl::UnimplementedError(
      absl::StrCat("there is no method \"", verb, "\" of annals.v1.Timelines"));
}

}  // namespace annals
