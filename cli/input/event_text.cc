#include "cli/input/event_text.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/input/line_reader.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace annals {
namespace {

// Standard input has no name.
std::string PlaceIn(absl::string_view name, uint64_t line) {
  return name.empty() ? absl::StrCat("line ", line) : absl::StrCat(name, ":", line);
}

std::string ColumnIn(absl::string_view name, int column) {
  return absl::StrCat(name.empty() ? ", column " : ":", column);
}

std::string NameOf(absl::string_view name) {
  return name.empty() ? "standard input" : std::string(name);
}

class JsonLines final : public EventSource {
 public:
  JsonLines(std::istream* in, std::string name)
      : name_(std::move(name)), lines_(in, LineReader::kMaxLineBytes) {}

  bool Next(LocatedEvent* located) override {
    while (status_.ok() && lines_.Next()) {
      if (lines_.line().find_first_not_of(" \t") == std::string::npos) continue;
      absl::StatusOr<v1::Event> event = EventFromJson(lines_.line());
      if (!event.ok()) {
        status_ = Refusal(event.status());
        return false;
      }
      located->event = *std::move(event);
      located->line = lines_.number();
      return true;
    }
    if (status_.ok()) status_ = lines_.status();
    return false;
  }

  absl::Status status() const override { return status_; }
  std::string Place(uint64_t line) const override { return PlaceIn(name_, line); }

 private:
  absl::Status Refusal(const absl::Status& reason) const {
    const absl::Status placed = Annotate(reason, Place(lines_.number()));
    if (!lines_.unterminated()) return placed;
    return absl::Status(placed.code(), absl::StrCat(placed.message(),
                                                    " (the input ends within this line: it "
                                                    "seems to be cut off)"));
  }

  const std::string name_;
  LineReader lines_;
  absl::Status status_;
};

// Keeps the first error that the parser reports, with lines and columns as
// people count them.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(const std::string* name) : name_(name) {}

  void AddError(int line, int column, const std::string& message) override {
    if (!text_.empty()) return;
    const std::string place =
        line < 0 ? NameOf(*name_)
                 : PlaceIn(*name_, static_cast<uint64_t>(line) + 1) + ColumnIn(*name_, column + 1);
    text_ = absl::StrCat(place, ": ", message);
  }

  const std::string& text() const { return text_; }

 private:
  const std::string* const name_;
  std::string text_;
};

class TextProto final : public EventSource {
 public:
  TextProto(std::istream* in, std::string name) : name_(std::move(name)) {
    std::string text;
    status_ = ReadAll(in, &text);
    if (status_.ok()) status_ = Parse(text);
  }

  bool Next(LocatedEvent* located) override {
    if (!status_.ok() || next_ == file_.event_size()) return false;
    located->event = std::move(*file_.mutable_event(next_));
    if (located->event.timeline().empty()) located->event.set_timeline(file_.timeline());
    located->line = lines_[static_cast<size_t>(next_)];
    ++next_;
    return true;
  }

  absl::Status status() const override { return status_; }
  std::string Place(uint64_t line) const override { return PlaceIn(name_, line); }

 private:
  absl::Status ReadAll(std::istream* in, std::string* text) const {
    char chunk[1 << 14];
    for (std::streamsize read; (read = in->rdbuf()->sgetn(chunk, sizeof chunk)) > 0;) {
      text->append(chunk, static_cast<size_t>(read));
      if (text->size() > kMaxTextProtoBytes) {
        return absl::ResourceExhaustedError(
            absl::StrCat(NameOf(name_), ": larger than ", kMaxTextProtoBytes,
                         " bytes; JSON lines can be of any length"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Parse(const std::string& text) {
    FirstError error(&name_);
    google::protobuf::TextFormat::ParseInfoTree places;
    google::protobuf::TextFormat::Parser parser;
    parser.RecordErrorsTo(&error);
    parser.WriteLocationsTo(&places);
    if (!parser.ParseFromString(text, &file_)) {
      return absl::InvalidArgumentError(
          error.text().empty() ? absl::StrCat(NameOf(name_), ": is no annals.v1.EventFile")
                               : error.text());
    }
    const google::protobuf::FieldDescriptor* const event =
        v1::EventFile::descriptor()->FindFieldByNumber(v1::EventFile::kEventFieldNumber);
    for (int i = 0; i < file_.event_size(); ++i) {
      lines_.push_back(static_cast<uint64_t>(places.GetLocation(event, i).line + 1));
    }
    return absl::OkStatus();
  }

  const std::string name_;
  v1::EventFile file_;
  std::vector<uint64_t> lines_;
  int next_ = 0;
  absl::Status status_;
};

}  // namespace

std::unique_ptr<EventSource> ReadJsonLines(std::istream* in, std::string name) {
  return std::make_unique<JsonLines>(in, std::move(name));
}

std::unique_ptr<EventSource> ReadTextProto(std::istream* in, std::string name) {
  return std::make_unique<TextProto>(in, std::move(name));
}

InputFormat DetectFormat(std::istream* in) {
  using Traits = std::istream::traits_type;
  std::streambuf* const buffer = in->rdbuf();
  Traits::int_type c = buffer->sgetc();
  while (c == ' ' || c == '\t' || c == '\r' || c == '\n') c = buffer->snextc();
  return c == '{' || Traits::eq_int_type(c, Traits::eof()) ? InputFormat::kJsonLines
                                                           : InputFormat::kTextProto;
}

}  // namespace annals
