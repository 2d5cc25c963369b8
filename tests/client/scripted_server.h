// ScriptedServer: answers a client byte for byte as a test says.
#ifndef ANNALS_TESTS_CLIENT_SCRIPTED_SERVER_H_
#define ANNALS_TESTS_CLIENT_SCRIPTED_SERVER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"

namespace annals::testing {

// Listens on 127.0.0.1 while it lives. Takes requests with a Content-Length, one after
// the other on each connection.
class ScriptedServer {
 public:
  struct Reply {
    std::string bytes;  // Empty: silence.
    bool close = false;
  };
  // What is answered to a request, given whole. Called on threads of the server's, one
  // call at a time.
  using Script = std::function<Reply(const std::string& request)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const;
  // How many connections were taken so far.
  int connections() const;

 private:
  void Listen();
  void Serve(int socket);

  const Script script_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::thread acceptor_;

  mutable Mutex mutex_;
  std::vector<int> sockets_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  Mutex script_mutex_;
};

// Responses as they go over the wire. The body of a stream comes in chunks of three
// bytes.
std::string WholeResponse(int status, absl::string_view content_type, absl::string_view body);
std::string ChunkedResponse(absl::string_view body, bool finished = true);

}  // namespace annals::testing

#endif  // ANNALS_TESTS_CLIENT_SCRIPTED_SERVER_H_
