#include "engine/backup/file_pool.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {
namespace {

using storage::PosixFile;

constexpr uint64_t kPieceBytes = uint64_t{1} << 20;

absl::Status Damaged(const std::string& path, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(
      path, ": ", what, ". Remove it: the next backup copies it anew if the store still has it"));
}

}  // namespace

std::string FilePool::PathOf(absl::string_view sha256) const {
  return absl::StrCat(path_, "/", sha256);
}

bool FilePool::Has(absl::string_view sha256, uint64_t bytes) const {
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(PathOf(sha256), error);
  return !error && size == bytes;
}

absl::StatusOr<FilePool::Writer> FilePool::Begin() const {
  ANNALS_ASSIGN_OR_RETURN(PosixFile file,
                          PosixFile::Open(PartialPath(), O_WRONLY | O_CREAT | O_TRUNC));
  return Writer(this, std::move(file));
}

absl::Status FilePool::Writer::Add(absl::string_view bytes) {
  ANNALS_RETURN_IF_ERROR(file_.WriteAt(bytes_, bytes));
  bytes_ += bytes.size();
  hash_.Add(bytes);
  return absl::OkStatus();
}

absl::StatusOr<std::string> FilePool::Writer::Finish() {
  ANNALS_RETURN_IF_ERROR(file_.Sync());
  std::string hash = hash_.Finish();
  std::error_code error;
  std::filesystem::rename(file_.path(), pool_->PathOf(hash), error);
  if (error) {
    return absl::ErrnoToStatus(error.value(), absl::StrCat("can't rename ", file_.path()));
  }
  return hash;
}

absl::Status FilePool::Sync() const { return storage::SyncFolder(path_); }

absl::Status FilePool::Read(absl::string_view sha256, uint64_t bytes,
                            absl::FunctionRef<absl::Status(absl::string_view)> take) const {
  const std::string path = PathOf(sha256);
  const absl::StatusOr<PosixFile> file = PosixFile::Open(path, O_RDONLY);
  if (absl::IsNotFound(file.status())) {
    return absl::DataLossError(absl::StrCat(
        path, " is missing; the next backup copies it anew if the store still has it"));
  }
  if (!file.ok()) return file.status();
  ContentHash hash;
  uint64_t done = 0;
  while (true) {
    ANNALS_ASSIGN_OR_RETURN(const std::string piece, file->ReadAt(done, kPieceBytes));
    if (piece.empty()) break;
    done += piece.size();
    hash.Add(piece);
    ANNALS_RETURN_IF_ERROR(take(piece));
  }
  if (done != bytes) {
    return Damaged(path, absl::StrCat("it has ", done, " bytes, and should have ", bytes));
  }
  if (hash.Finish() != sha256) return Damaged(path, "its SHA-256 isn't its name any more");
  return absl::OkStatus();
}

absl::Status FilePool::KeepOnly(const std::set<std::string>& hashes) const {
  std::error_code error;
  std::vector<std::filesystem::path> others;
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    if (!hashes.contains(entry.path().filename().string())) others.push_back(entry.path());
  }
  for (const std::filesystem::path& path : others) {
    if (!error) std::filesystem::remove(path, error);
  }
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(), absl::StrCat("can't clear ", path_));
}

}  // namespace annals
