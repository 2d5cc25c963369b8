#include "bench/serve/grpc_reader.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <utility>

namespace annals::bench {
namespace {

v1::SubscribeRequest Request(const LoadRun& run, const Reader& reader) {
  v1::SubscribeRequest request;
  request.set_timeline(run.timeline);
  request.set_after(reader.last);
  return request;
}

}  // namespace

GrpcReader::GrpcReader(LoadRun* run, Followers* followers, const Reader& reader)
    : run_(run),
      reader_(reader),
      follower_(followers->Follow(
          Request(*run, reader),
          {.take = [this](const v1::SubscribeResponse& response) { Receive(response); },
           .ended = [this](const absl::Status& status) { End(status); }})) {}

void GrpcReader::Collect() {
  std::vector<Arrival> arrivals;
  std::optional<absl::Status> end;
  {
    MutexLock lock(&mutex_);
    arrivals.swap(arrivals_);
    end.swap(end_);
  }
  if (!following_ && !arrivals.empty()) ++run_->following;
  following_ = following_ || !arrivals.empty();
  for (const Arrival& arrival : arrivals) {
    if (arrival.position > 0) TakeEvent(run_, &reader_, arrival.position, arrival.at);
  }
  if (!end.has_value()) return;
  ended_ = true;
  if (run_->stopping || reader_.done) return;
  ++run_->ended;
  std::cerr << "feed_load: a feed ended: " << *end << '\n';
}

void GrpcReader::Receive(const v1::SubscribeResponse& response) {
  const Clock::time_point now = Clock::now();
  MutexLock lock(&mutex_);
  for (const v1::FeedItem& item : response.items()) {
    arrivals_.push_back({item.event().position(), now});
  }
}

void GrpcReader::End(const absl::Status& status) {
  MutexLock lock(&mutex_);
  end_ = status;
}

Task<void> Collect(LoadRun* run, GrpcReaders* readers) {
  const auto is_over = [](const auto& reader) { return reader->ended(); };
  while (!std::all_of(readers->begin(), readers->end(), is_over)) {
    co_await Pause(run, std::chrono::milliseconds(2));
    for (const auto& reader : *readers) reader->Collect();
  }
}

}  // namespace annals::bench
