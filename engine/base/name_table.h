// NameTable: numbers names, and finds them again with few reaches into memory.
//
//   NameTable names;
//   const uint32_t number = names.Add("el-helicoide").number;
//   names.name(number);  // "el-helicoide"
#ifndef ANNALS_ENGINE_BASE_NAME_TABLE_H_
#define ANNALS_ENGINE_BASE_NAME_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace annals {

// Numbers are dense from 0, in the order in which names come, and stay: what is
// known of a name goes into arrays beside this. The names' bytes lie one after the
// other, and a slot of the hash table is eight bytes, so that what a search touches
// is small enough for the processor's caches. Not thread-safe.
class NameTable {
 public:
  struct Numbered {
    uint32_t number;
    bool is_new;
  };

  NameTable() : NameTable(0) {}
  // With room for so many names at first.
  explicit NameTable(size_t expected_names);

  // The number of a name, which is added if it isn't there. There may be 2^32 - 1.
  Numbered Add(absl::string_view name);

  // None: the name isn't there.
  std::optional<uint32_t> Find(absl::string_view name) const;

  // For who is about to search for many names: brings what a search for each of these
  // hashes touches into the processor's caches, all at the same time, and calls `guess`
  // with numbers that their names may have. Changes nothing.
  static uint64_t HashOf(absl::string_view name);
  void Prefetch(absl::Span<const uint64_t> hashes,
                absl::FunctionRef<void(uint32_t number)> guess) const;

  // Valid until the next Add().
  absl::string_view name(uint32_t number) const;

  size_t size() const { return ends_.size(); }

  // The numbers of all names, ordered by name, bytewise. O(n log n).
  std::vector<uint32_t> InOrder() const;

 private:
  struct Slot {
    uint32_t mark = 0;      // Of the name's hash.
    uint32_t number_1 = 0;  // One more than the number; 0: the slot is free.
  };

  size_t FindSlot(absl::string_view name, uint64_t hash) const;
  void Rehash(size_t slots);

  std::vector<Slot> slots_;     // A power of two.
  std::vector<uint64_t> ends_;  // Of the names in bytes_.
  std::string bytes_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_NAME_TABLE_H_
