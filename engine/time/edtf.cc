#include "engine/time/edtf.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"
#include "engine/time/edtf_date_parser.h"
#include "engine/time/edtf_refusal.h"

namespace annals {
namespace {

constexpr size_t kMaxBytes = 200;
constexpr size_t kQuotedBytes = 60;  // Of a text that is too long.
constexpr absl::string_view kOpen = "..";

using Dates = std::vector<std::optional<EdtfDate>>;

std::string InQuotes(absl::string_view text) {
  const bool whole = text.size() <= kMaxBytes;
  return absl::StrCat("\"", absl::CHexEscape(whole ? text : text.substr(0, kQuotedBytes)),
                      whole ? "" : "…", "\"");
}

// ---- The whole text -----------------------------------------------------------

bool IsPlain(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isgraph);
}

// Proposes the first of the candidates that is a date.
absl::Status RefuseCharacter(absl::string_view character, absl::string_view why,
                             std::initializer_list<std::string> candidates) {
  for (const std::string& candidate : candidates) {
    if (IsPlain(candidate) && Edtf::Parse(candidate).ok()) {
      return RefuseDate(character, why, candidate);
    }
  }
  return RefuseDate(character, why, "2026-01-08");
}

// `text` with its dashes, such as U+2013 and U+2212, replaced.
std::string ReplaceDashes(absl::string_view text, absl::string_view replacement) {
  return absl::StrReplaceAll(text, {{"\u2010", replacement},
                                    {"\u2011", replacement},
                                    {"\u2012", replacement},
                                    {"\u2013", replacement},
                                    {"\u2014", replacement},
                                    {"\u2212", replacement}});
}

// The first character of `text`, which in UTF-8 goes on with bytes 10xxxxxx.
absl::string_view FirstCharacter(absl::string_view text) {
  size_t size = 1;
  while (size < text.size() && (text[size] & 0xC0) == 0x80) ++size;
  return text.substr(0, size);
}

absl::Status CheckCharacters(absl::string_view text) {
  const auto odd = std::find_if_not(text.begin(), text.end(), absl::ascii_isgraph);
  if (odd == text.end()) return absl::OkStatus();
  const absl::string_view character = FirstCharacter(text.substr(odd - text.begin()));
  if (absl::ascii_isspace(static_cast<unsigned char>(*odd))) {
    const absl::string_view stripped = absl::StripAsciiWhitespace(text);
    return RefuseCharacter(
        character, "is white space, which dates don't have",
        {absl::StrReplaceAll(stripped, {{" ", ""}}), absl::StrReplaceAll(stripped, {{" ", "T"}})});
  }
  if (absl::ascii_iscntrl(static_cast<unsigned char>(*odd))) {
    return RefuseCharacter(character, "is a control character", {});
  }
  return RefuseCharacter(character, "is not an ASCII character; dates have \"-\" and \"/\"",
                         {ReplaceDashes(text, "-"), ReplaceDashes(text, "/")});
}

absl::Status CheckText(absl::string_view text) {
  if (text.empty()) return RefuseDate(text, "is no date; leave it out, or state one", "2026-01-08");
  if (text.size() > kMaxBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("it has ", text.size(), " bytes, and a date has at most ", kMaxBytes,
                     "; write its first and last day, as in \"[2026-01-08..2026-01-31]\""));
  }
  if (text.front() == '{') {
    return RefuseDate("{",
                      "means every one of these dates: write an event for each, or one of them",
                      "[2026-01-08,2026-01-10]");
  }
  return CheckCharacters(text);
}

EdtfForm FormOf(absl::string_view text) {
  if (absl::StartsWith(text, "[")) {
    return absl::StrContains(text, kOpen) ? EdtfForm::kRange : EdtfForm::kList;
  }
  return absl::StrContains(text, '/') ? EdtfForm::kInterval : EdtfForm::kDate;
}

// ---- Its parts ----------------------------------------------------------------

// `before`, `between` and `after` are what the form writes around its two ends.
absl::Status CheckEndsInOrder(const Dates& ends, absl::string_view before,
                              absl::string_view between, absl::string_view after) {
  if (!ends[0] || !ends[1] || !EndsBefore(*ends[1], *ends[0])) return absl::OkStatus();
  const std::string& first = ends[0]->text;
  const std::string& last = ends[1]->text;
  return RefuseDate(last, absl::StrCat("is over before \"", first, "\" begins"),
                    absl::StrCat(before, last, between, first, after));
}

