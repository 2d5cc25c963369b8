// OutputStream: standard output that remembers why it failed.
#ifndef ANNALS_CLI_OUTPUT_STREAM_H_
#define ANNALS_CLI_OUTPUT_STREAM_H_

#include <array>
#include <streambuf>

namespace annals {

// A buffer over a file descriptor, which stays its owner's. std::cout loses the
// errno of a failed write, and with it the difference between a full disk and a
// reader that went away. Not thread-safe.
class DescriptorBuffer final : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor);
  // Writes out what is left; failures are lost here, so flush before.
  ~DescriptorBuffer() override;

  // Of the first write that failed; 0 if none did. After it nothing is written.
  int error() const { return error_; }

 protected:
  int_type overflow(int_type c) override;
  int sync() override;

 private:
  bool WriteOut();

  const int descriptor_;
  int error_ = 0;
  std::array<char, 1 << 16> buffer_;
};

}  // namespace annals

#endif  // ANNALS_CLI_OUTPUT_STREAM_H_
