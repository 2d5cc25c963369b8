#include "engine/feed/feed_event.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/base/wire_fields.h"
#include "engine/log/payload_types.h"
#include "google/protobuf/any.pb.h"

namespace annals {
namespace {

absl::Status NoEvent(Position position) {
  return absl::DataLossError(
      absl::StrCat("position ", position.value, ": the stored bytes are no event"));
}

}  // namespace

FeedEvent::FeedEvent(Position position, std::string bytes)
    : position_(position), bytes_(std::move(bytes)) {}

absl::StatusOr<FeedEventPtr> FeedEvent::FromBytes(Position position, std::string bytes) {
  // The constructor is private, so std::make_shared can't be asked.
  std::shared_ptr<FeedEvent> event(new FeedEvent(position, std::move(bytes)));
  ANNALS_RETURN_IF_ERROR(event->FindFields());
  return event;
}

absl::Status FeedEvent::FindFields() {
  WireFields fields(bytes_);
  while (fields.Next()) {
    switch (fields.number()) {
      case v1::Event::kStreamFieldNumber:
        stream_ = fields.contents();
        break;
      case v1::Event::kAsserterFieldNumber:
        asserter_ = fields.contents();
        break;
      case v1::Event::kPayloadFieldNumber:
        for (WireFields any(fields.contents()); any.Next();) {
          if (any.number() == google::protobuf::Any::kTypeUrlFieldNumber) {
            type_ = TypeName(any.contents());
          }
        }
        break;
      default:
        break;
    }
  }
  return fields.at_end() ? absl::OkStatus() : NoEvent(position_);
}

absl::StatusOr<v1::Event> FeedEvent::Decode() const {
  v1::Event event;
  if (!event.ParseFromArray(bytes_.data(), static_cast<int>(bytes_.size()))) {
    return NoEvent(position_);
  }
  return event;
}

const absl::StatusOr<std::string>& FeedEvent::Rendered(int form, const Renderer& render) const {
  MutexLock hold(&mutex_);
  auto found = renderings_.find(form);
  if (found == renderings_.end()) found = renderings_.emplace(form, render(*this)).first;
  return found->second;
}

}  // namespace annals
