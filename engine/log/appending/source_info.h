// SourceInfo: what citations of a source need to know of its registrations.
#ifndef ANNALS_ENGINE_LOG_APPENDING_SOURCE_INFO_H_
#define ANNALS_ENGINE_LOG_APPENDING_SOURCE_INFO_H_

#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/log/timeline_settings.h"
#include "proto/annals/v1/timeline.pb.h"

namespace annals {

// The stream in which a source is registered.
std::string SourceStream(absl::string_view source);

// One registration.
struct SourceEdition {
  std::string source;
  std::string sha256;
  std::string published_text;
  std::optional<TimeBounds> published;

  // INVALID_ARGUMENT if a field is missing or malformed; the message names it.
  static absl::StatusOr<SourceEdition> FromProto(const v1::SourceRegistered& registered,
                                                 const TimelineSettings& settings);
};

// All registrations of one source, the latest of which says when it was
// published. Any of them may be what a citation read.
struct SourceInfo {
  std::optional<TimeBounds> published;
  std::string published_text;
  absl::flat_hash_set<std::string> sha256;

  // Later editions are added after earlier ones.
  void Add(const SourceEdition& edition);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_SOURCE_INFO_H_
