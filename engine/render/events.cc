#include "engine/render/events.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/instant.h"
#include "engine/base/status.h"
#include "engine/log/redaction.h"
#include "engine/query/json/json.h"
#include "engine/query/payload.h"
#include "engine/render/json_text.h"
#include "engine/render/words.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"

namespace annals {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::string_view FullTypeName(const v1::Event& event) {
  const absl::string_view url = event.payload().type_url();
  return url.substr(url.rfind('/') + 1);
}

absl::StatusOr<std::unique_ptr<Message>> PayloadOf(const v1::Event& event) {
  absl::StatusOr<std::unique_ptr<Message>> payload = ReadPayload(event.payload());
  if (!payload.ok()) {
    return Annotate(payload.status(), absl::StrCat("event ", event.position()));
  }
  return payload;
}

// One value of a field; `index` is -1 unless the field is repeated.
std::string FieldInWords(const Message& message, const FieldDescriptor* field, int index) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return index < 0 ? reflection->GetString(message, field)
                     : reflection->GetRepeatedString(message, field, index);
  }
  if (field->message_type() == v1::Quantity::descriptor() && !field->is_repeated()) {
    return QuantityInWords(
        static_cast<const v1::Quantity&>(reflection->GetMessage(message, field)));
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintFieldValueToString(message, field, index, &text);
  return text;
}

void AddField(const Message& message, const FieldDescriptor* field, Table* page) {
  if (!field->is_repeated()) {
    page->rows.push_back({field->name(), FieldInWords(message, field, -1)});
    return;
  }
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    page->rows.push_back({i == 0 ? field->name() : "", FieldInWords(message, field, i)});
  }
}

