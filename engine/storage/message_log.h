// MessageLog: RocksDB's warnings, in the file LOG beside its data.
#ifndef ANNALS_ENGINE_STORAGE_MESSAGE_LOG_H_
#define ANNALS_ENGINE_STORAGE_MESSAGE_LOG_H_

#include <cstdarg>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"
#include "engine/storage/posix_file.h"
#include "rocksdb/env.h"

namespace annals::storage {

// In place of RocksDB's own: where assertions are compiled in, as in Debian's
// library, that one ends the program at the second message after a disk was full.
// A message that can't be written is dropped. Thread-safe.
class MessageLog final : public rocksdb::Logger {
 public:
  // Goes on behind what the file at `path` holds. One that has grown large becomes
  // `path`.old first.
  explicit MessageLog(const std::string& path);

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;
  // RocksDB's options, at length: they are in OPTIONS too.
  void LogHeader(const char*, va_list) override {}

 private:
  Mutex mutex_;
  std::optional<PosixFile> file_ ABSL_GUARDED_BY(mutex_);
  uint64_t end_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_MESSAGE_LOG_H_
