// Inquiry: all that answering a question about one view takes.
#ifndef ANNALS_ENGINE_QUERY_VERBS_INQUIRY_H_
#define ANNALS_ENGINE_QUERY_VERBS_INQUIRY_H_

#include <vector>

#include "engine/base/key.h"
#include "engine/index/temporal_index.h"
#include "engine/log/event_log.h"
#include "engine/log/timeline_settings.h"
#include "engine/query/verbs/evaluation.h"
#include "engine/query/view.h"
#include "google/protobuf/map.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// A view of a timeline whose index has taken in every position that is asked
// for: QueryEngine sees to that. What it points to must outlive it.
struct Inquiry {
  TimelineSettings timeline;
  const View* view = nullptr;
  const EventLog* log = nullptr;
  const TemporalIndex* index = nullptr;
};

// How messages about an inquiry begin.
std::string Where(const Inquiry& inquiry);

// The parts that several answers have in common.
void FillColumns(const View& view, google::protobuf::RepeatedPtrField<v1::Column>* columns);
void FillKey(const View& view, const Key& key,
             google::protobuf::Map<std::string, std::string>* map);

// A row with its values in both worlds, and no evidence yet.
v1::Row ToRow(const View& view, const Key& key, const std::vector<JoinedCell>& cells);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_INQUIRY_H_
