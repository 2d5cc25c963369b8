// ImageReader: a store's files as they stand, as the messages of the verb Backup.
#ifndef ANNALS_ENGINE_BACKUP_IMAGE_READER_H_
#define ANNALS_ENGINE_BACKUP_IMAGE_READER_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/log/event_log.h"
#include "engine/storage/store_folder.h"
#include "proto/annals/v1/backup.pb.h"

namespace annals {

// Not thread-safe: one message after the other, on any thread. While it lives the store
// keeps the files, so it shouldn't live long.
class ImageReader {
 public:
  virtual ~ImageReader() = default;

  // The next response; nothing at the end. After an error it is not to be called again.
  virtual absl::StatusOr<std::optional<v1::BackupResponse>> Next() = 0;
};

// Of a store that is open, also while it is written to. The errors of StoreImage::Take and
// PromisesOf. The folder, whose log it is, must outlive it.
absl::StatusOr<std::unique_ptr<ImageReader>> ReadImage(storage::StoreFolder* folder,
                                                       const EventLog& log,
                                                       const v1::BackupRequest& request,
                                                       Instant now);

}  // namespace annals

#endif  // ANNALS_ENGINE_BACKUP_IMAGE_READER_H_
