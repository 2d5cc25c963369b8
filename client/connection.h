// Connection: one connection to a server, and one question on it at a time.
//
//   ANNALS_ASSIGN_OR_RETURN(auto connection, Connection::Open(options));
//   ANNALS_ASSIGN_OR_RETURN(const AnswerHead head, connection->Post("/v1/verbs/AsOf", body, …));
//   ANNALS_ASSIGN_OR_RETURN(const std::string piece, connection->ReadBody(…));
#ifndef ANNALS_CLIENT_CONNECTION_H_
#define ANNALS_CLIENT_CONNECTION_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/server_url.h"

namespace annals {

struct AnswerHead {
  int status = 0;
  std::string content_type;  // In lower case, without parameters.
};

// HTTP/1.1, plain or through TLS, waited for on the caller's thread. The system
// watches the connection itself, so that a server that is gone without a word is
// noticed within a minute or so. Every error is UNAVAILABLE unless said otherwise,
// names the server, and is the connection's end. Only Cancel may be called from
// another thread.
class Connection {
 public:
  struct Options {
    ServerUrl url;
    // PEM: who vouches for servers. Empty: whom the system trusts.
    std::string ca_path;
    // What the server knows us by, sent with every question. Empty: nothing is.
    std::string token;
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  };

  // INVALID_ARGUMENT if the CA file can't be read, or the token isn't one line.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Options& options);

  virtual ~Connection() = default;

  // For as long as it takes.
  static constexpr std::chrono::milliseconds kForever{0};

  // Asks, and waits for the answer's head. `silence` bounds the time in which nothing
  // moves.
  virtual absl::StatusOr<AnswerHead> Post(absl::string_view path, absl::string_view body,
                                          std::chrono::milliseconds silence) = 0;

  // The next piece of the answer's body; empty at its end. CANCELLED after Cancel.
  virtual absl::StatusOr<std::string> ReadBody(std::chrono::milliseconds silence) = 0;

  // Whether anything came back for the last question.
  virtual bool answered() const = 0;

  // Whether another question may follow: the answer has been read to its end, and the
  // server has neither closed nor said anything since. One that passes may still be
  // closed before the question gets there.
  virtual bool IsIdle() = 0;

  // Returns at once; what waits, or is called later, returns CANCELLED.
  virtual void Cancel() = 0;
};

}  // namespace annals

#endif  // ANNALS_CLIENT_CONNECTION_H_
