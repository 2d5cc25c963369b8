#include "engine/backup/image_reader.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/backup/timeline_promises.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/storage/store_image.h"

namespace annals {
namespace {

using storage::StoreImage;

constexpr uint64_t kPieceBytes = uint64_t{128} << 10;

class StoreImageReader final : public ImageReader {
 public:
  StoreImageReader(std::unique_ptr<StoreImage> image, v1::Backup backup)
      : image_(std::move(image)), backup_(std::move(backup)) {}

  absl::StatusOr<std::optional<v1::BackupResponse>> Next() override {
    v1::BackupResponse response;
    if (!told_) {
      told_ = true;
      *response.mutable_backup() = backup_;
      return std::optional<v1::BackupResponse>(std::move(response));
    }
    while (file_ < image_->files().size() && Ended()) {
      ++file_;
      offset_ = 0;
    }
    if (file_ == image_->files().size()) return std::optional<v1::BackupResponse>();
    const StoreImage::File& file = image_->files()[file_];
    const uint64_t size = std::min(kPieceBytes, file.bytes - offset_);
    ANNALS_ASSIGN_OR_RETURN(*response.mutable_data(), image_->Read(file, offset_, size));
    offset_ += size;
    return std::optional<v1::BackupResponse>(std::move(response));
  }

 private:
  // Whether nothing of the file is to be sent any more. backup_ has them in the same order.
  bool Ended() const {
    return !backup_.files(static_cast<int>(file_)).sha256().empty() ||
           offset_ == image_->files()[file_].bytes;
  }

  const std::unique_ptr<StoreImage> image_;
  const v1::Backup backup_;
  bool told_ = false;
  size_t file_ = 0;
  uint64_t offset_ = 0;
};

// The files' hashes, as far as whoever asks has them.
class KnownFiles {
 public:
  explicit KnownFiles(const v1::BackupRequest& request) {
    for (const v1::StoreFile& file : request.known()) files_[file.path()] = &file;
  }

  std::string HashOf(const StoreImage::File& file) const {
    const auto known = files_.find(file.path);
    if (known == files_.end() || file.fingerprint.empty()) return "";
    const v1::StoreFile& same = *known->second;
    if (same.bytes() != file.bytes || same.fingerprint() != file.fingerprint) return "";
    return same.sha256();
  }

 private:
  std::map<std::string, const v1::StoreFile*> files_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ImageReader>> ReadImage(storage::StoreFolder* folder,
                                                       const EventLog& log,
                                                       const v1::BackupRequest& request,
                                                       Instant now) {
  // The promises first: what is written meanwhile may be in the files.
  ANNALS_ASSIGN_OR_RETURN(std::vector<v1::TimelinePromise> promises,
                          PromisesOf(*folder->database(), log));
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<StoreImage> image, StoreImage::Take(folder));
  v1::Backup backup;
  *backup.mutable_created_at() = ToTimestamp(now);
  for (v1::TimelinePromise& promise : promises) {
    backup.set_events(backup.events() + promise.position());
    *backup.add_timelines() = std::move(promise);
  }
  const KnownFiles known(request);
  for (const StoreImage::File& file : image->files()) {
    v1::StoreFile* const listed = backup.add_files();
    listed->set_path(file.path);
    listed->set_bytes(file.bytes);
    listed->set_fingerprint(file.fingerprint);
    listed->set_sha256(known.HashOf(file));
  }
  return std::make_unique<StoreImageReader>(std::move(image), std::move(backup));
}

}  // namespace annals
