#include "engine/storage/message_log.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace annals::storage {
namespace {

constexpr uint64_t kLargeBytes = uint64_t{1} << 20;
constexpr size_t kLongestMessageBytes = 4096;

}  // namespace

MessageLog::MessageLog(const std::string& path) : Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {
  std::error_code error;
  uint64_t size = std::filesystem::file_size(path, error);
  if (error) size = 0;
  if (size > kLargeBytes) {
    std::filesystem::rename(path, path + ".old", error);
    if (!error) size = 0;
  }
  absl::StatusOr<PosixFile> file = PosixFile::Open(path, O_WRONLY | O_CREAT);
  MutexLock hold(&mutex_);
  if (file.ok()) file_.emplace(*std::move(file));
  end_ = size;
}

void MessageLog::Logv(const char* format, va_list arguments) {
  std::string message(kLongestMessageBytes, '\0');
  const int length = std::vsnprintf(message.data(), message.size(), format, arguments);
  if (length < 0) return;
  message.resize(std::min<size_t>(length, message.size() - 1));
  const std::string line = absl::StrCat(
      absl::FormatTime(absl::RFC3339_full, absl::Now(), absl::UTCTimeZone()), " ", message, "\n");
  MutexLock hold(&mutex_);
  if (file_ && file_->WriteAt(end_, line).ok()) end_ += line.size();
}

}  // namespace annals::storage
