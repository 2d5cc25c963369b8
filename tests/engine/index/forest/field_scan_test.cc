#include "engine/index/forest/field_scan.h"

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/index/forest/bits.h"
#include "gtest/gtest.h"

namespace annals::forest {
namespace {

// Every width and count, at limits around each of some fields, in memory of
// exactly the size that is promised.
TEST(FieldScanTest, MarksTheFieldsBelowTheLimitWhateverTheirWidth) {
  std::mt19937_64 random(5);
  for (unsigned width = 1; width <= kNarrowBits; ++width) {
    for (size_t count = 1; count <= 64; ++count) {
      std::vector<uint64_t> fields(count);
      for (uint64_t& field : fields) field = random() >> (64 - width);
      std::string bytes;
      AppendFields(
          count, width, [&](size_t i) { return fields[i]; }, &bytes);
      const size_t size = bytes.size() + kPadding;
      const auto exact = std::make_unique<char[]>(size);
      bytes.copy(exact.get(), bytes.size());
      for (const uint64_t limit : {uint64_t{0}, fields[0], fields[count / 2] + 1, fields[count - 1],
                                   uint64_t{1} << width, UINT64_MAX}) {
        uint64_t expected = 0;
        for (size_t i = 0; i < count; ++i) expected |= uint64_t{fields[i] < limit ? 1U : 0U} << i;
        const FieldBlock block = {exact.get(), count, width};
        ASSERT_EQ(FieldsBelow(block, limit), expected) << count << " of " << width << " bits";
        ASSERT_EQ(FieldsBelowPortably(block, limit), expected);
      }
    }
  }
}

}  // namespace
}  // namespace annals::forest
