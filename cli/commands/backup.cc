#include "cli/commands/backup.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/progress.h"
#include "engine/backup/backup_folder.h"
#include "engine/backup/image_reader.h"
#include "engine/backup/restore.h"
#include "engine/backup/timeline_promises.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/log/log_verifier.h"
#include "engine/render/table.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/backup.pb.h"

namespace annals {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

struct BackupArguments {
  std::string target;
  bool list = false;
  bool check = false;
  std::optional<size_t> keep;
};

struct RestoreArguments {
  std::string target;
  std::optional<uint64_t> backup;
};

Table BackupsTable() {
  return Table{.name = "backups",
               .columns = {{"backup", Table::Kind::kNumber},
                           {"created"},
                           {"timeline"},
                           {"position", Table::Kind::kNumber},
                           {"chain"},
                           {"bytes", Table::Kind::kCount}}};
}

// What it promises, a row for each timeline.
void AddRows(const v1::Backup& backup, Table* table) {
  uint64_t bytes = 0;
  for (const v1::StoreFile& file : backup.files()) bytes += file.bytes();
  const std::string created = FormatInstant(FromTimestamp(backup.created_at()), HomeZone());
  for (const v1::TimelinePromise& promise : backup.timelines()) {
    table->rows.push_back(
        {backup.id(), created, promise.timeline(), promise.position(), promise.chain(), bytes});
  }
  if (backup.timelines().empty()) {
    table->rows.push_back(
        {backup.id(), created, Table::Cell(), Table::Cell(), Table::Cell(), bytes});
  }
}

ByteProgress Telling(Progress* progress) {
  return [progress](uint64_t done, uint64_t total) { progress->Update(done / kMiB, total / kMiB); };
}

// All of them, also where some can't be read: that is the error then.
absl::Status List(const BackupArguments& arguments, Session& session) {
  const auto access = arguments.check ? BackupFolder::Access::kRead : BackupFolder::Access::kList;
  ANNALS_ASSIGN_OR_RETURN(const auto folder, BackupFolder::Open(arguments.target, access));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<BackupFolder::Listed> listed, folder->List());
  Table table = BackupsTable();
  absl::Status problem;
  for (const BackupFolder::Listed& each : listed) {
    absl::Status status = each.backup.status();
    if (status.ok()) AddRows(*each.backup, &table);
    if (status.ok() && arguments.check) {
      Progress progress(&session.err(), session.environment().error_is_terminal,
                        session.environment().clock, "checked", "MiB");
      status = folder->Check(*each.backup, Telling(&progress));
    }
    problem.Update(Annotate(status, absl::StrCat("backup ", each.id)));
  }
  session.Print(table);
  return problem;
}

absl::Status Backup(const BackupArguments& arguments, Session& session) {
  if (arguments.list || arguments.check) return List(arguments, session);
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const auto folder,
                          BackupFolder::Open(arguments.target, BackupFolder::Access::kWrite));
  v1::Backup backup;
  {
    ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<ImageReader> reader,
                            service->Backup(folder->Known()));
    Progress progress(&session.err(), session.environment().error_is_terminal,
                      session.environment().clock, "copied", "MiB");
    ANNALS_ASSIGN_OR_RETURN(backup, folder->Add(reader.get(), Telling(&progress)));
  }
  Table table = BackupsTable();
  AddRows(backup, &table);
  session.Print(table);
  // In any case what earlier ones left that were cut short.
  return folder->KeepLast(arguments.keep.value_or(std::numeric_limits<size_t>::max())).status();
}

absl::Status Restore(const RestoreArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const std::string path, session.StoreFolder());
  // Where there is a store by default is the last place to restore to.
  if (session.options().store.empty()) {
    return absl::InvalidArgumentError("restore needs --store NEWDIR, a new or an empty folder");
  }
  ANNALS_ASSIGN_OR_RETURN(const auto folder,
                          BackupFolder::Open(arguments.target, BackupFolder::Access::kRead));
  ANNALS_ASSIGN_OR_RETURN(const v1::Backup backup, folder->Find(arguments.backup));
  {
    Progress progress(&session.err(), session.environment().error_is_terminal,
                      session.environment().clock, "restored", "MiB");
    ANNALS_RETURN_IF_ERROR(RestoreBackup(*folder, backup, path, Telling(&progress)));
  }
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  VerifyReport report;
  {
    Progress progress(&session.err(), session.environment().error_is_terminal,
                      session.environment().clock, "verified");
    ANNALS_ASSIGN_OR_RETURN(
        report, VerifyLog(store->folder(), store->log(), [&](const VerifyReport& so_far) {
          progress.Update(so_far.events, backup.events());
        }));
  }
  ANNALS_RETURN_IF_ERROR(CheckRoots(store->log(), backup));
  Table table{
      .name = "restored",
      .columns = {
          {"timeline"}, {"promised", Table::Kind::kNumber}, {"restored", Table::Kind::kNumber}}};
  for (const v1::TimelinePromise& promise : backup.timelines()) {
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, store->log().GetHead(promise.timeline()));
    table.rows.push_back({promise.timeline(), promise.position(), head.position.value});
  }
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

void AddBackupCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "backup", "Add a backup of the store to a folder, also while it is written to");
  auto arguments = std::make_shared<BackupArguments>();
  command
      ->add_option("TARGET", arguments->target,
                   "The folder of this store's backups, made if it is missing")
      ->required()
      ->type_name("");
  CLI::Option* const list = command->add_flag(
      "--list", arguments->list, "Make none: list those there are, and what each promises");
  CLI::Option* const check = command->add_flag(
      "--check", arguments->check, "Make none: list them, and read all of their files again");
  command
      ->add_option("--keep", arguments->keep,
                   "Remove all backups but so many, the last ones (default: keep all)")
      ->check(CLI::Range(size_t{1}, size_t{1'000'000}).description(""))
      ->excludes(list)
      ->excludes(check)
      ->type_name("N");
  AddExamples(command, {"annals backup /var/backups/annals --keep 30",
                        "annals backup ./backups --server http://127.0.0.1:7171",
                        "annals backup ./backups --list"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Backup(*arguments, session); };
  });
}

void AddRestoreCommand(CLI::App* app, Action* chosen) {
  CLI::App* command =
      app->add_subcommand("restore", "Make a new store from a backup, and verify it");
  auto arguments = std::make_shared<RestoreArguments>();
  command->add_option("TARGET", arguments->target, "The folder of the store's backups")
      ->required()
      ->type_name("");
  command
      ->add_option("--backup", arguments->backup,
                   "Which one, as `annals backup --list` numbers them (default: the last)")
      ->check(WholeNumber())
      ->type_name("ID");
  AddExamples(command, {"annals restore /var/backups/annals --store ./restored",
                        "annals restore ./backups --backup 3 --store ./as-it-was"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Restore(*arguments, session); };
  });
}

}  // namespace annals
