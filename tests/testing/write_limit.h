// WriteLimit: makes writes fail for real, as on a full disk.
#ifndef ANNALS_TESTS_TESTING_WRITE_LIMIT_H_
#define ANNALS_TESTS_TESTING_WRITE_LIMIT_H_

#include <sys/resource.h>

#include <csignal>
#include <cstdint>

namespace annals::testing {

// While it lives, this process can't write to any file beyond `file_bytes`: the
// system call fails with EFBIG.
class WriteLimit {
 public:
  explicit WriteLimit(uint64_t file_bytes) {
    std::signal(SIGXFSZ, SIG_IGN);  // Which would otherwise end the process.
    ::getrlimit(RLIMIT_FSIZE, &before_);
    struct rlimit limit = before_;
    limit.rlim_cur = file_bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~WriteLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  WriteLimit(const WriteLimit&) = delete;
  WriteLimit& operator=(const WriteLimit&) = delete;

 private:
  struct rlimit before_ = {};
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_WRITE_LIMIT_H_
