#include "client/connection_pool.h"

namespace annals {
namespace {

constexpr size_t kMaxIdle = 8;

}  // namespace

std::unique_ptr<Connection> ConnectionPool::TakeIdle() {
  MutexLock hold(&mutex_);
  while (!idle_.empty()) {
    // The latest: the server has waited for it the least.
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->IsIdle()) return connection;
  }
  return nullptr;
}

void ConnectionPool::Return(std::unique_ptr<Connection> connection) {
  if (!connection->IsIdle()) return;
  MutexLock hold(&mutex_);
  if (idle_.size() < kMaxIdle) idle_.push_back(std::move(connection));
}

}  // namespace annals
