// RestoreBackup: a backup made a store again.
#ifndef ANNALS_ENGINE_BACKUP_RESTORE_H_
#define ANNALS_ENGINE_BACKUP_RESTORE_H_

#include <string>

#include "absl/status/status.h"
#include "engine/backup/backup_folder.h"
#include "proto/annals/v1/backup.pb.h"

namespace annals {

// Makes the store in `path`, a new or an empty folder, or one where this was cut short. Until
// every file is there with its SHA-256, and on disk, it is no store. Then opens it, and
// checks that it holds what the backup promised.
//   FAILED_PRECONDITION  the folder holds anything else
//   DATA_LOSS            the backup is damaged; the message names the file
absl::Status RestoreBackup(const BackupFolder& folder, const v1::Backup& backup,
                           const std::string& path, const ByteProgress& progress);

}  // namespace annals

#endif  // ANNALS_ENGINE_BACKUP_RESTORE_H_
