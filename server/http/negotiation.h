// Negotiation: what a client would rather have, by RFC 9110.
#ifndef ANNALS_SERVER_HTTP_NEGOTIATION_H_
#define ANNALS_SERVER_HTTP_NEGOTIATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace annals::http {

constexpr absl::string_view kJson = "application/json";
constexpr absl::string_view kCsv = "text/csv";
constexpr absl::string_view kPlainText = "text/plain";
constexpr absl::string_view kNdjson = "application/x-ndjson";
constexpr absl::string_view kProtobuf = "application/protobuf";
constexpr absl::string_view kEventStream = "text/event-stream";

// One member of Accept, Accept-Encoding and the like.
struct Preference {
  // In lower case, without parameters: "text/csv", "*/*", "gzip".
  std::string what;
  // 0 to 1000; 0 is "not this one".
  int weight = 1000;
};

// Members that are malformed are left out; so is a weight that isn't one.
std::vector<Preference> ParsePreferences(absl::string_view header);

// The media type of `offered` that `accept` weighs highest, of equals the first; the
// first offered for an empty header. A more specific member decides over a wildcard.
// Returns an INVALID_ARGUMENT that goes out as 406 if none will do.
absl::StatusOr<absl::string_view> ChooseMediaType(absl::string_view accept,
                                                  absl::Span<const absl::string_view> offered);

// The media type of a Content-Type, without parameters and in lower case.
std::string MediaType(absl::string_view content_type);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_NEGOTIATION_H_
