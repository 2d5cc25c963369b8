#include "engine/backup/store_repair.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/backup/salvage.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/lookup_rebuild.h"
#include "engine/log/record.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/posix_file.h"
#include "engine/storage/store_folder.h"

namespace annals {
namespace {

namespace fs = std::filesystem;
using storage::Batch;
using storage::CommitRecord;
using storage::Family;
using storage::StoreFolder;

constexpr size_t kBatchBytes = size_t{4} << 20;
// Of the access tokens (engine/access), which depend on nothing else in the store.
constexpr absl::string_view kTokenPrefix = "token/";

absl::Status Failed(const std::error_code& error, absl::string_view what) {
  return absl::ErrnoToStatus(error.value(), absl::StrCat("can't ", what));
}

// Fills a new store with the events of another.
class Rewriter {
 public:
  Rewriter(const Salvage* salvage, StoreFolder* folder,
           const std::function<void(uint64_t)>& progress)
      : salvage_(*salvage), folder_(*folder), progress_(progress) {}

  absl::StatusOr<RepairReport> Run();

 private:
  absl::StatusOr<RepairReport::Timeline> Save(uint32_t number, const std::string& name);
  void ListLost(RepairReport::Timeline* timeline);
  absl::Status Commit();

  const Salvage& salvage_;
  StoreFolder& folder_;
  const std::function<void(uint64_t)>& progress_;
  RepairReport report_;
  uint32_t timelines_ = 0;  // In the new store.
  Batch batch_;
  CommitRecord record_;
};

absl::StatusOr<RepairReport> Rewriter::Run() {
  if (salvage_.head()) report_.acknowledged = salvage_.head()->events;
  report_.remarks = salvage_.remarks();
  for (auto& [key, value] : salvage_.Meta(kTokenPrefix)) batch_.Put(Family::kMeta, key, value);
  for (const auto& [number, name] : salvage_.Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(RepairReport::Timeline timeline, Save(number, name));
    ListLost(&timeline);
    report_.timelines.push_back(std::move(timeline));
  }
  ANNALS_RETURN_IF_ERROR(RebuildLookups(&folder_).status());
  return std::move(report_);
}

// Every event up to the first that isn't there or doesn't follow from the one before.
absl::StatusOr<RepairReport::Timeline> Rewriter::Save(uint32_t number, const std::string& name) {
  RepairReport::Timeline timeline = {.name = name, .number = number};
  storage::Hash128 chain;
  while (true) {
    std::optional<Salvage::Proven> next = salvage_.Find(number, timeline.saved.Next(), chain);
    if (!next || next->event.timeline() != name) break;
    if (timeline.saved == Position{}) {
      std::string key_value;
      AppendBigEndian32(&key_value, ++timelines_);
      batch_.Put(Family::kMeta, TimelineKey(name), key_value);
    }
    chain = next->chain;
    timeline.saved = timeline.saved.Next();
    batch_.Put(Family::kLog, storage::LogKey(timelines_, timeline.saved), next->record);
    record_.timeline = timelines_;
    record_.position = timeline.saved;
    record_.chain = chain;
    record_.events = ++report_.saved;
    if (batch_.bytes() >= kBatchBytes) ANNALS_RETURN_IF_ERROR(Commit());
  }
  ANNALS_RETURN_IF_ERROR(Commit());
  timeline.last = timeline.saved;
  return timeline;
}

absl::Status Rewriter::Commit() {
  if (batch_.empty() || record_.events == 0) return absl::OkStatus();
  if (progress_) progress_(report_.saved);
  return folder_.Commit(std::exchange(batch_, Batch()), record_);
}

void Rewriter::ListLost(RepairReport::Timeline* timeline) {
  using Why = RepairReport::Lost::Why;
  const std::map<uint64_t, Salvage::Trace> traces =
      salvage_.Traces(timeline->number, timeline->saved.Next());
  if (traces.empty()) return;
  timeline->last.value = traces.rbegin()->first;
  bool first = true;
  for (Position at = timeline->saved.Next(); at <= timeline->last; at = at.Next()) {
    const auto found = traces.find(at.value);
    const Salvage::Trace trace = found == traces.end() ? Salvage::Trace() : found->second;
    Why why = Why::kMissing;
    // What stands at the gap itself was tried, and didn't prove to be the event.
    if (trace.has_record) why = trace.decodes && !first ? Why::kBehindGap : Why::kDamaged;
    report_.lost.push_back(
        {.timeline = timeline->number, .position = at, .id = trace.id, .why = why});
    first = false;
  }
}

absl::Status CheckRoomFor(const std::string& to, const std::string& work) {
  std::error_code error;
  if (fs::exists(to, error) && !fs::is_empty(to, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat("\"", to, "\" isn't empty: name a new or an empty folder for the copy"));
  }
  if (fs::exists(work, error)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "\"", work, "\" is there: an earlier repair was cut short. Remove it, and begin again"));
  }
  fs::create_directories(work + "/salvage", error);
  if (error) return Failed(error, absl::StrCat("make ", work));
  return absl::OkStatus();
}

absl::StatusOr<RepairReport> RepairInto(const std::string& store, const std::string& work,
                                        const std::function<void(uint64_t)>& progress) {
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<Salvage> salvage,
                          Salvage::Open(store, work + "/salvage"));
  ANNALS_RETURN_IF_ERROR(StoreFolder::Create(work + "/store"));
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<StoreFolder> folder,
                          StoreFolder::Open(work + "/store", {}));
  return Rewriter(salvage.get(), folder.get(), progress).Run();
}

absl::Status Publish(const std::string& work, const std::string& to) {
  std::error_code error;
  fs::rename(work + "/store", to, error);
  if (error) return Failed(error, absl::StrCat("rename ", work, "/store to ", to));
  fs::path parent = fs::absolute(to).lexically_normal();
  if (!parent.has_filename()) parent = parent.parent_path();
  return storage::SyncFolder(parent.parent_path().string());
}

}  // namespace

absl::StatusOr<RepairReport> RepairStore(const std::string& store, const std::string& to,
                                         const std::function<void(uint64_t)>& progress) {
  std::string work = to;
  while (work.size() > 1 && work.back() == '/') work.pop_back();
  work += ".repairing";
  ANNALS_RETURN_IF_ERROR(CheckRoomFor(to, work));
  absl::StatusOr<RepairReport> report = RepairInto(store, work, progress);
  const absl::Status published = report.ok() ? Publish(work, to) : report.status();
  std::error_code ignored;
  fs::remove_all(work, ignored);
  ANNALS_RETURN_IF_ERROR(published);
  return report;
}

}  // namespace annals
