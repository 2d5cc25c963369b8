// Getting at what is left of a database that can't be opened.
#ifndef ANNALS_ENGINE_STORAGE_DATABASE_REPAIR_H_
#define ANNALS_ENGINE_STORAGE_DATABASE_REPAIR_H_

#include <string>

#include "absl/status/status.h"

namespace annals::storage {

// Makes a new manifest for the table files in `folder`, so that it can be opened;
// tables that can't be read are set aside in `folder`/lost. Only for a copy: RocksDB
// may drop what it can't use. Costs a scan of every table.
absl::Status RepairTables(const std::string& folder);

// Makes a database in `to`, which must not exist, that holds what the write-ahead log
// files in `folder` say, as far as they can be read, and nothing else.
absl::Status ReplayLogs(const std::string& folder, const std::string& to);

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_DATABASE_REPAIR_H_
