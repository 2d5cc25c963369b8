// CheckStorePath: which names a file of a store may have in a backup's list.
#ifndef ANNALS_ENGINE_BACKUP_STORE_PATH_H_
#define ANNALS_ENGINE_BACKUP_STORE_PATH_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals {

// "HEAD" or "db/000012.sst": of letters, digits, "_", "-" and ".", in the store's folder or
// one below it, and never out of it, whoever wrote the list. INVALID_ARGUMENT otherwise.
absl::Status CheckStorePath(absl::string_view path);

}  // namespace annals

#endif  // ANNALS_ENGINE_BACKUP_STORE_PATH_H_
