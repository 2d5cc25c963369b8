#include "engine/storage/rocksdb_env.h"

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/storage/manifest_sum.h"
#include "engine/storage/posix_file.h"

namespace annals::storage {
namespace {

rocksdb::Status ToRocksDb(const absl::Status& status) {
  if (status.ok()) return rocksdb::Status::OK();
  const std::string message(status.message());
  return absl::IsResourceExhausted(status) ? rocksdb::Status::NoSpace(message)
                                           : rocksdb::Status::IOError(message);
}

// `current` is about to become `folder`'s CURRENT.
absl::Status NoteManifest(const std::string& current, const std::string& folder) {
  ANNALS_ASSIGN_OR_RETURN(const std::string manifest, ReadSmallFile(current));
  return WriteManifestSum(folder, absl::StripSuffix(manifest, "\n"));
}

class StoreEnvironment final : public rocksdb::EnvWrapper {
 public:
  StoreEnvironment() : EnvWrapper(rocksdb::Env::Default()) {}

  const char* Name() const override { return "annals.StoreEnv"; }

  rocksdb::Status LockFile(const std::string&, rocksdb::FileLock** lock) override {
    *lock = new rocksdb::FileLock();
    return rocksdb::Status::OK();
  }

  rocksdb::Status UnlockFile(rocksdb::FileLock* lock) override {
    delete lock;
    return rocksdb::Status::OK();
  }

  rocksdb::Status RenameFile(const std::string& from, const std::string& to) override {
    const std::filesystem::path path(to);
    if (path.filename() == "CURRENT") {
      const absl::Status noted = NoteManifest(from, path.parent_path().string());
      if (!noted.ok()) return ToRocksDb(noted);
    }
    return EnvWrapper::RenameFile(from, to);
  }

  rocksdb::Status DeleteFile(const std::string& file) override {
    const std::filesystem::path path(file);
    const std::string name = path.filename().string();
    if (absl::StartsWith(name, "MANIFEST-")) {
      const absl::Status removed = RemoveManifestSum(path.parent_path().string(), name);
      if (!removed.ok()) return ToRocksDb(removed);
    }
    return EnvWrapper::DeleteFile(file);
  }
};

}  // namespace

rocksdb::Env* StoreEnv() {
  static StoreEnvironment* const env = new StoreEnvironment();
  return env;
}

}  // namespace annals::storage
