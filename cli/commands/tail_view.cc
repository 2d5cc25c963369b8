#include "cli/commands/tail_view.h"

#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "cli/follower.h"
#include "cli/row_lines.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/render/change_rows.h"
#include "engine/service/service.h"

namespace annals {
namespace {

using Row = std::vector<Table::Cell>;

// One form of a change for each format.
class ChangeForm {
 public:
  ChangeForm(const TimelineSettings& timeline, Session* session)
      : zone_(timeline.home_zone), session_(session) {}

  bool is_json() const { return session_->options().format == Format::kJson; }

  Table Titles() const {
    return for_programs() ? ChangeTableForPrograms() : ChangeTableForPeople();
  }
  std::vector<Row> Rows(const v1::ViewChange& change) const {
    return for_programs() ? ChangeRowsForPrograms(change, zone_)
                          : ChangeRowsForPeople(change, zone_);
  }
  // A line a change, whoever reads it.
  void PrintJson(const v1::ViewChange& change) const {
    session_->PrintJson(AnswerToJson(change, zone_, {}));
  }

 private:
  bool for_programs() const { return session_->options().format == Format::kCsv; }

  const HomeZone zone_;
  Session* const session_;
};

}  // namespace

absl::Status FollowView(const v1::SubscribeViewRequest& request, uint64_t limit,
                        const TimelineSettings& timeline, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  const ChangeForm form(timeline, &session);
  RowLines lines(&session, form.Titles());
  const auto subscribe = [service](const v1::SubscribeViewRequest& asked) {
    return service->SubscribeView(asked);
  };
  const auto deliver = [&](const v1::ViewFeedItem& item) {
    if (form.is_json()) {
      form.PrintJson(item.change());
      session.out().flush();
    } else {
      for (const Row& row : form.Rows(item.change())) lines.Print(row);
    }
    return absl::OkStatus();
  };
  return Follower<v1::SubscribeViewRequest, v1::ViewFeedItem>(&session, request, subscribe, deliver)
      .Run(limit);
}

absl::Status ListViewChanges(const v1::SubscribeViewRequest& request, uint64_t limit, bool first,
                             const TimelineSettings& timeline, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<ViewFeedReader> feed,
                          service->SubscribeView(request));
  std::deque<v1::ViewChange> changes;
  while (!first || changes.size() < limit) {
    ANNALS_ASSIGN_OR_RETURN(v1::ViewFeedItem item, feed->Next());
    if (item.has_caught_up()) break;
    if (!item.has_change()) continue;
    changes.push_back(std::move(*item.mutable_change()));
    if (changes.size() > limit) changes.pop_front();
  }
  const ChangeForm form(timeline, &session);
  Table table = form.Titles();
  for (const v1::ViewChange& change : changes) {
    if (form.is_json()) {
      form.PrintJson(change);
      continue;
    }
    for (Row& row : form.Rows(change)) table.rows.push_back(std::move(row));
  }
  if (!form.is_json()) session.Print(table);
  return absl::OkStatus();
}

}  // namespace annals
