#include "engine/log/append.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace annals {

absl::StatusOr<ExpectedRevision> ExpectedRevision::Parse(absl::string_view text) {
  if (text == "any") return Any();
  if (text == "none") return None();
  if (text == "exists") return Exists();
  uint64_t revision = 0;
  // SimpleAtoi alone would take " 5" and "+5" as well.
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  if (digits && absl::SimpleAtoi(text, &revision)) return Exactly(revision);
  return absl::InvalidArgumentError(absl::StrCat(
      "expected revision \"", text,
      "\": say \"any\", \"none\", \"exists\" or the stream's last revision, such as 5"));
}

bool ExpectedRevision::Admits(uint64_t actual) const {
  switch (kind_) {
    case Kind::kAny:
      return true;
    case Kind::kExists:
      return actual > 0;
    case Kind::kExactly:
      return actual == revision_;
  }
  return false;
}

std::string ExpectedRevision::ToString() const {
  switch (kind_) {
    case Kind::kAny:
      return "any";
    case Kind::kExists:
      return "exists";
    case Kind::kExactly:
      return revision_ == 0 ? "none" : absl::StrCat(revision_);
  }
  return "";
}

}  // namespace annals
