#include "cli/commands/append.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
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
#include "engine/base/timestamp.h"
#include "engine/log/append.h"
#include "engine/render/csv.h"
#include "engine/render/json_text.h"
#include "engine/render/text.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

struct Arguments {
  std::string expect = "any";
  size_t batch = 1'000;
  std::optional<InputFormat> format;
  std::string proofs;  // A folder. Empty: none are asked for.
};

// A file a proof, named by the event's position.
absl::Status WriteProofs(const v1::AppendResponse& response, const std::string& folder) {
  for (const v1::Receipt& receipt : response.receipts()) {
    const std::string path = absl::StrCat(folder, "/", receipt.position(), ".tlog-proof");
    std::ofstream file(path, std::ios::binary);
    file << receipt.proof();
    file.close();
    if (!file.fail()) continue;
    return absl::UnavailableError(absl::StrCat(
        "--proofs: ", path, " can't be written; the events are recorded, and `annals prove ",
        receipt.position(), "` gives it again"));
  }
  return absl::OkStatus();
}

absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("--proofs: cannot make the folder ", folder, ": ", error.message()));
}

// A receipt is written when its event is on disk, so that whoever reads them
// knows at every moment what has been recorded.
class ReceiptWriter {
 public:
  explicit ReceiptWriter(Session* session) : session_(session) {
    if (session_->options().format == Format::kCsv) WriteCsvHeader(table_, session_->out());
  }

  absl::Status Write(const v1::AppendResponse& response) {
    const Format format = session_->options().format;
    if (format != Format::kJson && format != Format::kCsv) return absl::OkStatus();
    for (const v1::Receipt& receipt : response.receipts()) {
      const std::vector<Table::Cell> row = {
          receipt.id(), receipt.position(), receipt.revision(),
          FormatInstant(FromTimestamp(receipt.recorded_at()), HomeZone()),
          receipt.duplicate() ? "already there" : "new"};
      if (format == Format::kJson) {
        session_->PrintJson(RowToJson(table_, row, false));
      } else {
        WriteCsvRow(row, session_->out());
      }
    }
    session_->out().flush();
    if (session_->out().good()) return absl::OkStatus();
    return absl::CancelledError("the receipts could not be written");
  }

 private:
  Session* const session_;
  const Table table_ = {
      .name = "receipts",
      .columns = {{"id"}, {"position"}, {"revision"}, {"recordedAt"}, {"outcome"}}};
};

RecordingOptions OptionsFor(const Arguments& arguments, Session* session) {
  RecordingOptions options;
  options.default_timeline = [session]() -> absl::StatusOr<std::string> {
    ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session->Timeline());
    return timeline.name;
  };
  options.only_timeline = session->options().timeline;
  options.expected_revision = arguments.expect;
  options.batch_events = arguments.batch;
  options.with_proofs = !arguments.proofs.empty();
  return options;
}

void PrintSummary(const RecordingTotals& totals, Session& session) {
  const Format format = session.options().format;
  if (format == Format::kJson || format == Format::kCsv) return;
  session.out() << CountOf(totals.added, "new event", "new events") << ", "
                << GroupedNumber(static_cast<int64_t>(totals.present)) << " already there";
  if (totals.head > 0) {
    session.out() << "; timeline \"" << Visible(totals.timeline) << "\" is recorded up to position "
                  << totals.head;
  }
  session.out() << '\n';
}

absl::Status Append(const Arguments& arguments, Session& session) {
  ANNALS_RETURN_IF_ERROR(Annotate(ExpectedRevision::Parse(arguments.expect).status(), "--expect"));
  if (!arguments.proofs.empty()) ANNALS_RETURN_IF_ERROR(MakeFolder(arguments.proofs));
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  const InputFormat format =
      arguments.format.has_value() ? *arguments.format : DetectFormat(&session.in());
  const std::unique_ptr<EventSource> source = format == InputFormat::kJsonLines
                                                  ? ReadJsonLines(&session.in(), "")
                                                  : ReadTextProto(&session.in(), "");
  Progress progress(&session.err(), session.environment().error_is_terminal,
                    session.environment().clock, "recorded");
  ReceiptWriter writer(&session);
  uint64_t done = 0;
  RecordingOptions options = OptionsFor(arguments, &session);
  options.on_recorded = [&](const v1::AppendResponse& response) {
    done += static_cast<uint64_t>(response.receipts_size());
    progress.Update(done);
    ANNALS_RETURN_IF_ERROR(writer.Write(response));
    return arguments.proofs.empty() ? absl::OkStatus() : WriteProofs(response, arguments.proofs);
  };
  ANNALS_ASSIGN_OR_RETURN(const RecordingTotals totals, Record(source.get(), options, service));
  PrintSummary(totals, session);
  return absl::OkStatus();
}

}  // namespace

void AddAppendCommand(CLI::App* app, Action* chosen) {
  CLI::App* command =
      app->add_subcommand("append", "Append events from standard input, batch by batch");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("--expect", arguments->expect,
                   "The revision that every stream of a batch must have before it: any, none, "
                   "exists or a number (default: any)")
      ->type_name("REVISION");
  command
      ->add_option("--batch", arguments->batch,
                   "Events a batch, each recorded whole or not at all (default: 1000)")
      ->check(CLI::Range(size_t{1}, size_t{10'000}).description(""))
      ->type_name("N");
  AddChoice<std::optional<InputFormat>, InputFormat>(
      command, "--input-format", &arguments->format,
      {{"jsonl", InputFormat::kJsonLines}, {"textproto", InputFormat::kTextProto}},
      "What the input is (default: JSON lines if it begins with {)");
  command
      ->add_option("--proofs", arguments->proofs,
                   "Keep the proof that an event is in the history, a file each, in this folder")
      ->type_name("DIR");
  AddExamples(command, {"annals append < events.jsonl",
                        "annals append --expect none --format json < events.textproto"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Append(*arguments, session); };
  });
}

}  // namespace annals
