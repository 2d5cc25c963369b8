// What a RocksDB manifest was when it came into force, so that a cut is noticed.
#ifndef ANNALS_ENGINE_STORAGE_MANIFEST_SUM_H_
#define ANNALS_ENGINE_STORAGE_MANIFEST_SUM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals::storage {

// RocksDB takes a manifest that lost its end for one that ends earlier, since a crash
// may leave such a one behind. But a manifest is whole and synced by the time that
// CURRENT names it. So its length and hash at that time are written beside it, to
// MANIFEST-000052.sum:
//
//   2151 b4f3…\n        bytes, and their Hash128 as ToString has it
//
// Thread-safe for different folders; CheckManifest also beside the others, as long as the
// database deletes no file.

// To be called before CURRENT names `manifest`, a file of `folder`; the sum is on disk
// when it returns, its folder's entry is not.
absl::Status WriteManifestSum(const std::string& folder, absl::string_view manifest);

// Together with its manifest. One that isn't there is no error.
absl::Status RemoveManifestSum(const std::string& folder, absl::string_view manifest);

// Whether the manifest that CURRENT names begins with what was noted of it. OK also if
// nothing was: another program may have made it. Reads it as a whole, some KiB.
// DATA_LOSS if not, or if CURRENT or the sum is damaged; an absent CURRENT or manifest is for
// RocksDB to report.
absl::Status CheckManifest(const std::string& folder);

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_MANIFEST_SUM_H_
