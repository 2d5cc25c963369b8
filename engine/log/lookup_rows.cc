#include "engine/log/lookup_rows.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/record.h"
#include "engine/storage/family.h"
#include "google/protobuf/io/coded_stream.h"

namespace annals {
namespace {

using ::google::protobuf::io::CodedInputStream;
using ::google::protobuf::io::CodedOutputStream;
using storage::Batch;
using storage::Cursor;
using storage::Family;

// Whoever looks for one position reads its row.
constexpr size_t kMostPositions = 1'024;
constexpr size_t kMostVarintBytes = 10;

void AppendStep(uint64_t step, std::string* value) {
  uint8_t bytes[kMostVarintBytes];
  const uint8_t* const end = CodedOutputStream::WriteVarint64ToArray(step, bytes);
  value->append(reinterpret_cast<const char*>(bytes), end - bytes);
}

// The positions that follow `first`.
absl::StatusOr<std::vector<Position>> ReadSteps(Position first, absl::string_view bytes) {
  std::vector<Position> positions = {first};
  CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                         static_cast<int>(bytes.size()));
  while (input.CurrentPosition() < static_cast<int>(bytes.size())) {
    uint64_t step = 0;
    if (!input.ReadVarint64(&step) || step == 0 || step > UINT64_MAX - positions.back().value) {
      return absl::DataLossError("a look-up row's positions don't ascend");
    }
    positions.push_back({positions.back().value + step});
  }
  return positions;
}

void PutAll(Family family, const auto& rows, Batch* batch) {
  for (const auto& row : rows) batch->Put(family, row.key, row.value);
}

}  // namespace

bool LookupRows::Extend(absl::string_view prefix, Position position, Rows* rows) {
  if (rows->all.empty() || prefix != rows->prefix) {
    rows->prefix = prefix;
    rows->row = rows->last.try_emplace(prefix, rows->all.size()).first->second;
  }
  if (rows->row < rows->all.size() && rows->all[rows->row].positions < kMostPositions) {
    Row& row = rows->all[rows->row];
    AppendStep(position.value - row.last.value, &row.value);
    ++row.positions;
    row.last = position;
    return true;
  }
  rows->row = rows->all.size();
  rows->last[prefix] = rows->row;
  return false;
}

void LookupRows::Add(absl::string_view stream_prefix, uint64_t revision,
                     absl::string_view type_prefix, Position position) {
  if (!Extend(stream_prefix, position, &streams_)) {
    streams_.all.push_back({.key = StreamKey(stream_prefix, revision),
                            .value = EncodePosition(position),
                            .last = position});
  }
  if (!Extend(type_prefix, position, &types_)) {
    types_.all.push_back({.key = TypeKey(type_prefix, position), .value = "", .last = position});
  }
}

void LookupRows::FillIn(Batch* batch) const {
  PutAll(Family::kStreams, streams_.all, batch);
  PutAll(Family::kTypes, types_.all, batch);
}

absl::StatusOr<StreamRow> ReadStreamRow(const Cursor& cursor) {
  StreamRow row;
  ANNALS_ASSIGN_OR_RETURN(row.first_revision, NumberAtEnd(cursor.key()));
  absl::string_view value = cursor.value();
  ANNALS_ASSIGN_OR_RETURN(const uint64_t first, ReadBigEndian64(&value));
  ANNALS_ASSIGN_OR_RETURN(row.positions, ReadSteps({first}, value));
  return row;
}

absl::StatusOr<std::vector<Position>> ReadTypeRow(const Cursor& cursor) {
  ANNALS_ASSIGN_OR_RETURN(const uint64_t first, NumberAtEnd(cursor.key()));
  return ReadSteps({first}, cursor.value());
}

}  // namespace annals
