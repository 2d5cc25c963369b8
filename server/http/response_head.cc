#include "server/http/response_head.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace annals::http {
namespace {

constexpr std::array<absl::string_view, 5> kOwn = {"Date", "Content-Length", "Transfer-Encoding",
                                                   "Connection", "X-Request-Id"};

bool IsForTheHandler(const Header& header) {
  return IsFieldName(header.name) && IsFieldValue(header.value) &&
         std::none_of(kOwn.begin(), kOwn.end(), [&header](absl::string_view own) {
           return absl::EqualsIgnoreCase(own, header.name);
         });
}

}  // namespace

std::string FormatHead(const Response& response, const HeadFraming& framing) {
  std::string head;
  constexpr size_t kUsual = 512;
  head.reserve(kUsual);
  absl::StrAppend(&head, "HTTP/1.1 ", response.status, " ", ReasonPhrase(response.status),
                  "\r\nDate: ", framing.date, "\r\nX-Request-Id: ", framing.request_id, "\r\n");
  if (framing.chunked) absl::StrAppend(&head, "Transfer-Encoding: chunked\r\n");
  if (framing.content_length.has_value() && !IsBodiless(response.status)) {
    absl::StrAppend(&head, "Content-Length: ", *framing.content_length, "\r\n");
  }
  if (!framing.keep_alive) absl::StrAppend(&head, "Connection: close\r\n");
  for (const Header& header : response.headers.all()) {
    if (IsForTheHandler(header)) absl::StrAppend(&head, header.name, ": ", header.value, "\r\n");
  }
  head += "\r\n";
  return head;
}

bool IsBodiless(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace annals::http
