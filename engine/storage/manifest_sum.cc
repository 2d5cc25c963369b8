#include "engine/storage/manifest_sum.h"

#include <fcntl.h>

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/storage/hash.h"
#include "engine/storage/posix_file.h"

namespace annals::storage {
namespace {

std::string PathOf(const std::string& folder, absl::string_view name) {
  return absl::StrCat(folder, "/", name);
}

std::string SumName(absl::string_view manifest) { return absl::StrCat(manifest, ".sum"); }

bool IsManifest(absl::string_view name) {
  uint64_t number = 0;
  return absl::ConsumePrefix(&name, "MANIFEST-") && absl::SimpleAtoi(name, &number);
}

struct Sum {
  uint64_t bytes = 0;
  std::string hash;
};

// Of the first `bytes` of the file, or of as many as there are.
absl::StatusOr<Sum> SumOf(const std::string& path, uint64_t bytes) {
  ANNALS_ASSIGN_OR_RETURN(const PosixFile file, PosixFile::Open(path, O_RDONLY));
  ANNALS_ASSIGN_OR_RETURN(const std::string contents, file.ReadAt(0, bytes));
  return Sum{contents.size(), ToString(HashBytes(contents))};
}

absl::StatusOr<Sum> ReadSum(const std::string& path) {
  ANNALS_ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(path));
  const std::vector<absl::string_view> words = absl::StrSplit(absl::StripSuffix(text, "\n"), ' ');
  Sum sum;
  if (words.size() != 2 || !absl::SimpleAtoi(words[0], &sum.bytes) || !text.ends_with('\n')) {
    return absl::DataLossError(
        absl::StrCat(path,
                     " is damaged: it is no length and hash. If no other file is, "
                     "the store opens without it"));
  }
  sum.hash = std::string(words[1]);
  return sum;
}

}  // namespace

absl::Status WriteManifestSum(const std::string& folder, absl::string_view manifest) {
  const std::string path = PathOf(folder, manifest);
  std::error_code error;
  const uint64_t bytes = std::filesystem::file_size(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("can't measure ", path));
  ANNALS_ASSIGN_OR_RETURN(const Sum sum, SumOf(path, bytes));
  // One name for all drafts: what a crash leaves is replaced.
  const std::string draft = PathOf(folder, "MANIFEST.sum.new");
  std::filesystem::remove(draft, error);
  ANNALS_RETURN_IF_ERROR(WriteNewFile(draft, absl::StrCat(sum.bytes, " ", sum.hash, "\n")));
  std::filesystem::rename(draft, PathOf(folder, SumName(manifest)), error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("can't rename ", draft));
  return absl::OkStatus();
}

absl::Status RemoveManifestSum(const std::string& folder, absl::string_view manifest) {
  std::error_code error;
  std::filesystem::remove(PathOf(folder, SumName(manifest)), error);
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(), absl::StrCat("can't remove ", SumName(manifest)));
}

absl::Status CheckManifest(const std::string& folder) {
  const absl::StatusOr<std::string> current = ReadSmallFile(PathOf(folder, "CURRENT"));
  if (absl::IsNotFound(current.status())) return absl::OkStatus();
  if (!current.ok()) return current.status();
  absl::string_view manifest = *current;
  if (!absl::ConsumeSuffix(&manifest, "\n") || !IsManifest(manifest)) {
    return absl::DataLossError(
        absl::StrCat(PathOf(folder, "CURRENT"), " is damaged: it should name a manifest"));
  }
  const absl::StatusOr<Sum> noted = ReadSum(PathOf(folder, SumName(manifest)));
  if (absl::IsNotFound(noted.status())) return absl::OkStatus();
  if (!noted.ok()) return noted.status();
  const absl::StatusOr<Sum> found = SumOf(PathOf(folder, manifest), noted->bytes);
  if (absl::IsNotFound(found.status())) return absl::OkStatus();
  if (!found.ok()) return found.status();
  if (found->bytes == noted->bytes && found->hash == noted->hash) return absl::OkStatus();
  const std::string what =
      found->bytes < noted->bytes
          ? absl::StrCat("has ", found->bytes, " bytes of the ", noted->bytes, " that were written")
          : absl::StrCat("isn't what was written: its hash is ", found->hash, ", not ",
                         noted->hash);
  return absl::DataLossError(absl::StrCat(manifest, ", which lists the tables in ", folder, ", ",
                                          what, " (", SumName(manifest), ")"));
}

}  // namespace annals::storage
