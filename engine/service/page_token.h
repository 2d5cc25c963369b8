// PageToken: where the next page of a listing begins, as text that travels.
#ifndef ANNALS_ENGINE_SERVICE_PAGE_TOKEN_H_
#define ANNALS_ENGINE_SERVICE_PAGE_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/query/question.h"
#include "engine/query/verbs/timeline_listing.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

// Carries the coordinates that the first page was pinned to, so that the pages
// together are one answer, however the log grows meanwhile. A value.
struct PageToken {
  PinnedAsOf as_of;
  ListingPlace after;
};

// Letters, digits, "-" and "_": fit for a URL. Bound to the question that
// `request` asks, whatever its page size. Opaque to whoever passes it on; not
// secret, and not signed: it says nothing that its holder could not ask for.
std::string EncodePageToken(const PageToken& token, const v1::ListEventsRequest& request);

// INVALID_ARGUMENT if the text is no token, or one of another question.
absl::StatusOr<PageToken> DecodePageToken(absl::string_view text,
                                          const v1::ListEventsRequest& request);

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_PAGE_TOKEN_H_
