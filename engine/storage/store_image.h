// StoreImage: the files that make up a store at one moment, held still for as long
// as it takes to copy them, while the store goes on being written.
//
//   ANNALS_ASSIGN_OR_RETURN(auto image, StoreImage::Take(folder));
//   for (const StoreImage::File& file : image->files()) {
//     … image->Read(file, offset, size) …
//   }
#ifndef ANNALS_ENGINE_STORAGE_STORE_IMAGE_H_
#define ANNALS_ENGINE_STORAGE_STORE_IMAGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/posix_file.h"
#include "engine/storage/store_folder.h"

namespace annals::storage {

// Invariant: a folder with these files is a store that holds commit(), and opens. The
// head is taken before the database, which may therefore be ahead of it, never behind
// (docs/decisions/0002-durable-head.md). Files that the store no longer needs aren't
// deleted while an image of them lives. Not thread-safe; the folder must outlive it.
class StoreImage {
 public:
  struct File {
    std::string path;  // In the store's folder: "db/000012.sst".
    uint64_t bytes = 0;
    // Of a file that never changes: another of this store with the same path, length
    // and fingerprint has the same contents. Otherwise empty.
    std::string fingerprint;
    std::optional<std::string> contents;  // Of one that isn't in the folder as it is here.
  };

  // Flushes the database. FAILED_PRECONDITION after a failed write.
  static absl::StatusOr<std::unique_ptr<StoreImage>> Take(StoreFolder* folder);
  ~StoreImage();
  StoreImage(const StoreImage&) = delete;
  StoreImage& operator=(const StoreImage&) = delete;

  // What the image holds at least.
  const CommitRecord& commit() const { return commit_; }

  // By path.
  const std::vector<File>& files() const { return files_; }

  // The `size` bytes of one of files() at `offset`, both within its length. DATA_LOSS if
  // the folder's file is shorter.
  absl::StatusOr<std::string> Read(const File& file, uint64_t offset, size_t size);

 private:
  StoreImage(StoreFolder* folder, const CommitRecord& commit) : folder_(folder), commit_(commit) {}

  absl::Status AddDatabase(std::vector<Database::LiveFile> files);

  StoreFolder* const folder_;
  const CommitRecord commit_;
  std::vector<File> files_;
  std::optional<std::pair<std::string, PosixFile>> open_;  // The one that was read last.
};

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_STORE_IMAGE_H_
