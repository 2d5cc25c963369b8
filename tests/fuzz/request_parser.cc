// What a connection reads: however the bytes are cut, the same requests, refusals and
// rest come of them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/http/headers.h"
#include "server/http/http_status.h"
#include "server/http/parse_request.h"
#include "tests/fuzz/require.h"

namespace annals::http {
namespace {

using fuzz::Require;

// Small, so that they are reached.
Limits SmallLimits() {
  Limits limits;
  limits.head_bytes = 512;
  limits.header_count = 8;
  limits.target_bytes = 128;
  limits.body_bytes = 64;
  return limits;
}

// Everything that a connection's bytes come to.
struct Reading {
  std::vector<Request> requests;
  absl::Status refusal;
  size_t left = 0;
};

Reading ReadAll(absl::string_view bytes, size_t piece) {
  Reading reading;
  std::string buffer;
  RequestParser parser(SmallLimits());
  while (true) {
    const absl::StatusOr<size_t> used = parser.Feed(buffer);
    if (!used.ok()) {
      reading.refusal = used.status();
      return reading;
    }
    Require(*used <= buffer.size(), "no more bytes are used than there are");
    buffer.erase(0, *used);
    if (parser.done()) {
      reading.requests.push_back(parser.Take());
      parser = RequestParser(SmallLimits());
      if (!buffer.empty()) continue;
    }
    if (bytes.empty()) break;
    buffer.append(bytes.data(), std::min(piece, bytes.size()));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  reading.left = buffer.size();
  return reading;
}

void CheckRequest(const Request& request) {
  Require(request.body.size() <= SmallLimits().body_bytes, "the body keeps its limit");
  Require(request.target.size() <= SmallLimits().target_bytes, "the target keeps its limit");
  Require(request.headers.all().size() <= SmallLimits().header_count + 1, "so do the headers");
  for (const Header& header : request.headers.all()) {
    Require(IsFieldName(header.name) && IsFieldValue(header.value), "headers are fields");
  }
  Require(request.headers.Count("Content-Length") + request.headers.Count("Transfer-Encoding") < 2,
          "one framing at most");
  for (const std::string& segment : request.path) {
    Require(segment != "." && segment != "..", "no relative segments");
    Require(segment.find_first_of(std::string("\0\r\n", 3)) == segment.npos, "no line ends");
  }
}

void CheckSame(const Reading& whole, const Reading& cut) {
  Require(whole.requests.size() == cut.requests.size(), "as many requests");
  for (size_t i = 0; i < whole.requests.size(); ++i) {
    const Request& one = whole.requests[i];
    const Request& other = cut.requests[i];
    Require(one.target == other.target && one.path == other.path && one.query == other.query,
            "the same target");
    Require(one.body == other.body, "the same body");
    Require(one.keep_alive == other.keep_alive, "the same life");
  }
  Require(whole.refusal.ok() == cut.refusal.ok(), "refused both or none");
  if (!whole.refusal.ok()) {
    Require(HttpStatus(whole.refusal) >= 400, "a refusal is an error");
    Require(HttpStatus(whole.refusal) == HttpStatus(cut.refusal), "refused with one status");
  } else {
    Require(whole.left == cut.left, "the same rest");
  }
}

}  // namespace
}  // namespace annals::http

// The first byte says how the others are cut.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const annals::http::Reading whole = annals::http::ReadAll(bytes, bytes.size() + 1);
  for (const annals::http::Request& request : whole.requests) {
    annals::http::CheckRequest(request);
  }
  annals::http::CheckSame(whole, annals::http::ReadAll(bytes, 1 + data[0] % 32));
  return 0;
}
