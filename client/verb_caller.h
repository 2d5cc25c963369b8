// VerbCaller: verbs as bytes, over HTTP.
//
//   POST /v1/verbs/AsOf, a serialized request; 200 and a serialized answer, or a
//   problem document. A verb with many answers gives frames
//   (engine/service/stream_frame.h).
#ifndef ANNALS_CLIENT_VERB_CALLER_H_
#define ANNALS_CLIENT_VERB_CALLER_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/connection.h"
#include "client/connection_pool.h"
#include "engine/service/stream_frame.h"

namespace annals {

// The messages of one answer, as they come. Not thread-safe but for Cancel.
class VerbStream {
 public:
  // The answer's head has been read, and was 200. `server` is for messages.
  VerbStream(std::unique_ptr<Connection> connection, std::string server,
             std::chrono::milliseconds silence)
      : connection_(std::move(connection)), server_(std::move(server)), silence_(silence) {}

  // The next serialized message; absent at the end. The server's errors; UNAVAILABLE
  // if the answer stops short of its end; CANCELLED; DATA_LOSS if it is no answer of
  // frames. After an error, and after the end, it is not to be called again.
  absl::StatusOr<std::optional<std::string>> Next();

  void Cancel() { connection_->Cancel(); }

 private:
  absl::Status Fill();

  const std::unique_ptr<Connection> connection_;
  const std::string server_;
  const std::chrono::milliseconds silence_;
  FrameReader frames_;
};

// Thread-safe.
class VerbCaller {
 public:
  // `silence` is how long an answer may be waited for without anything moving.
  VerbCaller(Connection::Options options, std::chrono::milliseconds silence)
      : pool_(std::move(options)), silence_(silence) {}

  enum class Effect {
    kRead,   // Asked again, once, where a connection that was kept turns out to be dead.
    kWrite,  // Never repeated.
  };

  // The serialized answer. The server's errors, and Connection's; an answer beyond
  // 1 GiB is RESOURCE_EXHAUSTED.
  absl::StatusOr<std::string> Call(absl::string_view verb, absl::string_view request,
                                   Effect effect);

  // kForever as `silence` is for answers that come when something happens.
  absl::StatusOr<std::unique_ptr<VerbStream>> Open(absl::string_view verb,
                                                   absl::string_view request, Effect effect,
                                                   std::chrono::milliseconds silence);

  std::chrono::milliseconds silence() const { return silence_; }

 private:
  absl::StatusOr<std::unique_ptr<Connection>> Ask(absl::string_view verb, absl::string_view request,
                                                  Effect effect);

  ConnectionPool pool_;
  const std::chrono::milliseconds silence_;
};

}  // namespace annals

#endif  // ANNALS_CLIENT_VERB_CALLER_H_
