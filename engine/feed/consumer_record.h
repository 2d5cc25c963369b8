// What the store keeps of a consumer (docs/storage_format.md).
#ifndef ANNALS_ENGINE_FEED_CONSUMER_RECORD_H_
#define ANNALS_ENGINE_FEED_CONSUMER_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

// --- Keys of kMeta ------------------------------------------------------------

inline constexpr absl::string_view kConsumerKeyPrefix = "consumer/";

enum class ConsumerPart : char { kRecord = 0, kOutstanding = 1, kParked = 2 };

// What all keys of a consumer begin with; its record's key; a position's.
std::string ConsumerPrefix(uint32_t timeline, absl::string_view name);
std::string ConsumerKey(absl::string_view prefix, ConsumerPart part);
std::string ConsumerKey(absl::string_view prefix, ConsumerPart part, Position position);

// A key taken apart. DATA_LOSS if it is no consumer's.
struct ParsedConsumerKey {
  std::string prefix;
  ConsumerPart part = ConsumerPart::kRecord;
  Position position;  // Zero for a record.
};
absl::StatusOr<ParsedConsumerKey> ParseConsumerKey(absl::string_view key);

// --- Values -------------------------------------------------------------------

// The settings, and up to where events were looked at: each of those is
// outstanding, parked, done or didn't match.
struct ConsumerRecord {
  v1::Consumer settings;
  Position scanned;
};

// An event that is neither acknowledged nor parked.
struct OutstandingRecord {
  enum class State : char {
    kReady = 0,    // To be leased. Its last lease may have run out.
    kLeased = 1,   // To `member`, until `until`.
    kWaiting = 2,  // For a retry at `until`.
  };
  State state = State::kReady;
  uint32_t deliveries = 0;
  Instant until;
  std::string member;  // Who had it last.
};

struct ParkedRecord {
  uint32_t deliveries = 0;
  Instant parked_at;
  std::string reason;
};

// DATA_LOSS if bytes are none of these.
std::string Encode(const ConsumerRecord& record);
std::string Encode(const OutstandingRecord& record);
std::string Encode(const ParkedRecord& record);
absl::StatusOr<ConsumerRecord> DecodeConsumerRecord(absl::string_view bytes);
absl::StatusOr<OutstandingRecord> DecodeOutstandingRecord(absl::string_view bytes);
absl::StatusOr<ParkedRecord> DecodeParkedRecord(absl::string_view bytes);

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_CONSUMER_RECORD_H_
