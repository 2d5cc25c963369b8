// EventText: whether the words of a search are in an event.
#ifndef ANNALS_ENGINE_QUERY_VERBS_EVENT_TEXT_H_
#define ANNALS_ENGINE_QUERY_VERBS_EVENT_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// The words of a search. An immutable value; thread-safe.
class TextSearch {
 public:
  // The words are what stands between spaces.
  explicit TextSearch(absl::string_view query);

  // Whether every word is somewhere in the event's texts: its id, stream, type,
  // asserter, attribution, citations, correction, metadata, and every text of
  // its payload. Case and accents don't count, and a word may be part of a
  // longer one. INVALID_ARGUMENT if the payload can't be read.
  absl::StatusOr<bool> Matches(const v1::Event& event) const;

 private:
  std::vector<std::string> words_;  // Folded.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_EVENT_TEXT_H_
