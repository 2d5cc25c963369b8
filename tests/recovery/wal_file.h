// WalFile: RocksDB's write-ahead log as bytes to be damaged.
#ifndef ANNALS_TESTS_RECOVERY_WAL_FILE_H_
#define ANNALS_TESTS_RECOVERY_WAL_FILE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace annals::testing {

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes);

// The paths of a folder's files whose names end with `suffix`, sorted.
std::vector<std::string> FilesIn(const std::string& folder, const std::string& suffix);

// The folder's log files that aren't empty, oldest first.
std::vector<std::string> WalFiles(const std::string& folder);

// Where each record ends, in a log file of at most one block (32 KiB).
std::vector<size_t> RecordEnds(const std::string& wal);

}  // namespace annals::testing

#endif  // ANNALS_TESTS_RECOVERY_WAL_FILE_H_
