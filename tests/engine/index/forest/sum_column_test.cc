#include "engine/index/forest/sum_column.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace annals::forest {
namespace {

TEST(SumColumnTest, SumsOfAnySizeAreExact) {
  const absl::int128 huge = absl::int128(std::numeric_limits<int64_t>::max()) * 1'000'000;
  const std::vector<std::vector<absl::int128>> lists = {
      {0},
      {-5, 5},
      {absl::int128(std::numeric_limits<int64_t>::min()),
       absl::int128(std::numeric_limits<int64_t>::max())},
      {-huge, 0, huge},
      {huge, huge}};
  for (const std::vector<absl::int128>& list : lists) {
    PageParts page;
    AppendSumColumn(list, &page);
    const std::string bytes = page.Join();
    PageReader reader(bytes);
    const SumColumn sums(&reader, list.size());
    ASSERT_TRUE(reader.at_end());
    for (size_t i = 0; i < list.size(); ++i) {
      sums.Prefetch(i);
      EXPECT_EQ(sums.At(i), list[i]);
    }
  }
}

TEST(SumColumnTest, FormatIsStable) {
  PageParts page;
  AppendSumColumn({-1, 2, 1}, &page);
  EXPECT_EQ(absl::BytesToHexString(page.Join()),
            "1102ffffffffffffffffffffffffffffffff2c0000000000000000");
}

}  // namespace
}  // namespace annals::forest
