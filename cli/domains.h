// The domains that this program is composed of.
#ifndef ANNALS_CLI_DOMAINS_H_
#define ANNALS_CLI_DOMAINS_H_

#include <vector>

#include "engine/query/domain.h"

namespace annals {

// What serves every timeline first, then the fields of history by name. Another
// domain is added here, and its proto_library to :type_docs_data for its comments.
std::vector<Domain> AllDomains();

}  // namespace annals

#endif  // ANNALS_CLI_DOMAINS_H_
