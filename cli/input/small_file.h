// Files that are read whole: keys, checkpoints and proofs.
#ifndef ANNALS_CLI_INPUT_SMALL_FILE_H_
#define ANNALS_CLI_INPUT_SMALL_FILE_H_

#include <cstddef>
#include <istream>
#include <string>

#include "absl/status/statusor.h"

namespace annals {

inline constexpr size_t kMaxSmallFileBytes = size_t{16} << 20;

// What the file holds; of the path "-", what `in` does. INVALID_ARGUMENT if it can't be
// read, RESOURCE_EXHAUSTED if it holds more than kMaxSmallFileBytes.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path, std::istream& in);

}  // namespace annals

#endif  // ANNALS_CLI_INPUT_SMALL_FILE_H_
