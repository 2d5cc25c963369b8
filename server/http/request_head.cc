#include "server/http/request_head.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"
#include "server/http/http_status.h"

namespace annals::http {
namespace {

std::string Quote(absl::string_view text) {
  constexpr size_t kShown = 60;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kShown)), "\"");
}

template <typename... Parts>
absl::Status Refuse(int http_status, const Parts&... parts) {
  return WithHttpStatus(absl::InvalidArgumentError(absl::StrCat(parts...)), http_status);
}

absl::Status CheckVersion(absl::string_view version) {
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return absl::OkStatus();
  if (absl::StartsWith(version, "HTTP/")) {
    return WithHttpStatus(
        absl::UnimplementedError(absl::StrCat(Quote(version), " is not spoken here: HTTP/1.1 is")),
        505);
  }
  return Refuse(400, "the request line ends with ", Quote(version), " instead of HTTP/1.1");
}

absl::Status ReadRequestLine(absl::string_view line, const Limits& limits, RequestHead* head) {
  const size_t first = line.find(' ');
  const size_t second = first == line.npos ? line.npos : line.find(' ', first + 1);
  if (second == line.npos || line.find(' ', second + 1) != line.npos) {
    return Refuse(400, "the request line ", Quote(line),
                  " is not a method, a target and a version");
  }
  const absl::string_view method = line.substr(0, first);
  if (!IsFieldName(method)) return Refuse(400, "the method ", Quote(method), " is malformed");
  ANNALS_RETURN_IF_ERROR(CheckVersion(line.substr(second + 1)));
  const std::optional<Method> known = ParseMethod(method);
  if (!known.has_value()) {
    return WithHttpStatus(
        absl::UnimplementedError(absl::StrCat("the method ", Quote(method), " is not known here")),
        501);
  }
  const absl::string_view target = line.substr(first + 1, second - first - 1);
  if (target.size() > limits.target_bytes) {
    return Refuse(414, "the target is longer than ", limits.target_bytes, " bytes");
  }
  head->method = *known;
  head->target = std::string(target);
  head->is_http_1_1 = absl::EndsWith(line, "1.1");
  return absl::OkStatus();
}

bool IsHost(absl::string_view host) {
  // Names, addresses and ports, with anything that a registered name may have.
  return std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("-._~:[]%!$&'()*+,;=", c);
  });
}

absl::Status CheckHost(const Headers& headers, bool is_http_1_1) {
  const size_t hosts = headers.Count("Host");
  if (hosts > 1) return Refuse(400, "there are ", hosts, " Host headers");
  if (hosts == 0 && is_http_1_1) return Refuse(400, "the Host header is missing");
  const absl::string_view host = headers.Find("Host").value_or("");
  if (!IsHost(host)) return Refuse(400, "the Host header ", Quote(host), " is malformed");
  return absl::OkStatus();
}

absl::Status CheckContentLength(const Headers& headers, const Limits& limits) {
  const size_t lengths = headers.Count("Content-Length");
  if (lengths == 0) return absl::OkStatus();
  const absl::string_view text = *headers.Find("Content-Length");
  if (lengths > 1 || text.empty() || !std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) {
    return Refuse(400, "Content-Length ", Quote(headers.Joined("Content-Length")),
                  " is not one number");
  }
  uint64_t length = 0;
  if (!absl::SimpleAtoi(text, &length) || length > limits.body_bytes) {
    return Refuse(413, "a body of ", text.substr(0, 20), " bytes; at most ", limits.body_bytes,
                  " are taken");
  }
  return absl::OkStatus();
}

absl::Status CheckTransferEncoding(const Headers& headers, bool is_http_1_1) {
  const size_t codings = headers.Count("Transfer-Encoding");
  if (codings == 0) return absl::OkStatus();
  if (codings > 1) return Refuse(400, "there are ", codings, " Transfer-Encoding headers");
  if (!is_http_1_1) return Refuse(400, "HTTP/1.0 has no Transfer-Encoding");
  if (headers.Count("Content-Length") > 0) {
    return Refuse(400, "there are both Content-Length and Transfer-Encoding");
  }
  const absl::string_view coding = *headers.Find("Transfer-Encoding");
  if (absl::EqualsIgnoreCase(coding, "chunked")) return absl::OkStatus();
  const std::vector<absl::string_view> all = absl::StrSplit(coding, ',');
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(all.back()), "chunked")) {
    return Refuse(400, "Transfer-Encoding ", Quote(coding),
                  " leaves the body without an end: only chunked is known here");
  }
  return WithHttpStatus(
      absl::UnimplementedError(
          absl::StrCat("Transfer-Encoding ", Quote(coding), " is not known here: only chunked is")),
      501);
}

}  // namespace

bool RequestHead::keep_alive() const {
  const std::string options = absl::AsciiStrToLower(headers.Joined("Connection"));
  const absl::string_view wanted = is_http_1_1 ? "close" : "keep-alive";
  for (const absl::string_view option : absl::StrSplit(options, ',')) {
    if (absl::StripAsciiWhitespace(option) == wanted) return !is_http_1_1;
  }
  return is_http_1_1;
}

absl::Status CheckFieldLine(absl::string_view line) {
  if (absl::StartsWith(line, " ") || absl::StartsWith(line, "\t")) {
    return Refuse(400, "a header goes on in a second line: ", Quote(line));
  }
  const size_t colon = line.find(':');
  if (colon == line.npos || !IsFieldName(line.substr(0, colon))) {
    return Refuse(400, "the header line ", Quote(line), " is not a name, a colon and a value");
  }
  if (!IsFieldValue(line.substr(colon + 1))) {
    return Refuse(400, "the header line ", Quote(line), " has a control character");
  }
  return absl::OkStatus();
}

absl::StatusOr<RequestHead> ReadHead(absl::string_view head, const Limits& limits) {
  RequestHead read;
  size_t lines = 0;
  for (size_t begin = 0; begin < head.size(); ++lines) {
    const size_t end = head.find('\n', begin);
    if (end == head.npos || end == begin || head[end - 1] != '\r') {
      return Refuse(400, "a line of the head doesn't end with CR LF");
    }
    const absl::string_view line = head.substr(begin, end - 1 - begin);
    begin = end + 1;
    if (lines == 0) {
      ANNALS_RETURN_IF_ERROR(ReadRequestLine(line, limits, &read));
      continue;
    }
    if (line.empty()) return read;
    if (lines > limits.header_count) {
      return Refuse(431, "more than ", limits.header_count, " headers");
    }
    ANNALS_RETURN_IF_ERROR(CheckFieldLine(line));
    const size_t colon = line.find(':');
    read.headers.Add(line.substr(0, colon), absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return Refuse(400, "the head has no end");
}

absl::Status CheckFraming(const RequestHead& head, const Limits& limits) {
  const Headers& headers = head.headers;
  ANNALS_RETURN_IF_ERROR(CheckHost(headers, head.is_http_1_1));
  ANNALS_RETURN_IF_ERROR(CheckTransferEncoding(headers, head.is_http_1_1));
  ANNALS_RETURN_IF_ERROR(CheckContentLength(headers, limits));
  const std::string content = headers.Joined("Content-Encoding");
  if (!content.empty() && !absl::EqualsIgnoreCase(content, "identity")) {
    return Refuse(415, "Content-Encoding ", Quote(content), " is not known here");
  }
  const std::string expectation = headers.Joined("Expect");
  if (!expectation.empty() && !absl::EqualsIgnoreCase(expectation, "100-continue")) {
    return Refuse(417, "Expect ", Quote(expectation), " can't be met");
  }
  return absl::OkStatus();
}

}  // namespace annals::http
