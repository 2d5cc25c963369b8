#include "engine/storage/database_repair.h"

#include <cstdint>
#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/storage/database.h"
#include "engine/storage/rocksdb_options.h"
#include "engine/storage/rocksdb_status.h"
#include "rocksdb/cache.h"
#include "rocksdb/db.h"

namespace annals::storage {
namespace {

constexpr size_t kBlockCacheBytes = size_t{8} << 20;
// Beyond the numbers that a new database has given to its own files: older logs are
// taken for done with.
constexpr uint64_t kNumberBeyondOwn = 1'000'000'000;

}  // namespace

absl::Status RepairTables(const std::string& folder) {
  rocksdb::DBOptions options = MakeDbOptions(folder, /*create_if_missing=*/false, nullptr);
  PassOverDamage(&options);
  // While it adds the families RocksDB can't begin another manifest: it asserts.
  options.max_manifest_file_size = rocksdb::DBOptions().max_manifest_file_size;
  const auto families =
      MakeFamilies(rocksdb::NewLRUCache(kBlockCacheBytes), Database::Options().write_buffer_bytes);
  return Annotate(FromRocksDb(rocksdb::RepairDB(folder, options, families)),
                  absl::StrCat("can't repair the tables in ", folder));
}

absl::Status ReplayLogs(const std::string& folder, const std::string& to) {
  // It numbers its families as every store does: in the order of kFamilies.
  ANNALS_RETURN_IF_ERROR(Database::Open(to, /*create_if_missing=*/true, {}).status());
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    uint64_t number = 0;
    if (entry.path().extension() != ".log" ||
        !absl::SimpleAtoi(entry.path().stem().string(), &number)) {
      continue;
    }
    std::filesystem::copy_file(entry.path(),
                               absl::StrCat(to, "/", kNumberBeyondOwn + number, ".log"), error);
    if (error) break;
  }
  if (error) return absl::ErrnoToStatus(error.value(), "can't copy the write-ahead log");
  return absl::OkStatus();
}

}  // namespace annals::storage
