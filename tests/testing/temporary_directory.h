// TemporaryDirectory: a folder that lives as long as the object, where TMPDIR says or in
// /tmp, which .bazelrc lets Bazel keep in memory.
#ifndef ANNALS_TESTS_TESTING_TEMPORARY_DIRECTORY_H_
#define ANNALS_TESTS_TESTING_TEMPORARY_DIRECTORY_H_

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace annals::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "annals-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_TEMPORARY_DIRECTORY_H_
