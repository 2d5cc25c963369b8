#include "cli/output_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ostream>
#include <string>

#include "gtest/gtest.h"

namespace annals {
namespace {

TEST(DescriptorBufferTest, WritesAllThatIsLargerThanItsBuffer) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) > 0, true);
  {
    DescriptorBuffer buffer(ends[1]);
    std::ostream out(&buffer);
    out << std::string(200'000, 'x') << "end";
    out.flush();
    EXPECT_TRUE(out.good());
    EXPECT_EQ(buffer.error(), 0);
  }
  ::close(ends[1]);
  std::string read;
  char chunk[4096];
  for (ssize_t n; (n = ::read(ends[0], chunk, sizeof chunk)) > 0;) read.append(chunk, n);
  ::close(ends[0]);
  EXPECT_EQ(read.size(), 200'003u);
  EXPECT_EQ(read.substr(200'000), "end");
}

TEST(DescriptorBufferTest, RemembersThatTheDiskIsFull) {
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  DescriptorBuffer buffer(full);
  std::ostream out(&buffer);
  out << "text";
  out.flush();
  EXPECT_FALSE(out.good());
  EXPECT_EQ(buffer.error(), ENOSPC);
  ::close(full);
}

TEST(DescriptorBufferTest, RemembersThatTheReaderWentAway) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  DescriptorBuffer buffer(ends[1]);
  std::ostream out(&buffer);
  out << "text";
  out.flush();
  EXPECT_FALSE(out.good());
  EXPECT_EQ(buffer.error(), EPIPE);
  ::close(ends[1]);
}

}  // namespace
}  // namespace annals
