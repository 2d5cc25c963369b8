#include "engine/query/verbs/as_of.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/verbs/evaluation.h"
#include "engine/query/verbs/evidence.h"

namespace annals {
namespace {

absl::Status FillEvidence(const Inquiry& inquiry, const PinnedAsOf& as_of,
                          const std::vector<JoinedCell>& cells, size_t limit,
                          EvidenceReader* reader, v1::Row* row) {
  const std::vector<const v1::Column*> columns = CellColumns(*inquiry.view);
  for (size_t i = 0; i < columns.size(); ++i) {
    v1::Cell& cell = row->mutable_cells()->at(columns[i]->name());
    for (const WorldKind world : kWorlds) {
      ANNALS_RETURN_IF_ERROR(reader->Append(cells[i].In(world), SliceOf(world, as_of), limit,
                                            cell.mutable_evidence()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ViewResult> AnswerAsOf(const Inquiry& inquiry, const PinnedAsOf& as_of,
                                          size_t evidence) {
  v1::ViewResult result;
  result.set_timeline(inquiry.timeline.name);
  result.set_view(inquiry.view->name);
  *result.mutable_as_of() = ToProto(as_of, inquiry.timeline.home_zone);
  FillColumns(*inquiry.view, result.mutable_columns());

  ANNALS_ASSIGN_OR_RETURN(const JoinedRows rows, Evaluate(*inquiry.view, *inquiry.index, as_of));
  EvidenceReader reader(inquiry.log, inquiry.index, inquiry.timeline.name);
  for (const auto& [key, cells] : rows) {
    v1::Row row = ToRow(*inquiry.view, key, cells);
    const absl::Status filled = FillEvidence(inquiry, as_of, cells, evidence, &reader, &row);
    if (!filled.ok()) return Annotate(filled, absl::StrCat("key ", QuotedKey(key)));
    *result.add_rows() = std::move(row);
  }
  return result;
}

}  // namespace annals
