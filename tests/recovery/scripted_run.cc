#include "tests/recovery/scripted_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/model/operation.h"
#include "tests/model/random_index.h"
#include "tests/recovery/check_store.h"
#include "tests/testing/lighthouses/lighthouses.h"
#include "tests/testing/lighthouses/lighthouses.pb.h"

namespace annals::recovery {
namespace {

using Kind = model::Operation::Kind;

constexpr Instant kStart = {1'772'000'000'123'456};  // In February 2026.
constexpr Instant kLater = {kStart.micros + int64_t{3'650} * 24 * 3'600 * 1'000'000};
constexpr int kAppendsAfterwards = 2;
constexpr size_t kPageCacheBytes = size_t{1} << 20;

v1::Event MakeAppointment(const std::string& id) {
  lighthouses::v1::KeeperAppointed appointed;
  appointed.set_lighthouse("fastnet");
  appointed.set_keeper(absl::StrCat("keeper-", id));
  v1::Event event;
  event.set_id(id);
  event.set_stream("lighthouse/fastnet");
  event.mutable_payload()->PackFrom(appointed);
  return event;
}

}  // namespace

v1::Event MakeCreation() {
  v1::TimelineCreated created;
  created.set_title("Lighthouses");
  created.set_home_zone("UTC");
  created.set_domain("lighthouses");
  v1::Event event;
  event.set_id("created");
  event.set_stream("timeline");
  event.mutable_payload()->PackFrom(created);
  return event;
}

ScriptedRun::ScriptedRun(std::string folder, uint64_t seed, const testing::FaultyDisk* disk)
    : folder_(std::move(folder)),
      seed_(seed),
      disk_(disk),
      domains_({testing::LighthousesDomain()}),
      clock_(kStart),
      random_(seed),
      generator_(seed),
      naive_(kTimeline, *HomeZone::Load("UTC"), QualifierWidths()) {}

void ScriptedRun::Inherit(Journal journal) {
  journal_ = std::move(journal);
  clock_.Set(kLater);
}

absl::Status ScriptedRun::Create() { return Store::Create(folder_); }

absl::Status ScriptedRun::Open() {
  Close();
  Store::Options options;
  options.clock = &clock_;
  options.database.block_cache_bytes = size_t{1} << 20;
  options.database.write_buffer_bytes = size_t{4} << 20;
  options.index = model::RandomIndex(seed_);
  // A large cache is cleared and looked through at each opening.
  options.index.page_cache_bytes = std::min(options.index.page_cache_bytes, kPageCacheBytes);
  ANNALS_ASSIGN_OR_RETURN(store_, Store::Open(folder_, &domains_, options));
  return absl::OkStatus();
}

void ScriptedRun::Close() {
  subscription_.reset();
  feed_.reset();
  store_.reset();
}

absl::Status ScriptedRun::TryToOpen() {
  const absl::Status status = Open();
  Close();
  return status;
}

absl::Status ScriptedRun::Append(AppendRequest request) {
  return Repeat(journal_.Begin(std::move(request), Moment()));
}

absl::Status ScriptedRun::Repeat(size_t attempt) {
  ANNALS_ASSIGN_OR_RETURN(std::vector<Receipt> receipts,
                          store_->log().Append(journal_.attempts()[attempt].request));
  journal_.Acknowledge(attempt, std::move(receipts), Moment());
  return Follow();
}

absl::Status ScriptedRun::Follow() {
  if (subscription_ == nullptr) {
    v1::SubscribeRequest request;
    request.set_timeline(kTimeline);
    if (!journal_.received().empty()) request.set_after(journal_.received().back().position);
    feed_ = std::make_unique<Feed>(&store_->log(), Feed::Options());
    ANNALS_ASSIGN_OR_RETURN(subscription_, feed_->Subscribe(request));
  }
  for (bool at_head = false; !at_head;) {
    ANNALS_ASSIGN_OR_RETURN(const FeedBatch batch, subscription_->Next({}, clock_.Now()));
    for (const FeedItem& item : batch.items) {
      if (item.kind != FeedItem::Kind::kEvent) continue;
      journal_.Receive(item.position.value, std::string(item.event->bytes()), Moment());
    }
    at_head = batch.at_head;
  }
  return absl::OkStatus();
}

bool ScriptedRun::IsUsable(const AppendRequest& request) {
  std::set<std::string> ids;
  for (const v1::Event& event : request.events) {
    if (ids_.contains(event.id()) || !ids.insert(event.id()).second) return false;
  }
  if (request.timeline != kTimeline) return false;
  if (!naive_.Append(request, clock_.Now()).refusals.empty()) return false;
  ids_.merge(ids);
  return true;
}

absl::Status ScriptedRun::AppendNext() {
  for (;;) {
    model::Operation operation = generator_.Next(naive_, clock_.Now());
    if (operation.kind == Kind::kAdvanceClock) clock_.Advance(operation.micros);
    if (operation.kind == Kind::kReopen) ANNALS_RETURN_IF_ERROR(Open());
    if (operation.kind != Kind::kAppend) continue;
    for (v1::Event& event : operation.append.events) {
      if (event.id().empty()) event.set_id(absl::StrCat("n", ++extra_));
    }
    if (IsUsable(operation.append)) return Append(operation.append);
  }
}

absl::Status ScriptedRun::Run(int appends) {
  if (naive_.head() == 0) {
    const AppendRequest creation = {.timeline = kTimeline, .events = {MakeCreation()}};
    if (!IsUsable(creation)) return absl::InternalError("the model refuses the first event");
    ANNALS_RETURN_IF_ERROR(Append(creation));
  }
  for (int i = 0; i < appends; ++i) {
    const absl::Status status = AppendNext();
    if (status.ok()) continue;
    // Whoever goes on after an error mustn't be told that all is well.
    if (store_ != nullptr) AppendNext().IgnoreError();
    return status;
  }
  return absl::OkStatus();
}

std::string ScriptedRun::Look() {
  const absl::Status opened = Open();
  if (!opened.ok()) return absl::StrCat("opening: ", opened.ToString(), "\n");
  return CheckStore(store_.get(), kTimeline, journal_);
}

absl::Status ScriptedRun::GoOn() {
  for (size_t i = 0; i < journal_.attempts().size(); ++i) {
    if (!journal_.attempts()[i].is_acknowledged) ANNALS_RETURN_IF_ERROR(Repeat(i));
  }
  if (journal_.attempts().empty()) {
    ANNALS_RETURN_IF_ERROR(Append({.timeline = kTimeline, .events = {MakeCreation()}}));
  }
  for (int i = 0; i < kAppendsAfterwards; ++i) {
    const std::string id = absl::StrCat("afterwards-", journal_.attempts().size());
    ANNALS_RETURN_IF_ERROR(Append({.timeline = kTimeline, .events = {MakeAppointment(id)}}));
  }
  return absl::OkStatus();
}

std::string ScriptedRun::Recover() {
  std::string wrong = Look();
  if (!wrong.empty()) return wrong;
  const absl::Status went_on = GoOn();
  if (!went_on.ok()) return absl::StrCat("going on: ", went_on.ToString(), "\n");
  wrong = Look();
  Close();
  return wrong.empty() ? "" : "after going on: " + wrong;
}

}  // namespace annals::recovery
