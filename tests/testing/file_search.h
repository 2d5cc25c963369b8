// FilesWith: in which files of a folder some bytes stand.
#ifndef ANNALS_TESTS_TESTING_FILE_SEARCH_H_
#define ANNALS_TESTS_TESTING_FILE_SEARCH_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace annals::testing {

// The paths, in `folder` and all below it, of the files that hold `bytes` as they
// are: compressed they wouldn't be found, so use bytes that can't be.
inline std::vector<std::string> FilesWith(const std::string& folder, const std::string& bytes) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string contents{std::istreambuf_iterator<char>(file), {}};
    if (contents.find(bytes) != std::string::npos) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Bytes that no compression makes smaller, so that files have them as they are.
inline std::string Incompressible(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_FILE_SEARCH_H_
