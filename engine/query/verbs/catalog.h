// Catalog: which views and event types a timeline of some domain has.
#ifndef ANNALS_ENGINE_QUERY_VERBS_CATALOG_H_
#define ANNALS_ENGINE_QUERY_VERBS_CATALOG_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/query/domain.h"
#include "engine/query/view.h"

namespace annals {

// A look into the program's domains, which must outlive it. The domain named ""
// serves every timeline, so it adds to each of the others. A value; thread-safe.
class Catalog {
 public:
  explicit Catalog(const std::vector<Domain>* domains) : domains_(domains) {}

  // The domain's views, then those of every timeline, as the domains list them.
  std::vector<const View*> Views(absl::string_view domain) const;

  // NOT_FOUND lists the views there are.
  absl::StatusOr<const View*> FindView(absl::string_view domain, absl::string_view name) const;

  // The full names of the event types called `name`, which is a full name or
  // its last part; several only if types of different packages share that.
  // NOT_FOUND lists the types there are.
  absl::StatusOr<std::vector<std::string>> FindTypes(absl::string_view domain,
                                                     absl::string_view name) const;

  // The domain's projections, the engine's own, and those of every timeline.
  std::vector<const Projection*> Projections(absl::string_view domain) const;

  // INVALID_ARGUMENT if two domains share a name, two projections do, or two
  // views of one timeline.
  absl::Status Check() const;

 private:
  // The domain, if it is here, then the one of every timeline.
  std::vector<const Domain*> DomainsOf(absl::string_view domain) const;

  const std::vector<Domain>* domains_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_CATALOG_H_
