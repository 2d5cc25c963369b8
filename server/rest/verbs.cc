#include "server/rest/verbs.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/backup/image_reader.h"
#include "engine/base/status.h"
#include "engine/log/event_reader.h"
#include "engine/query/json/json.h"
#include "engine/service/stream_frame.h"
#include "proto/annals/v1/service.pb.h"
#include "server/http/negotiation.h"
#include "server/http/problem.h"
#include "server/rest/caller.h"
#include "server/rest/message_body.h"

namespace annals::rest {
namespace {

using http::Awaitable;
using http::Request;
using http::Response;

// What the frames of a stream come to before they are sent together.
constexpr size_t kChunkBytes = size_t{64} << 10;

using Verb = std::function<absl::StatusOr<Response>(const Request&)>;

void AddVerb(absl::string_view name, Verb verb, boost::asio::thread_pool* pool,
             http::Router* router) {
  auto handler = [verb = std::move(verb),
                  pool](const Request& request) -> Awaitable<absl::StatusOr<Response>> {
    co_return co_await http::RunBlocking(*pool, [&] { return verb(request); });
  };
  router->Add(http::Method::kPost, absl::StrCat("/v1/verbs/", name), std::move(handler));
}

// A verb with one answer: reads the request's message, calls, writes the answer's.
template <typename Asked, typename Call>
Verb Unary(const GuardedStore* store, Call call) {
  return [store, call](const Request& request) -> absl::StatusOr<Response> {
    ANNALS_ASSIGN_OR_RETURN(const absl::string_view form, FormOfAnswer(request));
    Asked asked;
    ANNALS_RETURN_IF_ERROR(ReadMessage(request, &asked));
    GuardedService service = ServiceFor(request, store);
    ANNALS_ASSIGN_OR_RETURN(const auto answer, call(service, std::move(asked)));
    return WriteMessage(answer, form);
  };
}

// The events of a reader as frames, about kChunkBytes at a time.
struct Chunk {
  absl::Status status = absl::OkStatus();
  bool ended = false;
  std::string frames;
};

Chunk NextChunk(EventReader* reader) {
  Chunk chunk;
  v1::ReadEventsResponse response;
  size_t bytes = 0;
  while (bytes < kChunkBytes && !chunk.ended) {
    chunk.ended = !reader->Next();
    if (chunk.ended) break;
    reader->Take(response.add_events());
    bytes += response.events().rbegin()->ByteSizeLong();
  }
  if (bytes > 0) AppendMessageFrame(response.SerializeAsString(), &chunk.frames);
  if (chunk.ended) {
    chunk.status = reader->status();
    if (chunk.status.ok()) chunk.frames += EndFrame(absl::OkStatus());
  }
  return chunk;
}

Chunk NextChunk(ImageReader* reader) {
  Chunk chunk;
  absl::StatusOr<std::optional<v1::BackupResponse>> response = reader->Next();
  chunk.status = response.status();
  if (!response.ok()) return chunk;
  chunk.ended = !response->has_value();
  chunk.frames =
      chunk.ended ? EndFrame(absl::OkStatus()) : MessageFrame((*response)->SerializeAsString());
  return chunk;
}

template <typename Reader>
Awaitable<absl::Status> SendAll(std::shared_ptr<Reader> reader, boost::asio::thread_pool* pool,
                                std::shared_ptr<http::ByteStream> out) {
  while (true) {
    absl::Status room = co_await out->Room();
    if (!room.ok()) co_return room;
    Chunk chunk = co_await http::RunBlocking(*pool, [&] { return NextChunk(reader.get()); });
    if (!chunk.status.ok()) co_return chunk.status;
    room = co_await out->RoomFor(chunk.frames.size());
    if (!room.ok()) co_return room;
    const absl::Status pushed =
        out->Push(std::make_shared<const std::string>(std::move(chunk.frames)));
    if (!pushed.ok() || chunk.ended) co_return pushed;
  }
}

// A verb that is answered from a reader.
template <typename Asked, typename Reader>
Verb Read(const GuardedStore* store, boost::asio::thread_pool* pool,
          absl::StatusOr<std::unique_ptr<Reader>> (Service::*verb)(const Asked&)) {
  return [store, pool, verb](const Request& request) -> absl::StatusOr<Response> {
    ANNALS_RETURN_IF_ERROR(CheckTakesFrames(request));
    Asked asked;
    ANNALS_RETURN_IF_ERROR(ReadMessage(request, &asked));
    GuardedService service = ServiceFor(request, store);
    ANNALS_ASSIGN_OR_RETURN(std::shared_ptr<Reader> reader, (service.*verb)(asked));
    http::StreamBody body;
    body.produce = [reader = std::move(reader), pool](std::shared_ptr<http::ByteStream> out) {
      return SendAll(reader, pool, std::move(out));
    };
    body.farewell = EndFrame;
    return Response::Streaming(http::kProtobuf, std::move(body));
  };
}

// What takes long goes on when whoever asked for it has gone.
template <typename Asked, typename Report>
using ReportingVerb = absl::Status (Service::*)(const Asked&,
                                                const std::function<void(const Report&)>&);

template <typename Asked, typename Report>
Awaitable<absl::Status> SendReports(ReportingVerb<Asked, Report> verb, Asked asked,
                                    std::shared_ptr<Service> service,
                                    boost::asio::thread_pool* pool,
                                    std::shared_ptr<http::ByteStream> out) {
  const absl::Status outcome = co_await http::RunBlocking(*pool, [&] {
    return ((*service).*verb)(asked, [&](const Report& progress) {
      const std::string frame = MessageFrame(progress.SerializeAsString());
      out->Push(std::make_shared<const std::string>(frame)).IgnoreError();
    });
  });
  if (!outcome.ok()) co_return outcome;
  co_return out->Push(std::make_shared<const std::string>(EndFrame(outcome)));
}

// A verb of administrators that tells how far it is.
template <typename Asked, typename Report>
Verb Reporting(const GuardedStore* store, boost::asio::thread_pool* pool,
               ReportingVerb<Asked, Report> verb) {
  return [store, pool, verb](const Request& request) -> absl::StatusOr<Response> {
    ANNALS_RETURN_IF_ERROR(CheckTakesFrames(request));
    Asked asked;
    ANNALS_RETURN_IF_ERROR(ReadMessage(request, &asked));
    const auto service = std::make_shared<GuardedService>(ServiceFor(request, store));
    ANNALS_RETURN_IF_ERROR(CallerOf(request)->CheckMay(v1::ADMIN, asked.timeline()));
    v1::GetTimelineRequest known;
    known.set_timeline(asked.timeline());
    ANNALS_RETURN_IF_ERROR(service->GetTimeline(known).status());
    http::StreamBody body;
    body.produce = [verb, asked, service, pool](std::shared_ptr<http::ByteStream> out) {
      return SendReports<Asked, Report>(verb, asked, service, pool, std::move(out));
    };
    body.farewell = EndFrame;
    return Response::Streaming(http::kProtobuf, std::move(body));
  };
}

}  // namespace

void AddVerbRoutes(const GuardedStore* store, boost::asio::thread_pool* pool,
                   http::Router* router) {
  const auto add = [pool, router](absl::string_view name, Verb verb) {
    AddVerb(name, std::move(verb), pool, router);
  };
// The rpc's name, its request, and the method of that name.
#define ANNALS_UNARY(name)                                                                   \
  add(#name, Unary<v1::name##Request>(store, [](Service& service, v1::name##Request asked) { \
        return service.name(std::move(asked));                                               \
      }))
  ANNALS_UNARY(ListTimelines);
  ANNALS_UNARY(GetTimeline);
  ANNALS_UNARY(CreateTimeline);
  ANNALS_UNARY(ListViews);
  ANNALS_UNARY(ListTypes);
  ANNALS_UNARY(GetStats);
  ANNALS_UNARY(Append);
  ANNALS_UNARY(GetEvent);
  ANNALS_UNARY(ListEvents);
  ANNALS_UNARY(GetCheckpoint);
  ANNALS_UNARY(ProveEvent);
  ANNALS_UNARY(ProveConsistency);
  ANNALS_UNARY(Pin);
  ANNALS_UNARY(AsOf);
  ANNALS_UNARY(Diff);
  ANNALS_UNARY(History);
  ANNALS_UNARY(Why);
  ANNALS_UNARY(Explain);
  ANNALS_UNARY(CreateConsumer);
  ANNALS_UNARY(ListConsumers);
  ANNALS_UNARY(DeleteConsumer);
  ANNALS_UNARY(FetchDeliveries);
  ANNALS_UNARY(AckDeliveries);
  ANNALS_UNARY(NackDeliveries);
  ANNALS_UNARY(ListParkedEvents);
  ANNALS_UNARY(ReplayParkedEvents);
  ANNALS_UNARY(CreateToken);
  ANNALS_UNARY(ListTokens);
  ANNALS_UNARY(RevokeToken);
  ANNALS_UNARY(ForgetSubject);
#undef ANNALS_UNARY
  add("ReadEvents", Read(store, pool, &Service::ReadEvents));
  add("Backup", Read(store, pool, &Service::Backup));
  add("RebuildProjections",
      Reporting<v1::RebuildProjectionsRequest, v1::RebuildProjectionsResponse>(
          store, pool, &Service::RebuildProjections));
  add("Redact", Reporting<v1::RedactRequest, v1::RedactResponse>(store, pool, &Service::Redact));
}

}  // namespace annals::rest
