// ContributionBlock: some hundred contributions of one list, packed by column.
//
//   const std::string bytes = EncodeContributionBlock(contributions);
//   ContributionBlockReader reader(bytes);
//   while (reader.Next()) Use(reader.event(), reader.times(), reader.content());
//   ANNALS_RETURN_IF_ERROR(reader.status());
//
//   block    = version:byte shape:byte count:varint
//              event:column [ordinal:column] known:bounds occurred:bounds contents
//   bounds   = earliest:column [latest:column]
//   column   = form:byte base:zigzag [step:zigzag] [width:byte fields]
//   contents = quantities:column | [entries:varint] (length:varint | width:byte fields) bytes
//              [width:byte fields]
//
// `version` is 1. `shape` says which optional parts there are: 1 ordinals (all are
// 0 otherwise), 2 known.latest and 4 occurred.latest (equal to earliest
// otherwise), 8 contents of different lengths, 16 a dictionary of contents, 32
// contents that are encodings of exact quantities, as those. Fields are `count` numbers of `width`
// bits, the first in the lowest bits.
//
// A column's `form` is coding + 4 unit + 32 unit of `base`; a unit is 0 µs, 1 ms,
// 2 s, 3 min, 4 h, 5 day. Arithmetic is that of 64 bits. The numbers are, by coding,
//   0  base, all of them
//   1  base + field · unit
//   2  base, and from there on the one before + (step + field) · unit
//   3  a special one for the fields 0 and 1, and base + (field − 2) · unit
// A column of latest bounds holds the instant after the bound. Special are:
// earliest: no bound below, no bound above; known.latest: the earliest, no bound
// above; occurred.latest: the earliest, known.latest.
//
// Contents without a dictionary are one length, or the fields are the lengths;
// `bytes` follow. With one, that describes its `entries`, the fields being their
// ends; the last fields are each contribution's entry.
//
// Rationale. Dates that were stated keep few of a microsecond count's bits, in
// their own unit; those that weren't fall together with another bound. Reading a
// column costs a few instructions a field, with nothing to allocate.
#ifndef ANNALS_ENGINE_INDEX_LISTS_CONTRIBUTION_BLOCK_H_
#define ANNALS_ENGINE_INDEX_LISTS_CONTRIBUTION_BLOCK_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/position.h"
#include "engine/index/forest/bits.h"
#include "engine/time/causality.h"

namespace annals {

// One contribution as its event stated it.
struct StatedContribution {
  Position event;        // Above 0.
  uint32_t ordinal = 0;  // Among the event's contributions.
  EventTimes times;      // No bounds that cross.
  std::string content;   // An encoded quantity, a serialised value, or nothing.

  friend bool operator==(const StatedContribution&, const StatedContribution&) = default;
};

inline constexpr size_t kMaxBlockContributions = 65'536;

// The block's bytes. `contributions` has at least one and at most
// kMaxBlockContributions, ascending by (event, ordinal). O(n log n).
std::string EncodeContributionBlock(absl::Span<const StatedContribution> contributions);

// ContributionBlockReader walks a block's contributions forwards. Whatever it
// returns is ascending and has bounds that don't cross, however damaged the bytes.
// Not thread-safe. The bytes must outlive it; moving it invalidates content().
class ContributionBlockReader {
 public:
  explicit ContributionBlockReader(absl::string_view bytes);

  // Goes to the first, then to the next contribution. False at the end, or when
  // the bytes turn out to be no block: status() tells. Until then, the accessors
  // below speak of the contribution that this went to.
  bool Next();

  // How many contributions the block says it has; 0 if it is none.
  size_t count() const { return count_; }

  Position event() const { return event_; }
  uint32_t ordinal() const { return ordinal_; }
  const EventTimes& times() const { return times_; }
  absl::string_view content() const { return content_; }  // Valid until Next().

  // DATA_LOSS if the bytes are no block.
  const absl::Status& status() const { return status_; }

 private:
  // Bit-packed numbers.
  class Fields {
   public:
    Fields() = default;
    static Fields Read(size_t count, absl::string_view block, forest::ByteReader* in);
    uint64_t At(size_t index) const;

   private:
    const char* data_ = nullptr;
    const char* block_end_ = nullptr;
    unsigned width_ = 0;
  };

  // What a column's next number is computed from.
  struct Column {
    Fields fields;
    uint64_t anchor = 0;  // The number for field 0.
    uint64_t unit = 0;
    uint64_t step = 0;
    uint64_t specials = 0;  // Smaller fields are special.
    bool follows = false;   // The next number starts from this one.

    static Column Read(size_t count, absl::string_view block, forest::ByteReader* in);
    uint64_t Next(uint64_t field);
  };

  // The two bounds of an axis; without a column for the latest, it is the earliest.
  struct BoundsColumns {
    Column earliest;
    Column latest;
    bool exact = true;

    // `other` is what the latest bound is for the special field 1.
    bool Next(size_t row, Instant other, TimeBounds* bounds);
  };

  void ReadHead(absl::string_view bytes);
  void ReadContents(absl::string_view bytes, forest::ByteReader* in);
  bool NextContent();
  bool Fail(absl::string_view what);

  size_t count_ = 0;
  size_t row_ = 0;  // The next one.
  Position event_;
  uint32_t ordinal_ = 0;
  EventTimes times_;
  absl::string_view content_;
  std::string quantity_;  // What the content is, where it is not in the bytes.
  absl::Status status_;

  Column events_;
  Column ordinals_;
  Column quantities_;
  BoundsColumns known_;
  BoundsColumns occurred_;

  bool has_ordinals_ = false;
  bool has_quantities_ = false;
  bool varied_lengths_ = false;
  size_t entries_ = 0;            // 0: no dictionary.
  uint64_t length_ = 0;           // Of each content, unless they vary.
  Fields lengths_;                // Of the contents, or the ends of the dictionary's entries.
  absl::string_view text_;        // Of all contents, or of the dictionary.
  size_t text_used_ = 0;          // By the contents so far.
  Fields entry_of_contribution_;  // In the dictionary.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_LISTS_CONTRIBUTION_BLOCK_H_
