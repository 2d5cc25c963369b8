// The rows of kStreams and kTypes, by which events are found (docs/storage_format.md).
#ifndef ANNALS_ENGINE_LOG_LOOKUP_ROWS_H_
#define ANNALS_ENGINE_LOG_LOOKUP_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/storage/database.h"

namespace annals {

// Makes the rows of events that are written together: those of one stream share a row,
// and those of one type. A row, once written, is never changed. Not thread-safe.
class LookupRows {
 public:
  // An event after those of its timeline that were added before. The prefixes
  // (StreamPrefix, TypePrefix) must outlive this.
  void Add(absl::string_view stream_prefix, uint64_t revision, absl::string_view type_prefix,
           Position position);

  // Puts them into the batch.
  void FillIn(storage::Batch* batch) const;

 private:
  struct Row {
    std::string key;
    std::string value;
    size_t positions = 1;
    Position last;
  };
  // The last row of each prefix may still grow.
  struct Rows {
    std::vector<Row> all;
    absl::flat_hash_map<absl::string_view, size_t> last;
    // Where the last look-up led: events of one type often follow each other.
    absl::string_view prefix;
    size_t row = 0;
  };

  // Adds `position` to the prefix's row. False if it needs a new one, which is to be
  // the next of all.
  static bool Extend(absl::string_view prefix, Position position, Rows* rows);

  Rows streams_;
  Rows types_;
};

// A row of kStreams: consecutive revisions, of which there is at least one.
struct StreamRow {
  uint64_t first_revision = 0;
  std::vector<Position> positions;

  uint64_t last_revision() const { return first_revision + positions.size() - 1; }
};

// What the row at the cursor says; positions ascend. DATA_LOSS if it is no such row.
absl::StatusOr<StreamRow> ReadStreamRow(const storage::Cursor& cursor);
absl::StatusOr<std::vector<Position>> ReadTypeRow(const storage::Cursor& cursor);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_LOOKUP_ROWS_H_
