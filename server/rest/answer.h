// Answer: what a resource says, and for how long that holds.
#ifndef ANNALS_SERVER_REST_ANSWER_H_
#define ANNALS_SERVER_REST_ANSWER_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/render/table.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/rest/parameters.h"

namespace annals::rest {

enum class Form { kJson, kCsv, kText };

// ?format=json or csv, otherwise what Accept prefers. INVALID_ARGUMENT for another
// format; as 406 if Accept takes neither.
absl::StatusOr<Form> FormOf(const http::Request& request);

struct Answer {
  enum class Life {
    kPinned,    // The same for ever: all coordinates were given.
    kChanging,  // As of now; `canonical` is where the same answer stays.
    kOnce,      // Not to be kept by anyone.
  };

  int status = 200;
  Form form = Form::kJson;
  // JSON without its line break, CSV, or a text.
  std::string body;
  Life life = Life::kOnce;
  // Of one that changes only when something is recorded: the head that it is of.
  std::optional<Position> head;
  // Targets; may be empty.
  std::string canonical;
  std::string next;  // Of a listing that goes on.
  // Of the trees that it rests on, as bytes: JSON has them in its body, CSV has no place.
  std::vector<std::string> root_hashes;
};

// `json` or `table` is called, as the form asks: absl::StatusOr<std::string>() and
// absl::StatusOr<Table>().
template <typename Json, typename MakeTable>
absl::StatusOr<std::string> Written(Form form, const Json& json, const MakeTable& table);

std::string ToCsv(const Table& table);

// The request's own path and query, with `changes` in place of the parameters of
// those names: what a canonical link is made of.
std::string TargetWith(const http::Request& request,
                       const std::vector<std::pair<std::string, std::string>>& changes);

// Pinned: a strong ETag, and a year of caching. Changing: no-cache, and a Link
// with rel="canonical". CSV: Annals-Root-Hash with the roots, in base64.
http::Response ToResponse(const Answer& answer);

template <typename Json, typename MakeTable>
absl::StatusOr<std::string> Written(Form form, const Json& json, const MakeTable& table) {
  if (form == Form::kJson) return absl::StatusOr<std::string>(json());
  const absl::StatusOr<Table> made = table();
  if (!made.ok()) return made.status();
  return ToCsv(*made);
}

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_ANSWER_H_