Instant RecordedAt(const v1::Event& event) {
  return {event.recorded_at().seconds() * 1'000'000 + event.recorded_at().nanos() / 1'000};
}

std::string BoundsInWords(const v1::Bounds& bounds, const HomeZone& zone) {
  const std::string earliest = InstantInWords({bounds.earliest()}, zone);
  const std::string latest = InstantInWords({bounds.latest()}, zone);
  return bounds.earliest() == bounds.latest() ? earliest : absl::StrCat(earliest, " to ", latest);
}

std::string CorrectionInWords(const v1::Correction& correction) {
  const absl::string_view verb =
      correction.kind() == v1::Correction::SUPERSEDES ? "supersedes" : "retracts";
  std::vector<std::string> targets;
  for (int i = 0; i < correction.targets_size(); ++i) {
    const bool placed = i < correction.target_positions_size();
    targets.push_back(
        placed ? absl::StrCat(correction.targets(i), " (#", correction.target_positions(i), ")")
               : correction.targets(i));
  }
  return absl::StrCat(verb, " ", absl::StrJoin(targets, ", "), ": ", correction.reason(),
                      " (decided by ", correction.editor(), ")");
}

void AddText(const char* name, const std::string& text, Table* page) {
  if (!text.empty()) page->rows.push_back({name, text});
}

void AddEnvelope(const v1::Event& event, const HomeZone& zone, Table* page) {
  AddText("id", event.id(), page);
  page->rows.push_back({"position", absl::StrCat(event.position())});
  page->rows.push_back({"stream", absl::StrCat(event.stream(), ", revision ", event.revision())});
  AddText("type", std::string(FullTypeName(event)), page);
  const std::string happened = BoundsInWords(event.occurred_bounds(), zone);
  page->rows.push_back(
      {"occurred", absl::StrCat(event.occurred().empty() ? "not stated" : event.occurred(), " (",
                                happened, ")")});
  AddText("published", event.published(), page);
  page->rows.push_back({"known", BoundsInWords(event.known_bounds(), zone)});
  page->rows.push_back({"recorded", InstantInWords(RecordedAt(event), zone)});
  AddText("asserter", AttributionInWords(event), page);
  for (const v1::Citation& citation : event.citations()) {
    const std::string said =
        citation.paraphrase().empty() ? "" : absl::StrCat(": ", citation.paraphrase());
    const std::string where =
        citation.locator().empty() ? "" : absl::StrCat(", ", citation.locator());
    page->rows.push_back({"citation", absl::StrCat(citation.source(), where, said)});
  }
  if (event.has_correction()) AddText("correction", CorrectionInWords(event.correction()), page);
  AddText("correlation", event.correlation_id(), page);
  AddText("causation", event.causation_id(), page);
}

std::vector<std::pair<std::string, std::string>> SortedMetadata(const v1::Event& event) {
  std::vector<std::pair<std::string, std::string>> sorted(event.metadata().begin(),
                                                          event.metadata().end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

std::string ShortTypeName(const v1::Event& event) {
  const absl::string_view name = FullTypeName(event);
  return std::string(name.substr(name.rfind('.') + 1));
}

std::string RedactionInWords(const v1::RedactedPayload& redacted) {
  return absl::StrCat("redacted by #", redacted.redacted_by(), ": ", redacted.reason(), " (",
                      redacted.authority(), "; decided by ", redacted.editor(), ")");
}

std::string RedactionsInWords(const v1::RedactedPayloads& redacted) {
  std::string words =
      absl::StrCat(redacted.count(), redacted.count() == 1 ? " event is" : " events are",
                   " redacted, and count for nothing here: an answer from before may differ.");
  for (const v1::RedactedPayload& one : redacted.payloads()) {
    absl::StrAppend(&words, "\n  #", one.position(), " ", one.event(), ", ", RedactionInWords(one));
  }
  const int left = static_cast<int>(redacted.count()) - redacted.payloads_size();
  if (left > 0) absl::StrAppend(&words, "\n  and ", left, " more");
  return words;
}

std::string CitationsInWords(const google::protobuf::RepeatedPtrField<v1::Citation>& citations) {
  return absl::StrJoin(citations, "; ", [](std::string* out, const v1::Citation& citation) {
    absl::StrAppend(out, citation.source(), citation.locator().empty() ? "" : ", ",
                    citation.locator());
  });
}

std::string AttributionInWords(const v1::Event& event) {
  const std::string chain = absl::StrJoin(event.attribution(), ", according to ");
  if (chain.empty()) return event.asserter();
  if (event.asserter().empty()) return absl::StrCat("according to ", chain);
  return absl::StrCat(event.asserter(), ", according to ", chain);
}

Table EventListTable(bool corrected) {
  Table table{.name = "events",
              .columns = {{"position", Table::Kind::kNumber},
                          {"occurred"},
                          {"type"},
                          {"stream"},
                          {"id"},
                          {"asserter"}}};
  if (corrected) table.columns.push_back({"corrected by", Table::Kind::kText, "correctedBy"});
  return table;
}

std::vector<Table::Cell> EventListRow(const v1::Event& event) {
  const auto text = [](std::string value) {
    return value.empty() ? Table::Cell() : Table::Cell(std::move(value));
  };
  std::string type = ShortTypeName(event);
  if (type.empty() && event.has_correction()) type = "retraction";
  if (IsRedacted(event)) type += " (redacted)";
  return {uint64_t{event.position()}, text(event.occurred()), type, event.stream(), event.id(),
          text(event.asserter())};
}

Table ListedEventsTable(const v1::EventList& list) {
  bool corrected = false;
  for (const v1::ListedEvent& listed : list.events()) {
    corrected = corrected || listed.corrected_by_size() > 0;
  }
  Table table = EventListTable(corrected);
  for (const v1::ListedEvent& listed : list.events()) {
    std::vector<Table::Cell> row = EventListRow(listed.event());
    const std::string by = absl::StrJoin(
        listed.corrected_by(), ", ",
        [](std::string* out, uint64_t position) { absl::StrAppend(out, "#", position); });
    if (corrected) row.push_back(by);
    table.rows.push_back(std::move(row));
  }
  return table;
}

absl::StatusOr<Table> EventPage(const v1::Event& event, const HomeZone& zone) {
  Table page{.name = "event", .columns = {{"field"}, {"value"}}};
  AddEnvelope(event, zone, &page);
  for (const auto& [name, value] : SortedMetadata(event)) {
    page.rows.push_back({absl::StrCat("metadata ", name), value});
  }
  if (!event.has_payload()) return page;
  if (IsRedacted(event)) {
    page.rows.push_back({"payload", "redacted"});
    return page;
  }
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<Message> payload, PayloadOf(event));
  std::vector<const FieldDescriptor*> fields;
  payload->GetReflection()->ListFields(*payload, &fields);
  for (const FieldDescriptor* field : fields) AddField(*payload, field, &page);
  return page;
}

Table FlatEventTable() {
  return {.name = "events",
          .columns = {{"position", Table::Kind::kNumber},
                      {"id"},
                      {"timeline"},
                      {"stream"},
                      {"revision", Table::Kind::kNumber},
                      {"type"},
                      {"occurred"},
                      {"occurred.earliest"},
                      {"occurred.latest"},
                      {"published"},
                      {"known.earliest"},
                      {"known.latest"},
                      {"recordedAt"},
                      {"asserter"},
                      {"attribution"},
                      {"citations"},
                      {"correction"},
                      {"correction.targets"},
                      {"correction.reason"},
                      {"correction.editor"},
                      {"correlationId"},
                      {"causationId"},
                      {"metadata"},
                      {"payload"}}};
}

absl::StatusOr<std::vector<Table::Cell>> FlatEventRow(const v1::Event& event,
                                                      const HomeZone& zone) {
  std::string payload;
  if (IsRedacted(event)) {
    payload = "redacted";
  } else if (event.has_payload()) {
    ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<Message> message, PayloadOf(event));
    payload = AnswerToJson(*message, zone, {});
  }
  std::vector<std::pair<std::string, std::string>> metadata;
  for (const auto& [name, value] : SortedMetadata(event)) {
    metadata.emplace_back(name, JsonString(value));
  }
  const v1::Correction& correction = event.correction();
  return std::vector<Table::Cell>{
      uint64_t{event.position()},
      event.id(),
      event.timeline(),
      event.stream(),
      uint64_t{event.revision()},
      FullTypeName(event),
      event.occurred(),
      FormatInstant({event.occurred_bounds().earliest()}, zone),
      FormatInstant({event.occurred_bounds().latest()}, zone),
      event.published(),
      FormatInstant({event.known_bounds().earliest()}, zone),
      FormatInstant({event.known_bounds().latest()}, zone),
      FormatInstant(RecordedAt(event), zone),
      event.asserter(),
      absl::StrJoin(event.attribution(), "; "),
      CitationsInWords(event.citations()),
      event.has_correction() ? v1::Correction::Kind_Name(correction.kind()) : "",
      absl::StrJoin(correction.targets(), "; "),
      correction.reason(),
      correction.editor(),
      event.correlation_id(),
      event.causation_id(),
      metadata.empty() ? "" : JsonObject(metadata, false),
      payload};
}

}  // namespace annals
