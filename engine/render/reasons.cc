#include "engine/render/reasons.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/render/events.h"
#include "engine/render/text.h"
#include "engine/render/words.h"
#include "google/protobuf/util/message_differencer.h"

namespace annals {
namespace {

// An event behind a cell, and the worlds whose value it is behind.
struct Behind {
  const v1::Event* event = nullptr;
  const v1::RedactedPayload* redacted = nullptr;  // Null: its payload is there.
  bool certain = false;
  bool possible = false;
};

std::map<uint64_t, Behind> ByPosition(const v1::CellReason& cell) {
  std::map<uint64_t, Behind> behind;
  for (const v1::Reason& reason : cell.reasons()) {
    Behind& entry = behind[reason.event().position()];
    entry.event = &reason.event();
    if (reason.has_redacted()) entry.redacted = &reason.redacted();
    (reason.world() == v1::CERTAIN ? entry.certain : entry.possible) = true;
  }
  return behind;
}

std::string ValuesInWords(const v1::CellReason& cell, const HomeZone& zone) {
  const auto words = [&](bool has, const v1::Value& value) {
    return has ? Visible(ValueInWords(value, zone)) : std::string(kNothing);
  };
  const std::string certain = words(cell.has_certain(), cell.certain());
  const bool same =
      cell.has_certain() == cell.has_possible() &&
      google::protobuf::util::MessageDifferencer::Equals(cell.certain(), cell.possible());
  if (same) return certain;
  return absl::StrCat(certain, " for certain, possibly ",
                      words(cell.has_possible(), cell.possible()));
}

std::string WorldsInWords(const Behind& behind) {
  if (behind.certain && behind.possible) return "";
  return behind.certain ? " (certain world only)" : " (possible world only)";
}

void WriteEvent(const Behind& behind, const TextStyle& style, std::ostream& out) {
  const v1::Event& event = *behind.event;
  out << "  #" << event.position() << "  " << Bold(Visible(event.id()), style) << "  "
      << Visible(ShortTypeName(event)) << WorldsInWords(behind) << '\n';
  std::vector<std::string> facts;
  facts.push_back(event.occurred().empty() ? "no date stated"
                                           : absl::StrCat("occurred ", event.occurred()));
  if (!event.published().empty()) facts.push_back(absl::StrCat("published ", event.published()));
  const std::string by = AttributionInWords(event);
  facts.push_back(by.empty() ? "not attributed" : absl::StrCat("claimed by ", by));
  out << "      " << Visible(absl::StrJoin(facts, "; ")) << '\n';
  if (behind.redacted != nullptr) {
    out << "      " << Visible(RedactionInWords(*behind.redacted)) << '\n';
  }
  for (const v1::Citation& citation : event.citations()) {
    out << "      " << Visible(citation.source());
    if (!citation.locator().empty()) out << ", " << Visible(citation.locator());
    if (!citation.paraphrase().empty()) out << ": " << Visible(citation.paraphrase());
    out << '\n';
  }
}

}  // namespace

std::string KeyInWords(const v1::WhyResult& result) {
  const std::map<std::string, std::string> sorted(result.key().begin(), result.key().end());
  return absl::StrJoin(sorted, ", ", absl::PairFormatter(" = "));
}

void WriteReasonsText(const v1::WhyResult& result, const HomeZone& zone, const TextStyle& style,
                      std::ostream& out) {
  out << Bold(Visible(absl::StrCat(result.view(), ": ", KeyInWords(result))), style) << '\n';
  for (const v1::CellReason& cell : result.cells()) {
    out << '\n' << Visible(cell.column()) << ": " << ValuesInWords(cell, zone) << '\n';
    for (const auto& [position, behind] : ByPosition(cell)) WriteEvent(behind, style, out);
    if (cell.more_after() > 0) {
      out << "  … and more: ask again with --after " << cell.more_after() << '\n';
    }
  }
}

Table ReasonsTable(const google::protobuf::RepeatedPtrField<v1::WhyResult>& results) {
  Table table{.name = "reasons",
              .columns = {{"key"},
                          {"column"},
                          {"world"},
                          {"position", Table::Kind::kNumber},
                          {"id"},
                          {"type"},
                          {"occurred"},
                          {"published"},
                          {"asserter"},
                          {"attribution"},
                          {"citations"}}};
  for (const v1::WhyResult& result : results) {
    for (const v1::CellReason& cell : result.cells()) {
      for (const v1::Reason& reason : cell.reasons()) {
        const v1::Event& event = reason.event();
        table.rows.push_back({KeyInWords(result), cell.column(), v1::World_Name(reason.world()),
                              uint64_t{event.position()}, event.id(), ShortTypeName(event),
                              event.occurred(), event.published(), event.asserter(),
                              absl::StrJoin(event.attribution(), "; "),
                              CitationsInWords(event.citations())});
      }
    }
  }
  return table;
}

}  // namespace annals
