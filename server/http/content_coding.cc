#include "server/http/content_coding.h"

#include <zlib.h>
#include <zstd.h>

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/http/negotiation.h"

namespace annals::http {
namespace {

// The weight of a coding, by its own name or by "*".
int WeightOf(absl::string_view coding, const std::vector<Preference>& preferences) {
  std::optional<int> any;
  for (const Preference& preference : preferences) {
    if (preference.what == coding || (coding == "gzip" && preference.what == "x-gzip")) {
      return preference.weight;
    }
    if (preference.what == "*") any = preference.weight;
  }
  return any.value_or(0);
}

absl::StatusOr<std::string> Gzip(absl::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;
  constexpr int kLevel = 5;
  constexpr int kMemory = 8;
  z_stream stream = {};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return absl::InternalError("zlib can't begin");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, deflateEnd);
  std::string compressed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = bytes.size();
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = compressed.size();
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return absl::InternalError("zlib can't finish");
  compressed.resize(stream.total_out);
  return compressed;
}

absl::StatusOr<std::string> Zstd(absl::string_view bytes) {
  constexpr int kLevel = 3;
  std::string compressed(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size =
      ZSTD_compress(compressed.data(), compressed.size(), bytes.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size)) {
    return absl::InternalError(absl::StrCat("zstd: ", ZSTD_getErrorName(size)));
  }
  compressed.resize(size);
  return compressed;
}

}  // namespace

absl::string_view ContentCodingName(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kGzip:
      return "gzip";
    case ContentCoding::kZstd:
      return "zstd";
    case ContentCoding::kIdentity:
      break;
  }
  return "identity";
}

ContentCoding ChooseContentCoding(absl::string_view accept_encoding) {
  const std::vector<Preference> preferences = ParsePreferences(accept_encoding);
  const int zstd = WeightOf("zstd", preferences);
  const int gzip = WeightOf("gzip", preferences);
  if (zstd == 0 && gzip == 0) return ContentCoding::kIdentity;
  return zstd >= gzip ? ContentCoding::kZstd : ContentCoding::kGzip;
}

bool IsCompressible(absl::string_view content_type) {
  const std::string type = MediaType(content_type);
  if (type == kEventStream) return false;
  return absl::StartsWith(type, "text/") || absl::EndsWith(type, "json") ||
         absl::EndsWith(type, "xml") || type == kProtobuf || type == "application/javascript";
}

absl::StatusOr<std::string> Compress(ContentCoding coding, absl::string_view bytes) {
  switch (coding) {
    case ContentCoding::kGzip:
      return Gzip(bytes);
    case ContentCoding::kZstd:
      return Zstd(bytes);
    case ContentCoding::kIdentity:
      break;
  }
  return std::string(bytes);
}

}  // namespace annals::http
