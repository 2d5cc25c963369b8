#include "bench/log/measured_store.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "bench/log/workload.h"
#include "engine/storage/database.h"

namespace annals::bench {
namespace {

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

template <typename T>
T Take(absl::StatusOr<T> result) {
  Check(result.status());
  return *std::move(result);
}

}  // namespace

MeasuredStore::MeasuredStore(const std::string& folder, bool projected) {
  Check(AddTypes(&types_));
  const bool is_new = !std::filesystem::exists(folder);
  if (is_new) Check(storage::StoreFolder::Create(folder));
  folder_ = Take(storage::StoreFolder::Open(folder, {}));
  log_ = Take(EventLog::Open(folder_.get(), &types_, {}));
  if (is_new) Append({CreatingEvent()});
  if (!projected) return;
  projections_ = MakeProjections();
  runner_ = Take(ProjectionRunner::Start({}, folder_->database(), log_.get(), &types_,
                                         [this](absl::string_view) {
                                           std::vector<const Projection*> all;
                                           for (const Projection& p : projections_) {
                                             all.push_back(&p);
                                           }
                                           return all;
                                         }));
}

MeasuredStore::~MeasuredStore() = default;

void MeasuredStore::Append(std::vector<v1::Event> events) {
  Check(log_->Append({.timeline = kTimeline, .events = std::move(events)}).status());
}

void MeasuredStore::AwaitProjections() {
  if (runner_ == nullptr) return;
  const EventLog::Head head = Take(log_->GetHead(kTimeline));
  Check(runner_->WaitFor(kTimeline, head.position));
  for (const ProjectionProgress& progress : Take(runner_->Progress(kTimeline))) {
    Check(progress.status);
  }
}

void MeasuredStore::Flush() { Check(folder_->database()->Flush()); }

uint64_t MeasuredStore::Replay() const {
  const std::unique_ptr<EventReader> reader = Take(log_->ReadAfter(kTimeline, Position{}));
  uint64_t events = 0;
  while (reader->Next()) events += reader->event().position() > 0 ? 1 : 0;
  Check(reader->status());
  return events;
}

uint64_t MeasuredStore::ReplayBytes() const {
  const auto reader = Take(log_->ReadBytesAfter(kTimeline, Position{}));
  uint64_t events = 0;
  while (reader->Next()) events += reader->bytes().empty() ? 0 : 1;
  Check(reader->status());
  return events;
}

std::vector<RawRecord> MeasuredStore::Records() const {
  std::vector<RawRecord> records;
  storage::Cursor cursor = folder_->database()->Scan(storage::Family::kLog, "", "");
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    records.push_back({std::string(cursor.key()), std::string(cursor.value())});
  }
  Check(cursor.status());
  return records;
}

}  // namespace annals::bench
