#include "cli/commands/export.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/progress.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/render/csv.h"
#include "engine/render/events.h"
#include "google/protobuf/text_format.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

enum class ExportFormat { kJsonLines, kCsv, kTextProto };

// Writes one event after another; what comes before them is written first.
class EventWriter {
 public:
  virtual ~EventWriter() = default;
  virtual absl::Status Write(const v1::Event& event) = 0;
};

class JsonLinesWriter final : public EventWriter {
 public:
  explicit JsonLinesWriter(std::ostream* out) : out_(out) {}

  absl::Status Write(const v1::Event& event) override {
    ANNALS_ASSIGN_OR_RETURN(const std::string json, EventToJson(event, {}));
    *out_ << json << '\n';
    return absl::OkStatus();
  }

 private:
  std::ostream* const out_;
};

class CsvWriter final : public EventWriter {
 public:
  CsvWriter(std::ostream* out, HomeZone zone) : out_(out), zone_(std::move(zone)) {
    WriteCsvHeader(FlatEventTable(), *out_);
  }

  absl::Status Write(const v1::Event& event) override {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Table::Cell> row, FlatEventRow(event, zone_));
    WriteCsvRow(row, *out_);
    return absl::OkStatus();
  }

 private:
  std::ostream* const out_;
  const HomeZone zone_;
};

class TextProtoWriter final : public EventWriter {
 public:
  TextProtoWriter(std::ostream* out, const std::string& timeline) : out_(out) {
    printer_.SetExpandAny(true);
    printer_.SetUseUtf8StringEscaping(true);
    printer_.SetInitialIndentLevel(1);
    v1::EventFile file;
    file.set_timeline(timeline);
    *out_ << "# proto-file: proto/annals/v1/event.proto\n# proto-message: annals.v1.EventFile\n"
          << file.DebugString();
  }

  absl::Status Write(const v1::Event& event) override {
    std::string text;
    if (!printer_.PrintToString(event, &text)) {
      return absl::InternalError(absl::StrCat("event ", event.position(), " cannot be printed"));
    }
    *out_ << "\nevent {\n" << text << "}\n";
    return absl::OkStatus();
  }

 private:
  std::ostream* const out_;
  google::protobuf::TextFormat::Printer printer_;
};

std::unique_ptr<EventWriter> WriterFor(ExportFormat format, const TimelineSettings& timeline,
                                       std::ostream* out) {
  switch (format) {
    case ExportFormat::kCsv:
      return std::make_unique<CsvWriter>(out, timeline.home_zone);
    case ExportFormat::kTextProto:
      return std::make_unique<TextProtoWriter>(out, timeline.name);
    case ExportFormat::kJsonLines:
      break;
  }
  return std::make_unique<JsonLinesWriter>(out);
}

// The command's own --format, else the global one as far as it makes sense.
absl::StatusOr<ExportFormat> FormatOf(const std::optional<ExportFormat>& own, Format global) {
  if (own.has_value()) return *own;
  if (global == Format::kMarkdown) {
    return absl::InvalidArgumentError(
        "--format markdown: an export is json (lines), csv or textproto");
  }
  return global == Format::kCsv ? ExportFormat::kCsv : ExportFormat::kJsonLines;
}

absl::Status Export(const std::optional<ExportFormat>& own, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const ExportFormat format, FormatOf(own, session.options().format));
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::GetTimelineRequest head_request;
  head_request.set_timeline(timeline.name);
  ANNALS_ASSIGN_OR_RETURN(const v1::Timeline state, service->GetTimeline(head_request));
  v1::ReadEventsRequest request;
  request.set_timeline(timeline.name);
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<EventReader> reader, service->ReadEvents(request));
  Progress progress(&session.err(), session.environment().error_is_terminal,
                    session.environment().clock, "exported");
  const std::unique_ptr<EventWriter> writer = WriterFor(format, timeline, &session.out());
  while (session.out().good() && reader->Next()) {
    ANNALS_RETURN_IF_ERROR(writer->Write(reader->event()));
    progress.Update(reader->event().position(), state.head());
  }
  return reader->status();
}

}  // namespace

void AddExportCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "export", "Write out every event; load reads json and textproto back as they were recorded");
  auto format = std::make_shared<std::optional<ExportFormat>>();
  AddChoice<std::optional<ExportFormat>, ExportFormat>(
      command, "--format", format.get(),
      {{"json", ExportFormat::kJsonLines},
       {"csv", ExportFormat::kCsv},
       {"textproto", ExportFormat::kTextProto}},
      "JSON lines, flat CSV or a text proto (default: json)");
  AddExamples(command, {"annals export > venezuela.jsonl",
                        "annals export --format textproto > venezuela.textproto"});
  command->callback([format, chosen] {
    *chosen = [format](Session& session) { return Export(*format, session); };
  });
}

}  // namespace annals
