#include "engine/query/verbs/diff.h"

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/verbs/evaluation.h"
#include "engine/query/verbs/evidence.h"
#include "google/protobuf/util/message_differencer.h"

namespace annals {
namespace {

// As many events behind a change as behind a cell of an as-of.
constexpr size_t kEvidence = 1000;

// The view at one end of a step.
struct Moment {
  PinnedAsOf as_of;
  JoinedRows rows;
};

absl::StatusOr<Moment> At(const Inquiry& inquiry, const PinnedAsOf& as_of) {
  ANNALS_ASSIGN_OR_RETURN(JoinedRows rows, Evaluate(*inquiry.view, *inquiry.index, as_of));
  return Moment{as_of, std::move(rows)};
}

bool SameValue(const WorldCell& a, const WorldCell& b) {
  if (a.value.has_value() != b.value.has_value()) return false;
  return !a.value || google::protobuf::util::MessageDifferencer::Equals(*a.value, *b.value);
}

// The cell of a row; without a value if the row isn't there.
const WorldCell& CellAt(const Moment& moment, const Key& key, size_t column, WorldKind world) {
  static const WorldCell* const nothing = new WorldCell();
  const auto row = moment.rows.find(key);
  return row == moment.rows.end() ? *nothing : row->second[column].In(world);
}

std::set<Key> KeysOf(const Moment& before, const Moment& after) {
  std::set<Key> keys;
  for (const auto& [key, cells] : before.rows) keys.insert(key);
  for (const auto& [key, cells] : after.rows) keys.insert(key);
  return keys;
}

// Lists the changes from one moment to the next.
class Step {
 public:
  Step(const Inquiry& inquiry, v1::Change::Cause cause, const Moment& before, const Moment& after,
       EvidenceReader* reader, v1::DiffResult* result)
      : inquiry_(inquiry),
        cause_(cause),
        before_(before),
        after_(after),
        reader_(reader),
        result_(result) {}

  absl::Status Compare() {
    for (const Key& key : KeysOf(before_, after_)) {
      const absl::Status status = CompareRow(key);
      if (!status.ok()) return Annotate(status, absl::StrCat("key ", QuotedKey(key)));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status CompareRow(const Key& key) {
    const std::vector<const v1::Column*> columns = CellColumns(*inquiry_.view);
    for (size_t column = 0; column < columns.size(); ++column) {
      for (const WorldKind world : kWorlds) {
        ANNALS_RETURN_IF_ERROR(CompareCell(key, column, world));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CompareCell(const Key& key, size_t column, WorldKind world) {
    const WorldCell& before = CellAt(before_, key, column, world);
    const WorldCell& after = CellAt(after_, key, column, world);
    if (SameValue(before, after)) return absl::OkStatus();
    v1::Change* const change = result_->add_changes();
    change->set_cause(cause_);
    FillKey(*inquiry_.view, key, change->mutable_key());
    change->set_column(CellColumns(*inquiry_.view)[column]->name());
    change->set_world(ToProto(world));
    if (before.value) *change->mutable_before() = *before.value;
    if (after.value) *change->mutable_after() = *after.value;
    // What is gone can only be explained by what was there.
    const Moment& shown = after.value ? after_ : before_;
    return reader_->Append(CellAt(shown, key, column, world), SliceOf(world, shown.as_of),
                           kEvidence, change->mutable_evidence());
  }

  const Inquiry& inquiry_;
  const v1::Change::Cause cause_;
  const Moment& before_;
  const Moment& after_;
  EvidenceReader* const reader_;
  v1::DiffResult* const result_;
};

}  // namespace

absl::StatusOr<v1::DiffResult> AnswerDiff(const Inquiry& inquiry, const PinnedAsOf& from,
                                          const PinnedAsOf& to) {
  v1::DiffResult result;
  result.set_timeline(inquiry.timeline.name);
  result.set_view(inquiry.view->name);
  *result.mutable_from() = ToProto(from, inquiry.timeline.home_zone);
  *result.mutable_to() = ToProto(to, inquiry.timeline.home_zone);
  FillColumns(*inquiry.view, result.mutable_columns());

  const PinnedAsOf between = {.valid = to.valid, .known = from.known, .position = from.position};
  ANNALS_ASSIGN_OR_RETURN(const Moment first, At(inquiry, from));
  ANNALS_ASSIGN_OR_RETURN(const Moment second, At(inquiry, between));
  ANNALS_ASSIGN_OR_RETURN(const Moment third, At(inquiry, to));

  EvidenceReader reader(inquiry.log, inquiry.index, inquiry.timeline.name);
  ANNALS_RETURN_IF_ERROR(
      Step(inquiry, v1::Change::WORLD_CHANGED, first, second, &reader, &result).Compare());
  ANNALS_RETURN_IF_ERROR(
      Step(inquiry, v1::Change::LEARNED, second, third, &reader, &result).Compare());
  return result;
}

}  // namespace annals
