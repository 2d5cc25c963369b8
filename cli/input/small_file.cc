#include "cli/input/small_file.h"

#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {
namespace {

absl::StatusOr<std::string> ReadAll(std::istream& in) {
  std::string text(kMaxSmallFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return absl::InvalidArgumentError("it can't be read");
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() <= kMaxSmallFileBytes) return text;
  return absl::ResourceExhaustedError(
      absl::StrCat("it holds more than ", kMaxSmallFileBytes >> 20, " MiB"));
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, std::istream& in) {
  absl::StatusOr<std::string> text = absl::InvalidArgumentError("there is no such file");
  if (path == "-") {
    text = ReadAll(in);
  } else if (std::ifstream file(path, std::ios::binary); file.is_open()) {
    text = ReadAll(file);
  }
  ANNALS_RETURN_IF_ERROR(Annotate(text.status(), path == "-" ? "standard input" : path));
  return text;
}

}  // namespace annals
