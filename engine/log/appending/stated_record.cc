#include "engine/log/appending/stated_record.h"

#include "engine/base/timestamp.h"
#include "engine/base/wire_fields.h"
#include "engine/log/record.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace annals {
namespace {

using ::google::protobuf::Timestamp;
using ::google::protobuf::internal::WireFormatLite;
using ::google::protobuf::io::CodedOutputStream;

// The gap before the first stated field with a number above one of these.
constexpr std::array<uint32_t, 3> kFieldsBeforeGaps = {v1::Event::kStreamFieldNumber,
                                                       v1::Event::kPublishedFieldNumber,
                                                       v1::Event::kMetadataFieldNumber};

// The store's fields are written by hand: serialized by protobuf, they would take
// messages of their own. As in proto3, a number that is zero is left out.
class Writer {
 public:
  absl::string_view written() const {
    return {reinterpret_cast<const char*>(bytes_), static_cast<size_t>(end_ - bytes_)};
  }

  void Number(int field, uint64_t value) {
    if (value == 0) return;
    Tag(field, WireFormatLite::WIRETYPE_VARINT);
    end_ = CodedOutputStream::WriteVarint64ToArray(value, end_);
  }

  void Message(int field, absl::string_view bytes) {
    Tag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
    end_ = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(bytes.size()), end_);
    end_ = CodedOutputStream::WriteRawToArray(bytes.data(), static_cast<int>(bytes.size()), end_);
  }

 private:
  void Tag(int field, WireFormatLite::WireType type) {
    end_ = CodedOutputStream::WriteTagToArray(WireFormatLite::MakeTag(field, type), end_);
  }

  // Two messages of two numbers are the most: 2 x (2 + 1 + 2 x 11) bytes.
  static constexpr size_t kMostBytes = 64;
  uint8_t bytes_[kMostBytes];
  uint8_t* end_ = bytes_;
};

void WriteTimestamp(int field, Instant instant, Writer* writer) {
  const Timestamp timestamp = ToTimestamp(instant);
  Writer numbers;
  numbers.Number(Timestamp::kSecondsFieldNumber, static_cast<uint64_t>(timestamp.seconds()));
  numbers.Number(Timestamp::kNanosFieldNumber, static_cast<uint64_t>(timestamp.nanos()));
  writer->Message(field, numbers.written());
}

void WriteBounds(int field, const TimeBounds& bounds, Writer* writer) {
  Writer numbers;
  numbers.Number(v1::Bounds::kEarliestFieldNumber,
                 WireFormatLite::ZigZagEncode64(bounds.earliest.micros));
  numbers.Number(v1::Bounds::kLatestFieldNumber,
                 WireFormatLite::ZigZagEncode64(bounds.latest.micros));
  writer->Message(field, numbers.written());
}

}  // namespace

StatedRecord::StatedRecord(const v1::Event& event) : bytes_(SerializeDeterministically(event)) {
  gaps_.fill(bytes_.size());
  size_t gap = 0;
  for (WireFields field(bytes_); field.Next();) {
    while (gap < gaps_.size() && field.number() > kFieldsBeforeGaps[gap]) {
      gaps_[gap++] = field.begin();
    }
  }
}

std::string StatedRecord::Complete(const AssignedFields& assigned, storage::Hash128* chain) const {
  std::array<Writer, 3> fields;
  fields[0].Number(v1::Event::kRevisionFieldNumber, assigned.revision);
  fields[0].Number(v1::Event::kPositionFieldNumber, assigned.position.value);
  WriteTimestamp(v1::Event::kRecordedAtFieldNumber, assigned.recorded_at, &fields[1]);
  WriteBounds(v1::Event::kOccurredBoundsFieldNumber, assigned.times.occurred, &fields[2]);
  WriteBounds(v1::Event::kKnownBoundsFieldNumber, assigned.times.known, &fields[2]);

  size_t size = storage::kHashBytes + bytes_.size();
  for (const Writer& writer : fields) size += writer.written().size();
  std::string value;
  value.reserve(size);
  value.append(storage::kHashBytes, '\0');
  size_t begin = 0;
  for (size_t i = 0; i < gaps_.size(); ++i) {
    value.append(bytes_, begin, gaps_[i] - begin);
    value.append(fields[i].written().data(), fields[i].written().size());
    begin = gaps_[i];
  }
  value.append(bytes_, begin);
  *chain = storage::ChainInPlace(*chain, &value);
  return value;
}

}  // namespace annals
