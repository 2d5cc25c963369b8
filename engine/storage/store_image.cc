#include "engine/storage/store_image.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals::storage {
namespace {

// RocksDB's checksum has 32 bits, and a restored store numbers its files as the old
// one did: the time at which it was written makes a file one of its kind.
absl::StatusOr<std::string> Fingerprint(const std::string& path, const std::string& checksum) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("can't look at ", path));
  }
  return absl::StrCat(checksum, "-", status.st_mtim.tv_sec, ".",
                      absl::Dec(status.st_mtim.tv_nsec, absl::kZeroPad9));
}

}  // namespace

absl::StatusOr<std::unique_ptr<StoreImage>> StoreImage::Take(StoreFolder* folder) {
  const CommitRecord commit = folder->last_commit();
  ANNALS_ASSIGN_OR_RETURN(std::vector<Database::LiveFile> files, folder->database()->HoldFiles());
  // From here on its end releases them.
  std::unique_ptr<StoreImage> image(new StoreImage(folder, commit));
  ANNALS_RETURN_IF_ERROR(image->AddDatabase(std::move(files)));
  for (auto& [path, contents] : StoreFolder::FilesBesideDatabase(commit)) {
    image->files_.push_back({.path = path, .bytes = contents.size(), .contents = contents});
  }
  std::sort(image->files_.begin(), image->files_.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return image;
}

StoreImage::~StoreImage() { folder_->database()->ReleaseFiles(); }

absl::Status StoreImage::AddDatabase(std::vector<Database::LiveFile> files) {
  for (Database::LiveFile& live : files) {
    File file = {.path = absl::StrCat("db/", live.name),
                 .bytes = live.bytes,
                 .contents = std::move(live.contents)};
    if (!live.checksum.empty()) {
      ANNALS_ASSIGN_OR_RETURN(
          file.fingerprint,
          Fingerprint(absl::StrCat(folder_->path(), "/", file.path), live.checksum));
    }
    files_.push_back(std::move(file));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> StoreImage::Read(const File& file, uint64_t offset, size_t size) {
  if (file.contents) return file.contents->substr(offset, size);
  if (!open_ || open_->first != file.path) {
    open_.reset();
    ANNALS_ASSIGN_OR_RETURN(
        PosixFile opened, PosixFile::Open(absl::StrCat(folder_->path(), "/", file.path), O_RDONLY));
    open_.emplace(file.path, std::move(opened));
  }
  ANNALS_ASSIGN_OR_RETURN(std::string bytes, open_->second.ReadAt(offset, size));
  if (bytes.size() == size) return bytes;
  return absl::DataLossError(absl::StrCat(open_->second.path(), ": ends after ",
                                          offset + bytes.size(), " bytes, and should have ",
                                          file.bytes));
}

}  // namespace annals::storage