absl::StatusOr<Dates> ParseDate(absl::string_view text) {
  const size_t dots = text.find(kOpen);
  if (dots != absl::string_view::npos) {
    const std::string bracketed = absl::StrCat("[", text, "]");
    return RefuseDate(kOpen, "stands between the ends of a set, in brackets",
                      Edtf::Parse(bracketed).ok() ? bracketed : "[2026-01-08..2026-01-31]");
  }
  ANNALS_ASSIGN_OR_RETURN(EdtfDate date, ParseEdtfDate(text));
  return Dates{std::move(date)};
}

absl::StatusOr<Dates> ParseInterval(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  if (parts.size() > 2) {
    const std::string hyphens = absl::StrReplaceAll(text, {{"/", "-"}});
    return RefuseDate(text.substr(parts[0].size() + 1 + parts[1].size()),
                      "is a second \"/\"; one \"/\" stands between two dates",
                      ParseEdtfDate(hyphens).ok() ? hyphens : "2026-01-08/2026-01-31");
  }
  Dates ends;
  for (const absl::string_view part : parts) {
    if (part.empty() || part == kOpen) {
      ends.push_back(std::nullopt);
      continue;
    }
    if (part.find_first_of("[]{}") != absl::string_view::npos) {
      return RefuseDate(part, "is a set in an interval, which is not accepted",
                        "2026-01-08/2026-01-31");
    }
    ANNALS_ASSIGN_OR_RETURN(EdtfDate date, ParseEdtfDate(part));
    ends.push_back(std::move(date));
  }
  if (!ends[0] && !ends[1]) {
    return RefuseDate(text, "says nothing; leave the date out, or state an end", "../2026-01-31");
  }
  ANNALS_RETURN_IF_ERROR(CheckEndsInOrder(ends, "", "/", ""));
  return ends;
}

// What stands between the brackets of a set.
absl::StatusOr<absl::string_view> Bracketed(absl::string_view text) {
  const size_t close = text.find(']');
  if (close == absl::string_view::npos) {
    return RefuseDate(text, "opens a set without closing it", "[2026-01-08..2026-01-31]");
  }
  if (close + 1 < text.size()) {
    return RefuseDate(text.substr(close + 1), "follows a set; a qualifier belongs to its dates",
                      "[2026-01-08..2026-01-31?]");
  }
  const absl::string_view inner = text.substr(1, close - 1);
  const size_t nested = inner.find_first_of("[{/");
  if (nested != absl::string_view::npos) {
    return RefuseDate(inner.substr(nested, 1), "nests an interval or a set in a set",
                      "[2026-01-08..2026-01-31]");
  }
  return inner;
}

