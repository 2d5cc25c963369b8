#include "engine/service/page_token.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/storage/hash.h"

namespace annals {
namespace {

// What a token consists of, so that another program's is told from this one's.
constexpr char kForm[] = "1";
constexpr size_t kParts = 8;

absl::Status NotAToken() {
  return absl::InvalidArgumentError(
      "`page_token` is none that was given out; ask for the first page without one");
}

// Of all that decides which events are listed, and in which order.
std::string Fingerprint(v1::ListEventsRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat(absl::Hex(storage::HashBytes(request.SerializeAsString()).low));
}

}  // namespace

std::string EncodePageToken(const PageToken& token, const v1::ListEventsRequest& request) {
  return absl::WebSafeBase64Escape(absl::StrJoin(
      {std::string(kForm), Fingerprint(request), absl::StrCat(token.as_of.valid.micros),
       absl::StrCat(token.as_of.known.micros), absl::StrCat(token.as_of.position.value),
       absl::StrCat(token.after.when.micros), absl::StrCat(token.after.latest.micros),
       absl::StrCat(token.after.position.value)},
      "."));
}

absl::StatusOr<PageToken> DecodePageToken(absl::string_view text,
                                          const v1::ListEventsRequest& request) {
  std::string joined;
  if (!absl::WebSafeBase64Unescape(text, &joined)) return NotAToken();
  const std::vector<std::string> parts = absl::StrSplit(joined, '.');
  if (parts.size() != kParts || parts[0] != kForm) return NotAToken();
  PageToken token;
  if (!absl::SimpleAtoi(parts[2], &token.as_of.valid.micros) ||
      !absl::SimpleAtoi(parts[3], &token.as_of.known.micros) ||
      !absl::SimpleAtoi(parts[4], &token.as_of.position.value) ||
      !absl::SimpleAtoi(parts[5], &token.after.when.micros) ||
      !absl::SimpleAtoi(parts[6], &token.after.latest.micros) ||
      !absl::SimpleAtoi(parts[7], &token.after.position.value)) {
    return NotAToken();
  }
  if (parts[1] != Fingerprint(request)) {
    return absl::InvalidArgumentError(
        "`page_token` belongs to another question; ask for the first page without one");
  }
  return token;
}

}  // namespace annals
