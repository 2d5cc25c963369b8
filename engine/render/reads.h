// What an "explain" is answered with, as a table.
#ifndef ANNALS_ENGINE_RENDER_READS_H_
#define ANNALS_ENGINE_RENDER_READS_H_

#include "engine/render/table.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// A row for each read, in their order: world, read, measure, prefix ("": all
// groups), strategy, reason, groups, contributions, rows, time.
Table ReadsTable(const v1::ExplainResult& result);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_READS_H_
