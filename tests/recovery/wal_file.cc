#include "tests/recovery/wal_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace annals::testing {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::vector<std::string> FilesIn(const std::string& folder, const std::string& suffix) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (path.ends_with(suffix)) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::string> WalFiles(const std::string& folder) {
  std::vector<std::string> paths = FilesIn(folder, ".log");
  std::erase_if(paths, [](const std::string& path) { return std::filesystem::is_empty(path); });
  return paths;
}

std::vector<size_t> RecordEnds(const std::string& wal) {
  // A record's header: a checksum (4), the length (2, little-endian), a type (1).
  constexpr size_t kHeader = 7;
  std::vector<size_t> ends;
  for (size_t i = 0; i + kHeader <= wal.size();) {
    const size_t length = static_cast<unsigned char>(wal[i + 4]) |
                          static_cast<size_t>(static_cast<unsigned char>(wal[i + 5])) << 8;
    i += kHeader + length;
    ends.push_back(i);
  }
  return ends;
}

}  // namespace annals::testing
