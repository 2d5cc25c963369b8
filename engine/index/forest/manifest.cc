#include "engine/index/forest/manifest.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/index/forest/bits.h"
#include "engine/index/forest/point.h"

namespace annals::forest {
namespace {

constexpr uint64_t kVersion = 1;

absl::Status Malformed(absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("malformed manifest of a dominance forest: ", what, "; rebuild the index"));
}

}  // namespace

uint64_t Manifest::points() const {
  uint64_t points = 0;
  for (const Run& run : runs) points += run.points;
  return points;
}

std::string Manifest::Encode() const {
  std::string bytes;
  AppendVarint(kVersion, &bytes);
  AppendVarint(sequence, &bytes);
  AppendVarint(measures, &bytes);
  AppendVarint(next_run, &bytes);
  AppendVarint(runs.size(), &bytes);
  for (const Run& run : runs) {
    AppendVarint(run.id, &bytes);
    AppendVarint(run.points, &bytes);
    AppendVarint(run.fence_pages, &bytes);
  }
  return bytes;
}

absl::StatusOr<Manifest> Manifest::Decode(absl::string_view bytes) {
  ByteReader reader(bytes);
  const uint64_t version = reader.Varint();
  if (!reader.ok()) return Malformed("it is cut short");
  if (version != kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the dominance forest is of format ", version, ", this program reads ",
                     kVersion, "; rebuild the index, or use a later program"));
  }
  Manifest manifest;
  manifest.sequence = reader.Varint();
  const uint64_t measures = reader.Varint();
  const uint64_t next_run = reader.Varint();
  const uint64_t runs = reader.Varint();
  if (measures < 1 || measures > kMaxMeasures) return Malformed("no such number of measures");
  if (next_run > UINT32_MAX || runs > reader.remaining()) return Malformed("its counts");
  manifest.measures = static_cast<uint32_t>(measures);
  manifest.next_run = static_cast<uint32_t>(next_run);
  for (uint64_t i = 0; i < runs; ++i) {
    const uint64_t id = reader.Varint();
    const uint64_t points = reader.Varint();
    const uint64_t fence_pages = reader.Varint();
    if (id >= next_run || points == 0 || points > UINT32_MAX || fence_pages > UINT32_MAX) {
      return Malformed(absl::StrCat("its run ", i));
    }
    manifest.runs.push_back(
        {static_cast<uint32_t>(id), points, static_cast<uint32_t>(fence_pages)});
  }
  if (!reader.ok() || reader.remaining() != 0) return Malformed("its length");
  return manifest;
}

}  // namespace annals::forest
