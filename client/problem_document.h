// Problem documents: an error of the server, as it was before it went over HTTP.
#ifndef ANNALS_CLIENT_PROBLEM_DOCUMENT_H_
#define ANNALS_CLIENT_PROBLEM_DOCUMENT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals {

// The Status that an answer other than 200 stands for: of a problem document (RFC
// 9457) its `code` and `detail`. Of anything else what the HTTP status says about
// whoever answered in the server's place; the message then names `server`. Never OK.
absl::Status StatusOfProblem(int http_status, absl::string_view content_type,
                             absl::string_view body, absl::string_view server);

}  // namespace annals

#endif  // ANNALS_CLIENT_PROBLEM_DOCUMENT_H_
