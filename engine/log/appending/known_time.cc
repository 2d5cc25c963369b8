#include "engine/log/appending/known_time.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/text_form.h"

namespace annals {
namespace {

absl::StatusOr<const SourceInfo*> FindCited(const v1::Citation& citation,
                                            const TimelineSettings& settings,
                                            const Staging& staging) {
  ANNALS_ASSIGN_OR_RETURN(const SourceInfo* const source,
                          staging.FindSource(settings, citation.source()));
  if (source == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("source ", Quote(citation.source()),
                     " isn't registered; record an annals.v1.SourceRegistered in stream ",
                     Quote(SourceStream(citation.source())), " first"));
  }
  if (!citation.sha256().empty() && !source->sha256.contains(citation.sha256())) {
    return absl::NotFoundError(
        absl::StrCat("source ", Quote(citation.source()), " isn't registered with the SHA-256 ",
                     citation.sha256(), "; register that edition first, or leave the hash out"));
  }
  return source;
}

void KeepEarliest(const SourceInfo& source, std::optional<PublishedTime>* published) {
  if (!source.published) return;
  if (!*published) {
    *published = {*source.published, source.published_text};
    return;
  }
  TimeBounds& bounds = (*published)->bounds;
  bounds.earliest = std::min(bounds.earliest, source.published->earliest);
  if (source.published->latest < bounds.latest) {
    bounds.latest = source.published->latest;
    (*published)->text = source.published_text;
  }
}

}  // namespace

absl::StatusOr<PublishedTime> FindPublished(const PreparedEvent& event,
                                            const TimelineSettings& settings,
                                            const Staging& staging, Instant recorded_at) {
  std::optional<PublishedTime> earliest;
  for (int i = 0; i < event.event.citations_size(); ++i) {
    const auto source = FindCited(event.event.citations(i), settings, staging);
    if (!source.ok()) return Annotate(source.status(), absl::StrCat("citation ", i + 1));
    KeepEarliest(**source, &earliest);
  }
  if (event.published) return PublishedTime{*event.published, event.published_text};
  // A source is known from its own publication, not from that of what it cites.
  if (earliest && !event.source) return *std::move(earliest);
  return PublishedTime{{recorded_at, recorded_at}, ""};
}

}  // namespace annals
