// Events as rows, as a page, and as the text of a "why".
#ifndef ANNALS_ENGINE_RENDER_EVENTS_H_
#define ANNALS_ENGINE_RENDER_EVENTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/render/table.h"
#include "engine/time/home_zone.h"
#include "google/protobuf/repeated_field.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/query.pb.h"

namespace annals {

// "ReleaseVerified" of an event with a payload venezuela.v1.ReleaseVerified;
// "" for a retraction without one.
std::string ShortTypeName(const v1::Event& event);

// "redacted by #12: names a minor (Court of Utrecht; decided by records-office)".
std::string RedactionInWords(const v1::RedactedPayload& redacted);

// What an answer does without, as a paragraph.
std::string RedactionsInWords(const v1::RedactedPayloads& redacted);

// "S0, paragraph 3; S1".
std::string CitationsInWords(const google::protobuf::RepeatedPtrField<v1::Citation>& citations);

// "foro-penal, according to efe": who claims it, and through whom it came.
std::string AttributionInWords(const v1::Event& event);

// Position, occurred, published, type, stream, id, asserter and, where
// `corrected`, the positions of the events that correct it.
Table EventListTable(bool corrected);
std::vector<Table::Cell> EventListRow(const v1::Event& event);
Table ListedEventsTable(const v1::EventList& list);

// Every field that is set, and every field of the payload, name and value; a
// date with the instants that it stands for. INVALID_ARGUMENT if the payload's
// type isn't linked in.
absl::StatusOr<Table> EventPage(const v1::Event& event, const HomeZone& zone);

// Every column of the flat export (docs/command_line.md), payload and metadata
// as JSON. Errors as above.
Table FlatEventTable();
absl::StatusOr<std::vector<Table::Cell>> FlatEventRow(const v1::Event& event, const HomeZone& zone);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_EVENTS_H_
