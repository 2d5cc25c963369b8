// Manifest: what a forest must remember to be opened again.
#ifndef ANNALS_ENGINE_INDEX_FOREST_MANIFEST_H_
#define ANNALS_ENGINE_INDEX_FOREST_MANIFEST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::forest {

//   manifest = 1:varint sequence:varint measures:varint next_run:varint runs:varint
//              (id:varint points:varint fence_pages:varint){runs}
//
// The runs come in order of arrival.
struct Manifest {
  struct Run {
    uint32_t id = 0;
    uint64_t points = 0;
    uint32_t fence_pages = 0;

    friend bool operator==(const Run&, const Run&) = default;
  };

  uint64_t sequence = 0;  // Grows with every change of the runs.
  uint32_t measures = 1;
  uint32_t next_run = 1;  // No run has had this id yet.
  std::vector<Run> runs;

  // The points that arrived first, so many, are in the runs. The owner adds the
  // ones after them again.
  uint64_t points() const;

  std::string Encode() const;
  // DATA_LOSS if the bytes are no manifest; FAILED_PRECONDITION if they are of
  // another version.
  static absl::StatusOr<Manifest> Decode(absl::string_view bytes);

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_MANIFEST_H_
