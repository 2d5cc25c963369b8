#include "engine/log/appending/source_info.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/appending/stated_date.h"
#include "engine/log/text_form.h"

namespace annals {

std::string SourceStream(absl::string_view source) { return absl::StrCat("source/", source); }

absl::StatusOr<SourceEdition> SourceEdition::FromProto(const v1::SourceRegistered& registered,
                                                       const TimelineSettings& settings) {
  ANNALS_RETURN_IF_ERROR(CheckId("source", registered.source()));
  if (registered.title().empty()) return absl::InvalidArgumentError("title: is missing");
  if (!registered.sha256().empty()) {
    ANNALS_RETURN_IF_ERROR(CheckSha256("sha256", registered.sha256()));
  }
  SourceEdition edition;
  edition.source = registered.source();
  edition.sha256 = registered.sha256();
  if (!registered.published().empty()) {
    ANNALS_ASSIGN_OR_RETURN(
        edition.published, ResolveDate("the source's published", registered.published(), settings));
    edition.published_text = registered.published();
  }
  return edition;
}

void SourceInfo::Add(const SourceEdition& edition) {
  published = edition.published;
  published_text = edition.published_text;
  if (!edition.sha256.empty()) sha256.insert(edition.sha256);
}

}  // namespace annals