absl::StatusOr<Dates> ParseRange(absl::string_view text) {
  ANNALS_ASSIGN_OR_RETURN(const absl::string_view inner, Bracketed(text));
  if (absl::StrContains(inner, ',')) {
    return RefuseDate(inner, "mixes a list and a range", "[2026-01-08..2026-01-31]");
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(inner, absl::MaxSplits(kOpen, 1));
  Dates ends;
  for (const absl::string_view part : {parts.first, parts.second}) {
    if (part.empty()) {
      ends.push_back(std::nullopt);
      continue;
    }
    ANNALS_ASSIGN_OR_RETURN(EdtfDate date, ParseEdtfDate(part));
    ends.push_back(std::move(date));
  }
  if (!ends[0] && !ends[1]) {
    return RefuseDate(text, "says nothing; leave the date out, or state an end", "[..2026-01-31]");
  }
  ANNALS_RETURN_IF_ERROR(CheckEndsInOrder(ends, "[", kOpen, "]"));
  return ends;
}

absl::StatusOr<Dates> ParseList(absl::string_view text) {
  ANNALS_ASSIGN_OR_RETURN(const absl::string_view inner, Bracketed(text));
  Dates members;
  for (const absl::string_view member : absl::StrSplit(inner, ',')) {
    if (member.empty()) {
      return RefuseDate(text, "has an empty place in its list", "[2026-01-08,2026-01-10]");
    }
    ANNALS_ASSIGN_OR_RETURN(EdtfDate date, ParseEdtfDate(member));
    members.push_back(std::move(date));
  }
  if (members.size() == 1) return RefuseDate(text, "is a set of one date", inner);
  return members;
}

absl::StatusOr<Dates> ParseParts(EdtfForm form, absl::string_view text) {
  switch (form) {
    case EdtfForm::kInterval:
      return ParseInterval(text);
    case EdtfForm::kRange:
      return ParseRange(text);
    case EdtfForm::kList:
      return ParseList(text);
    case EdtfForm::kDate:
      break;
  }
  return ParseDate(text);
}

// ---- Its bounds ---------------------------------------------------------------

uint32_t WideningOf(EdtfQualifier qualifier, const QualifierWidths& widths) {
  switch (qualifier) {
    case EdtfQualifier::kUncertain:
      return widths.uncertain;
    case EdtfQualifier::kApproximate:
      return widths.approximate;
    case EdtfQualifier::kUncertainAndApproximate:
      return widths.uncertain_and_approximate;
    case EdtfQualifier::kNone:
      break;
  }
  return 0;
}

// An absent end is open: it bounds nothing.
absl::StatusOr<TimeBounds> ResolvePart(const std::optional<EdtfDate>& date, const HomeZone& zone,
                                       const QualifierWidths& widths) {
  if (!date) return TimeBounds();
  return ResolveDate(*date, zone, WideningOf(date->qualifier, widths));
}

absl::StatusOr<TimeBounds> ResolveEnds(EdtfForm form, const Dates& ends, const HomeZone& zone,
                                       const QualifierWidths& widths) {
  ANNALS_ASSIGN_OR_RETURN(const TimeBounds first, ResolvePart(ends[0], zone, widths));
  ANNALS_ASSIGN_OR_RETURN(const TimeBounds last, ResolvePart(ends[1], zone, widths));
  if (last.latest < first.earliest) {
    return absl::InvalidArgumentError(absl::StrCat("\"", ends[1]->text, "\" is over before \"",
                                                   ends[0]->text, "\" begins, in ", zone.name(),
                                                   "; put the earlier of the two first"));
  }
  if (form == EdtfForm::kInterval && ends[0]) return first;
  return TimeBounds{first.earliest, last.latest};
}

absl::StatusOr<TimeBounds> ResolveMembers(const Dates& members, const HomeZone& zone,
                                          const QualifierWidths& widths) {
  TimeBounds all = {Instant::End(), Instant::Beginning()};
  for (const std::optional<EdtfDate>& member : members) {
    ANNALS_ASSIGN_OR_RETURN(const TimeBounds bounds, ResolvePart(member, zone, widths));
    all.earliest = std::min(all.earliest, bounds.earliest);
    all.latest = std::max(all.latest, bounds.latest);
  }
  return all;
}

}  // namespace

absl::StatusOr<Edtf> Edtf::Parse(absl::string_view text) {
  const absl::Status checked = CheckText(text);
  if (!checked.ok()) return Annotate(checked, absl::StrCat("date ", InQuotes(text)));
  Edtf edtf;
  edtf.text_ = std::string(text);
  edtf.form_ = FormOf(text);
  absl::StatusOr<Dates> dates = ParseParts(edtf.form_, text);
  if (!dates.ok()) return Annotate(dates.status(), absl::StrCat("date ", InQuotes(text)));
  edtf.dates_ = *std::move(dates);
  return edtf;
}

absl::StatusOr<TimeBounds> Edtf::Resolve(const HomeZone& zone,
                                         const QualifierWidths& widths) const {
  const bool has_ends = form_ == EdtfForm::kInterval || form_ == EdtfForm::kRange;
  const absl::StatusOr<TimeBounds> bounds =
      has_ends ? ResolveEnds(form_, dates_, zone, widths) : ResolveMembers(dates_, zone, widths);
  if (!bounds.ok()) return Annotate(bounds.status(), absl::StrCat("date ", InQuotes(text_)));
  return bounds;
}

absl::StatusOr<Instant> ParseAsOfDate(absl::string_view text, const HomeZone& zone) {
  ANNALS_ASSIGN_OR_RETURN(const Edtf edtf, Edtf::Parse(text));
  const EdtfDate& last = edtf.dates_.back() ? *edtf.dates_.back() : *edtf.dates_.front();
  if (edtf.form_ != EdtfForm::kDate || last.IsVague()) {
    return absl::InvalidArgumentError(absl::StrCat(
        InQuotes(text), edtf.form_ == EdtfForm::kDate ? " is vague" : " is several dates",
        "; an as-of question needs one date, such as \"", LastDay(last), "\""));
  }
  ANNALS_ASSIGN_OR_RETURN(const TimeBounds bounds, edtf.Resolve(zone, {}));
  return bounds.latest;
}

}  // namespace annals
