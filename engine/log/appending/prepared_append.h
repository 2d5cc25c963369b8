// PreparedAppend: an append after everything that can be checked without
// knowing where the log ends.
#ifndef ANNALS_ENGINE_LOG_APPENDING_PREPARED_APPEND_H_
#define ANNALS_ENGINE_LOG_APPENDING_PREPARED_APPEND_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/base/work_crew.h"
#include "engine/log/append.h"
#include "engine/log/appending/source_info.h"
#include "engine/log/appending/stated_record.h"
#include "engine/log/payload_types.h"
#include "engine/log/timeline_directory.h"
#include "engine/log/timeline_settings.h"
#include "engine/privacy/field_sealer.h"
#include "engine/proof/merkle_tree.h"
#include "proto/annals/v1/erasure.pb.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

struct PreparedEvent {
  // Normal form: has its id, timeline and salt, and the payload's bytes are those
  // that this program writes for it.
  v1::Event event;
  // Its bytes. Empty for a copy, whose event has every field, and for a
  // correction, which gets fields within fields.
  StatedRecord stated;
  // What it is found by, in record.h's words.
  std::string id_key;
  std::string stream_prefix;
  std::string type_prefix;
  // Where the log has an event with this id, if it has one: the commit queue's
  // leader looks all of a group's up at once.
  std::optional<Position> known_position;
  TimeBounds occurred;  // Open if not stated.
  // As stated by the event or, for a source, by its registration.
  std::optional<TimeBounds> published;
  std::string published_text;
  std::optional<SourceEdition> source;          // If it registers one.
  std::optional<v1::PayloadRedacted> redacted;  // If it redacts others.
  TreeHash commitment;                          // What the tree has in the payload's place.
};

struct PreparedAppend {
  std::shared_ptr<const TimelineSettings> settings;
  bool creates = false;  // The first event is a TimelineCreated; settings.number is unset.
  std::vector<PreparedEvent> events;
  ExpectedRevision expected = ExpectedRevision::Any();
  Provenance provenance = Provenance::kStated;
  size_t bytes = 0;  // Of the events, as stated.

  // Has the events' keys begin with this number of the timeline: while it is being
  // created it has none.
  void SetTimelineInKeys(uint32_t number);
};

// What an append leaves to chance. Thread-safe.
struct AppendDraws {
  std::function<std::string()> id;
  std::function<std::string(size_t count)> bytes;
};

// Checks forms, payloads and dates on the caller's thread, and many events' with the
// crew, so that the commit queue, where appends stand in line, has only the log itself
// left to ask. Seals what is sensitive, unless `sealer` is null; a copy's fields stay as
// they are.
// Errors as for EventLog::Append. Thread-safe.
absl::StatusOr<PreparedAppend> PrepareAppend(AppendRequest request,
                                             const TimelineDirectory& timelines,
                                             const PayloadTypes& types, const AppendDraws& draws,
                                             const FieldSealer* sealer, WorkCrew* crew);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_PREPARED_APPEND_H_
