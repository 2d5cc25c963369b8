#include "cli/commands/load.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/input/event_text.h"
#include "cli/input/recording.h"
#include "cli/progress.h"
#include "engine/base/status.h"
#include "engine/log/limits.h"
#include "engine/render/json_text.h"
#include "engine/render/text.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<std::string> paths;
  bool unsafe_no_sync = false;
};

bool IsTextProto(const fs::path& path) { return path.extension() == ".textproto"; }
bool IsJsonLines(const fs::path& path) {
  return path.extension() == ".jsonl" || path.extension() == ".json";
}

absl::Status CannotRead(const fs::path& path, absl::string_view why) {
  return absl::NotFoundError(absl::StrCat(path.string(), ": ", why));
}

// The event files of a folder, by name; what is no event file is left alone.
absl::StatusOr<std::vector<fs::path>> FilesIn(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path& path = entry->path();
    if (IsTextProto(path) || IsJsonLines(path)) files.push_back(path);
  }
  if (error) return CannotRead(folder, error.message());
  if (files.empty()) {
    return CannotRead(folder, "no *.textproto, *.jsonl or *.json files in this folder");
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<std::vector<fs::path>> FilesOf(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const fs::path path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return CannotRead(path, "no such file or folder");
    if (fs::is_directory(status)) {
      ANNALS_ASSIGN_OR_RETURN(const std::vector<fs::path> inside, FilesIn(path));
      files.insert(files.end(), inside.begin(), inside.end());
    } else if (IsTextProto(path) || IsJsonLines(path)) {
      files.push_back(path);
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat(path.string(),
                       ": of no known kind; event files are named *.textproto "
                       "(annals.v1.EventFile), *.jsonl or *.json (an event a line)"));
    }
  }
  return files;
}

RecordingOptions OptionsFor(const fs::path& file, Session* session, Progress* progress,
                            uint64_t* done) {
  RecordingOptions options;
  options.default_timeline = [session]() -> absl::StatusOr<std::string> {
    if (!session->options().timeline.empty()) return session->options().timeline;
    ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session->Timeline());
    return timeline.name;
  };
  options.only_timeline = session->options().timeline;
  options.batch_events = kMaxBatchEvents;
  options.one_batch = true;
  options.on_split = [session, name = file.string()] {
    session->err() << Visible(name) << ": more than the log takes at once ("
                   << GroupedNumber(kMaxBatchEvents) << " events); loading it in batches\n";
  };
  options.on_recorded = [progress, done](const v1::AppendResponse& response) {
    *done += static_cast<uint64_t>(response.receipts_size());
    progress->Update(*done);
    return absl::OkStatus();
  };
  return options;
}

absl::StatusOr<RecordingTotals> LoadFile(const fs::path& file, Session* session, Service* service,
                                         Progress* progress, uint64_t* done) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return absl::PermissionDeniedError(
        absl::StrCat(file.string(), ": cannot be opened for reading; may you read it?"));
  }
  const std::unique_ptr<EventSource> source =
      IsTextProto(file) ? ReadTextProto(&in, file.string()) : ReadJsonLines(&in, file.string());
  return Record(source.get(), OptionsFor(file, session, progress, done), service);
}

void PrintTotals(const Table& table, uint64_t added, uint64_t present, Session* session) {
  switch (session->options().format) {
    case Format::kJson:
      session->PrintJson(JsonObject({{"files", RowsToJson(table, session->pretty())},
                                     {"new", absl::StrCat(added)},
                                     {"alreadyThere", absl::StrCat(present)}},
                                    session->pretty()));
      break;
    case Format::kCsv:
      session->Print(table);
      break;
    case Format::kTable:
    case Format::kMarkdown:
      session->Print(table);
      session->out() << '\n'
                     << CountOf(added, "new event", "new events") << ", "
                     << GroupedNumber(static_cast<int64_t>(present)) << " already there\n";
      break;
  }
}

absl::Status Load(const Arguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<fs::path> files, FilesOf(arguments.paths));
  session.options().unsafe_no_sync = arguments.unsafe_no_sync;
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  Table table{.name = "files",
              .columns = {{"file"},
                          {"timeline"},
                          {"new", Table::Kind::kCount},
                          {"already there", Table::Kind::kCount, "alreadyThere"}}};
  uint64_t added = 0;
  uint64_t present = 0;
  uint64_t done = 0;
  absl::Status failure;
  {
    Progress progress(&session.err(), session.environment().error_is_terminal,
                      session.environment().clock, "loaded");
    for (const fs::path& file : files) {
      absl::StatusOr<RecordingTotals> totals = LoadFile(file, &session, service, &progress, &done);
      failure = totals.status();
      if (!failure.ok()) break;
      table.rows.push_back({file.string(), totals->timeline, totals->added, totals->present});
      added += totals->added;
      present += totals->present;
    }
  }
  failure.Update(session.Sync());
  // The files before the one that failed are recorded, and are told.
  if (failure.ok() || !table.rows.empty()) PrintTotals(table, added, present, &session);
  return failure;
}

}  // namespace

void AddLoadCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "load", "Load event files (*.textproto, *.jsonl) or folders of them; again changes nothing");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("PATH", arguments->paths,
                   "Files, or folders of files, taken by name; each file is loaded whole or not "
                   "at all")
      ->required()
      ->type_name("");
  AddUnsafeNoSync(command, &arguments->unsafe_no_sync);
  AddExamples(command,
              {"annals load timelines/venezuela-2026", "annals load export.jsonl --store ./copy"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Load(*arguments, session); };
  });
}

}  // namespace annals
