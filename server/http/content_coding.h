// Content codings: gzip and zstd for answers that gain by it.
#ifndef ANNALS_SERVER_HTTP_CONTENT_CODING_H_
#define ANNALS_SERVER_HTTP_CONTENT_CODING_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::http {

enum class ContentCoding { kIdentity, kGzip, kZstd };

// "gzip", "zstd", "identity".
absl::string_view ContentCodingName(ContentCoding coding);

// What Accept-Encoding likes best; of equals zstd, then gzip. Identity when it is
// absent, or names neither.
ContentCoding ChooseContentCoding(absl::string_view accept_encoding);

// Text, JSON, CSV and such; not streams of events, and not what is compressed already.
bool IsCompressible(absl::string_view content_type);

// Returns INTERNAL if the library fails. Some 3 ms a megabyte with zstd, 20 with gzip.
absl::StatusOr<std::string> Compress(ContentCoding coding, absl::string_view bytes);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_CONTENT_CODING_H_
