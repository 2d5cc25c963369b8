#include "tests/testing/crashed_copy.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace annals::testing {
namespace {

namespace fs = std::filesystem;

// So often an index that is at work may come in between.
constexpr int kAttempts = 10'000;

// Files are appended to, replaced or deleted: each shows here.
using Listing = std::map<std::string, std::pair<uintmax_t, fs::file_time_type>>;

Listing List(const std::string& folder, std::error_code* error) {
  Listing listing;
  fs::recursive_directory_iterator files(folder, *error);
  for (; !*error && files != fs::end(files); files.increment(*error)) {
    if (files->is_directory(*error)) continue;
    listing[files->path().string()] = {files->file_size(*error), files->last_write_time(*error)};
  }
  return listing;
}

}  // namespace

absl::Status CopyAsCrashed(const std::string& from, const std::string& to) {
  std::error_code error;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    error.clear();
    fs::remove_all(to, error);
    const Listing before = List(from, &error);
    if (!error) fs::copy(from, to, fs::copy_options::recursive, error);
    if (!error && List(from, &error) == before && !error) return absl::OkStatus();
    if (error && error != std::errc::no_such_file_or_directory) {
      return absl::InternalError(absl::StrCat("copying ", from, ": ", error.message()));
    }
  }
  return absl::UnavailableError(absl::StrCat(from, " never stood still"));
}

}  // namespace annals::testing
