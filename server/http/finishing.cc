#include "server/http/finishing.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/http/content_coding.h"

namespace annals::http {
namespace {

// "x-gzip" in quotes is "x" in quotes, compressed.
std::string WithoutCoding(absl::string_view etag) {
  std::string bare(etag);
  if (!absl::ConsumeSuffix(&etag, "\"")) return bare;
  if (absl::ConsumeSuffix(&etag, "-gzip") || absl::ConsumeSuffix(&etag, "-zstd")) {
    return absl::StrCat(etag, "\"");
  }
  return bare;
}

// If-None-Match compares weakly, whatever the coding was.
bool Names(absl::string_view if_none_match, absl::string_view etag) {
  for (absl::string_view named : absl::StrSplit(if_none_match, ',')) {
    named = absl::StripAsciiWhitespace(named);
    if (named == "*") return true;
    absl::ConsumePrefix(&named, "W/");
    if (WithoutCoding(named) == etag) return true;
  }
  return false;
}

void AnswerUnchanged(const Request& request, Response* response) {
  if (request.method != Method::kGet && request.method != Method::kHead) return;
  const std::optional<absl::string_view> etag = response->headers.Find("ETag");
  if (response->status != 200 || !etag.has_value()) return;
  absl::string_view strong = *etag;
  absl::ConsumePrefix(&strong, "W/");
  if (!Names(request.headers.Joined("If-None-Match"), strong)) return;
  response->status = 304;
  response->body = nullptr;
  response->stream = nullptr;
  if (IsCompressible(response->headers.Find("Content-Type").value_or(""))) {
    response->headers.AddToList("Vary", "Accept-Encoding");
  }
  response->headers.Remove("Content-Type");
}

void CompressBody(const Request& request, const FinishingOptions& options, Response* response) {
  Headers& headers = response->headers;
  if (response->stream != nullptr || headers.Find("Content-Encoding").has_value() ||
      !IsCompressible(headers.Find("Content-Type").value_or(""))) {
    return;
  }
  headers.AddToList("Vary", "Accept-Encoding");
  if (response->body_bytes() < options.compressed_from_bytes) return;
  const ContentCoding coding = ChooseContentCoding(request.headers.Joined("Accept-Encoding"));
  if (coding == ContentCoding::kIdentity) return;
  absl::StatusOr<std::string> compressed = Compress(coding, *response->body);
  if (!compressed.ok() || compressed->size() >= response->body->size()) return;
  response->body = std::make_shared<const std::string>(*std::move(compressed));
  headers.Set("Content-Encoding", ContentCodingName(coding));
  const std::optional<absl::string_view> etag = headers.Find("ETag");
  if (!etag.has_value()) return;
  headers.Set("ETag",
              absl::StrCat(absl::StripSuffix(*etag, "\""), "-", ContentCodingName(coding), "\""));
}

}  // namespace

void FinishResponse(const Request& request, const FinishingOptions& options, Response* response) {
  ApplyCors(request, options.cors, response);
  AnswerUnchanged(request, response);
  CompressBody(request, options, response);
}

}  // namespace annals::http
