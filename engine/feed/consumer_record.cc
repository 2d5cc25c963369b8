#include "engine/feed/consumer_record.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/record.h"

namespace annals {
namespace {

absl::Status NoConsumer(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("a consumer's ", what, " is damaged"));
}

// Reads a big-endian Instant.
absl::StatusOr<Instant> ReadInstant(absl::string_view* bytes) {
  ANNALS_ASSIGN_OR_RETURN(const uint64_t micros, ReadBigEndian64(bytes));
  return Instant{static_cast<int64_t>(micros)};
}

}  // namespace

std::string ConsumerPrefix(uint32_t timeline, absl::string_view name) {
  std::string prefix(kConsumerKeyPrefix);
  AppendBigEndian32(&prefix, timeline);
  AppendKeyElement(&prefix, name);
  return prefix;
}

std::string ConsumerKey(absl::string_view prefix, ConsumerPart part) {
  std::string key(prefix);
  key.push_back(static_cast<char>(part));
  return key;
}

std::string ConsumerKey(absl::string_view prefix, ConsumerPart part, Position position) {
  std::string key = ConsumerKey(prefix, part);
  AppendBigEndian64(&key, position.value);
  return key;
}

absl::StatusOr<ParsedConsumerKey> ParseConsumerKey(absl::string_view key) {
  absl::string_view rest = key;
  if (!absl::StartsWith(rest, kConsumerKeyPrefix)) return NoConsumer("key");
  rest.remove_prefix(kConsumerKeyPrefix.size());
  ANNALS_RETURN_IF_ERROR(ReadBigEndian32(&rest).status());
  ANNALS_RETURN_IF_ERROR(ReadKeyElement(&rest).status());
  ParsedConsumerKey parsed;
  parsed.prefix = std::string(key.substr(0, key.size() - rest.size()));
  if (rest.empty() || rest.front() > static_cast<char>(ConsumerPart::kParked)) {
    return NoConsumer("key");
  }
  parsed.part = static_cast<ConsumerPart>(rest.front());
  rest.remove_prefix(1);
  if (parsed.part != ConsumerPart::kRecord) {
    ANNALS_ASSIGN_OR_RETURN(parsed.position.value, ReadBigEndian64(&rest));
  }
  if (!rest.empty()) return NoConsumer("key");
  return parsed;
}

std::string Encode(const ConsumerRecord& record) {
  std::string bytes;
  AppendBigEndian64(&bytes, record.scanned.value);
  bytes += SerializeDeterministically(record.settings);
  return bytes;
}

std::string Encode(const OutstandingRecord& record) {
  std::string bytes(1, static_cast<char>(record.state));
  AppendBigEndian32(&bytes, record.deliveries);
  AppendBigEndian64(&bytes, static_cast<uint64_t>(record.until.micros));
  bytes += record.member;
  return bytes;
}

std::string Encode(const ParkedRecord& record) {
  std::string bytes;
  AppendBigEndian32(&bytes, record.deliveries);
  AppendBigEndian64(&bytes, static_cast<uint64_t>(record.parked_at.micros));
  bytes += record.reason;
  return bytes;
}

absl::StatusOr<ConsumerRecord> DecodeConsumerRecord(absl::string_view bytes) {
  ConsumerRecord record;
  ANNALS_ASSIGN_OR_RETURN(record.scanned.value, ReadBigEndian64(&bytes));
  if (!record.settings.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return NoConsumer("record");
  }
  return record;
}

absl::StatusOr<OutstandingRecord> DecodeOutstandingRecord(absl::string_view bytes) {
  OutstandingRecord record;
  if (bytes.empty() || bytes.front() > static_cast<char>(OutstandingRecord::State::kWaiting)) {
    return NoConsumer("outstanding event");
  }
  record.state = static_cast<OutstandingRecord::State>(bytes.front());
  bytes.remove_prefix(1);
  ANNALS_ASSIGN_OR_RETURN(record.deliveries, ReadBigEndian32(&bytes));
  ANNALS_ASSIGN_OR_RETURN(record.until, ReadInstant(&bytes));
  record.member = std::string(bytes);
  return record;
}

absl::StatusOr<ParkedRecord> DecodeParkedRecord(absl::string_view bytes) {
  ParkedRecord record;
  ANNALS_ASSIGN_OR_RETURN(record.deliveries, ReadBigEndian32(&bytes));
  ANNALS_ASSIGN_OR_RETURN(record.parked_at, ReadInstant(&bytes));
  record.reason = std::string(bytes);
  return record;
}

}  // namespace annals
