#include "tests/model/operation.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/instant.h"
#include "engine/time/home_zone.h"
#include "tests/model/answer_text.h"

namespace annals::model {
namespace {

std::string Describe(Instant instant) {
  if (instant == Instant::Beginning()) return "the beginning";
  if (instant == Instant::End()) return "the end";
  return absl::StrCat(FormatInstant(instant, HomeZone()), " (", instant.micros, ")");
}

std::string Describe(const AppendRequest& request) {
  std::string text = absl::StrCat("append to ", request.timeline, ", expecting revision ",
                                  request.expected.ToString(), ":");
  for (const v1::Event& event : request.events) {
    absl::StrAppend(&text, "\n    ", event.ShortDebugString());
  }
  return text;
}

std::string Describe(const EventFilter& filter) {
  return absl::StrCat("from ", filter.from ? Describe(*filter.from) : "anywhen", " to ",
                      filter.to ? Describe(*filter.to) : "anywhen", ", type \"", filter.type,
                      "\", stream \"", filter.stream, "\", asserter \"", filter.asserter,
                      "\", source \"", filter.source, "\"");
}

std::string Describe(const std::vector<PinnedAsOf>& steps) {
  return absl::StrJoin(steps, "; ", [](std::string* out, const PinnedAsOf& step) {
    *out += ::annals::model::Describe(step);
  });
}

}  // namespace

std::string Describe(const PinnedAsOf& as_of) {
  return absl::StrCat("valid ", Describe(as_of.valid), ", known ", Describe(as_of.known),
                      ", position ", as_of.position.value);
}

std::string Describe(const Probe& probe) {
  return absl::StrCat(probe.measure.projection, "/", probe.measure.measure, " under ",
                      ToText(probe.key));
}

std::string Describe(const Operation& operation) {
  const std::string view = absl::StrCat(operation.timeline, "/", operation.view);
  switch (operation.kind) {
    case Operation::Kind::kAppend:
      return Describe(operation.append);
    case Operation::Kind::kAdvanceClock:
      return absl::StrCat("move the clock by ", operation.micros, " us");
    case Operation::Kind::kReopen:
      return "reopen the store";
    case Operation::Kind::kCrash:
      return "open what a crash leaves of the store";
    case Operation::Kind::kRebuild:
      return absl::StrCat("rebuild the projections of ", operation.timeline);
    case Operation::Kind::kAsOf:
      return absl::StrCat("as-of ", view, ": ", Describe(operation.as_of), ", evidence ",
                          operation.limit);
    case Operation::Kind::kWhy:
      return absl::StrCat("why ", view, " ", ToText(operation.key), ": ", Describe(operation.as_of),
                          ", pages of ", operation.limit);
    case Operation::Kind::kDiff:
      return absl::StrCat("diff ", view, ": from ", Describe(operation.as_of), " to ",
                          Describe(operation.to));
    case Operation::Kind::kHistory:
      return absl::StrCat("history ", view, ": ", Describe(operation.steps));
    case Operation::Kind::kTimeline:
      return absl::StrCat("timeline ", operation.timeline, ": ", Describe(operation.filter), ", ",
                          Describe(operation.as_of));
    case Operation::Kind::kIndex:
      return absl::StrCat("index of ", operation.timeline, ": ", operation.probes.size(),
                          " measures, ", Describe(operation.as_of), ", pages of ", operation.limit);
  }
  return "";
}

}  // namespace annals::model
