// EventFilter: which events of a timeline to list.
#ifndef ANNALS_ENGINE_QUERY_EVENT_FILTER_H_
#define ANNALS_ENGINE_QUERY_EVENT_FILTER_H_

#include <optional>
#include <string>

#include "engine/base/instant.h"

namespace annals {

// What is absent lets everything pass; what is present must all hold.
struct EventFilter {
  std::optional<Instant> from;  // Some of the event's occurred bounds lies at or after it.
  std::optional<Instant> to;    // Some of the event's occurred bounds lies at or before it.
  std::string type;             // Full name, or its last part: "ReleaseVerified".
  std::string stream;           // The stream, or a prefix that ends in "/".
  std::string asserter;         // Exactly.
  std::string source;           // Among the citations.
  std::string text;             // Every word, in any text of the event, without regard to
                                // case and accents: "marquez" finds "Márquez".
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_EVENT_FILTER_H_
