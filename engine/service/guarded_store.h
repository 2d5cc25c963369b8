// GuardedStore: what a server gives out, to those who may have it.
#ifndef ANNALS_ENGINE_SERVICE_GUARDED_STORE_H_
#define ANNALS_ENGINE_SERVICE_GUARDED_STORE_H_

#include <functional>

#include "absl/status/status.h"
#include "engine/access/quotas.h"
#include "engine/feed/feed.h"
#include "engine/log/event_log.h"
#include "engine/query/query_engine.h"
#include "engine/service/service.h"

namespace annals {

// Whoever is asked for something makes a GuardedService of it, or a StreamPass, for the
// principal that asks; nothing else is to touch what it points to. All of that must
// outlive it.
struct GuardedStore {
  Service* service = nullptr;
  Feed* feed = nullptr;
  const QueryEngine* queries = nullptr;
  const EventLog* log = nullptr;
  Quotas* quotas = nullptr;  // Without them there are none.
  // Changes whenever something is erased: an answer from before isn't to be given again.
  // Absent: nothing ever is.
  std::function<uint64_t()> erasures;
  // Whether the timeline's events may have sensitive fields, which answers show and no
  // cache is to keep. Absent: none has.
  std::function<bool(absl::string_view timeline)> is_sensitive;
  // The refusal as the protocol says it, with its hint; without, the bare status.
  std::function<absl::Status(const QuotaRefusal&)> refuse;

  absl::Status Refusal(const QuotaRefusal& refusal) const {
    return refuse ? refuse(refusal) : refusal.status;
  }
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_GUARDED_STORE_H_
