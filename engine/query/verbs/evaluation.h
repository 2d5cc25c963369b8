// Evaluation: a view in both worlds, its rows joined by key.
#ifndef ANNALS_ENGINE_QUERY_VERBS_EVALUATION_H_
#define ANNALS_ENGINE_QUERY_VERBS_EVALUATION_H_

#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/key.h"
#include "engine/index/temporal_index.h"
#include "engine/query/question.h"
#include "engine/query/view.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// A cell as each world has it.
struct JoinedCell {
  WorldCell certain;
  WorldCell possible;

  const WorldCell& In(WorldKind world) const {
    return world == WorldKind::kCertain ? certain : possible;
  }
};

// Every row that either world has, with a cell for each column that isn't a key.
using JoinedRows = std::map<Key, std::vector<JoinedCell>>;

v1::World ToProto(WorldKind world);

// INTERNAL, naming the view and the key, if the view breaks its promises: a key
// or a row of the wrong length, a key twice, a value without evidence or of no
// kind. Other errors are the view's.
absl::StatusOr<JoinedRows> Evaluate(const View& view, const TemporalIndex& index,
                                    const PinnedAsOf& as_of);

// The view's columns by what they hold.
std::vector<const v1::Column*> KeyColumns(const View& view);
std::vector<const v1::Column*> CellColumns(const View& view);

// `"el-helicoide" "ordered"`, as one would type it.
std::string QuotedKey(const Key& key);

// An error about one row, which is a bug of the view.
absl::Status ViewBug(const View& view, const Key& key, absl::string_view what);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_EVALUATION_H_
