// ConnectionPool: a server's connections, kept for the next question.
#ifndef ANNALS_CLIENT_CONNECTION_POOL_H_
#define ANNALS_CLIENT_CONNECTION_POOL_H_

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/connection.h"
#include "engine/base/mutex.h"

namespace annals {

// A question has a connection to itself, so there are as many as questions at a time;
// of those that are idle a few are kept. Thread-safe.
class ConnectionPool {
 public:
  explicit ConnectionPool(Connection::Options options) : options_(std::move(options)) {}

  const Connection::Options& options() const { return options_; }

  // One that is idle; null if there is none.
  std::unique_ptr<Connection> TakeIdle();

  // Connection::Open's errors.
  absl::StatusOr<std::unique_ptr<Connection>> OpenNew() const { return Connection::Open(options_); }

  // Keeps it if it is idle, and if there is room.
  void Return(std::unique_ptr<Connection> connection);

 private:
  const Connection::Options options_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_CLIENT_CONNECTION_POOL_H_
