#include "server/rest/question_resources.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/query/near_names.h"
#include "engine/render/json_text.h"
#include "engine/render/reads.h"
#include "engine/render/reasons.h"
#include "engine/render/view_tables.h"
#include "proto/annals/v1/service.pb.h"

namespace annals::rest {
namespace {

using Names = Parameters::CoordinateNames;

Names FromNames() { return {"from", "known_from", "position_from"}; }
Names ToNames() { return {"to", "known_to", "position_to"}; }

// The number of a parameter that a field of 32 bits takes.
absl::StatusOr<std::optional<uint32_t>> Count(const Inquiry& inquiry, absl::string_view name) {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint64_t> number,
                          inquiry.parameters.Number(name, UINT32_MAX));
  if (!number.has_value()) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

// {"views": [...]}: messages gathered in an object.
template <typename Messages>
std::string Gathered(const std::string& name, const Messages& messages, const HomeZone& zone) {
  std::vector<std::string> texts;
  for (const auto& message : messages) texts.push_back(AnswerToJson(message, zone, {}));
  return JsonObject({{name, JsonArray(texts, false)}}, false);
}

// --- A view, or all of them, as of a date -----------------------------------------

absl::StatusOr<v1::World> WorldAskedFor(const Inquiry& inquiry) {
  const std::string world = inquiry.parameters.TextOr("world");
  if (world.empty()) return v1::WORLD_UNSPECIFIED;
  if (world == "certain") return v1::CERTAIN;
  if (world == "possible") return v1::POSSIBLE;
  return absl::InvalidArgumentError(
      absl::StrCat("the world ", Quoted(world), " is none; ",
                   DescribeChoice("the worlds are", world, {"certain", "possible"})));
}

absl::StatusOr<v1::AsOfRequest> AsOfRequest(const Inquiry& inquiry) {
  v1::AsOfRequest asked;
  asked.set_timeline(inquiry.timeline());
  if (!inquiry.view().empty()) asked.add_views(inquiry.view());
  ANNALS_RETURN_IF_ERROR(inquiry.parameters.ReadQuestion({}, asked.mutable_as_of()));
  ANNALS_ASSIGN_OR_RETURN(const v1::World world, WorldAskedFor(inquiry));
  asked.set_world(world);
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint32_t> evidence, Count(inquiry, "max_evidence"));
  if (evidence.has_value()) asked.set_max_evidence(*evidence);
  return asked;
}

absl::StatusOr<Answer> AsOf(const Inquiry& inquiry) {
  ANNALS_ASSIGN_OR_RETURN(const v1::AsOfRequest asked, AsOfRequest(inquiry));
  ANNALS_ASSIGN_OR_RETURN(const v1::AsOfResponse response, inquiry.service.AsOf(asked));
  ANNALS_ASSIGN_OR_RETURN(const HomeZone zone, inquiry.Zone());
  const bool is_one = asked.views_size() == 1;
  Answer answer = AnswerAsOf(inquiry, response.as_of());
  ANNALS_ASSIGN_OR_RETURN(answer.body, Written(
                                           inquiry.form,
                                           [&] {
                                             return is_one
                                                        ? AnswerToJson(response.views(0), zone, {})
                                                        : Gathered("views", response.views(), zone);
                                           },
                                           [&]() -> absl::StatusOr<Table> {
                                             return is_one
                                                        ? ViewForPrograms(response.views(0), zone)
                                                        : ViewsForPrograms(response.views(), zone);
                                           }));
  return answer;
}

// --- What changed -------------------------------------------------------------------

std::vector<std::pair<std::string, std::string>> Pins(const Names& names, const v1::AsOf& as_of) {
  return {{names.valid, as_of.valid()},
          {names.known, as_of.known()},
          {names.position, absl::StrCat(as_of.position())}};
}

absl::StatusOr<Answer> Diff(const Inquiry& inquiry) {
  v1::DiffRequest asked;
  asked.set_timeline(inquiry.timeline());
  if (!inquiry.view().empty()) asked.add_views(inquiry.view());
  ANNALS_RETURN_IF_ERROR(inquiry.parameters.ReadQuestion(FromNames(), asked.mutable_from()));
  ANNALS_RETURN_IF_ERROR(inquiry.parameters.ReadQuestion(ToNames(), asked.mutable_to()));
  ANNALS_ASSIGN_OR_RETURN(const v1::DiffResponse response, inquiry.service.Diff(asked));
  ANNALS_ASSIGN_OR_RETURN(const HomeZone zone, inquiry.Zone());
  std::vector<std::pair<std::string, std::string>> pins = Pins(FromNames(), response.from());
  for (auto& pin : Pins(ToNames(), response.to())) pins.push_back(std::move(pin));
  const bool pinned =
      inquiry.parameters.ArePinned(FromNames()) && inquiry.parameters.ArePinned(ToNames());
  Answer answer = pinned ? PinnedAnswer(inquiry) : ChangingAnswer(inquiry, std::move(pins));
  answer.root_hashes = {response.from().root_hash(), response.to().root_hash()};
  ANNALS_ASSIGN_OR_RETURN(
      answer.body,
      Written(
          inquiry.form,
          [&] {
            return asked.views_size() == 1 ? AnswerToJson(response.diffs(0), zone, {})
                                           : Gathered("diffs", response.diffs(), zone);
          },
          [&]() -> absl::StatusOr<Table> { return ChangesForPrograms(response.diffs(), zone); }));
  return answer;
}

// --- Step by step ---------------------------------------------------------------------

absl::StatusOr<v1::HistoryRequest> HistoryRequest(const Inquiry& inquiry) {
  v1::HistoryRequest asked;
  asked.set_timeline(inquiry.timeline());
  asked.set_view(inquiry.view());
  asked.set_from(inquiry.parameters.TextOr("from"));
  asked.set_to(inquiry.parameters.TextOr("to"));
  asked.set_step(inquiry.parameters.TextOr("step"));
  const std::string axis = inquiry.parameters.TextOr("axis");
  if (axis == "known") {
    asked.set_axis(v1::HistoryRequest::KNOWN);
  } else if (!axis.empty() && axis != "valid") {
    return absl::InvalidArgumentError(
        absl::StrCat("the axis ", Quoted(axis), " is none; ",
                     DescribeChoice("the axes are", axis, {"valid", "known"})));
  }
  ANNALS_RETURN_IF_ERROR(inquiry.parameters.ReadQuestion({}, asked.mutable_as_of()));
  return asked;
}

// What stays fixed is pinned by its value, the steps' ends by theirs where they were
// said to be now.
Answer AnswerOverTime(const Inquiry& inquiry, const v1::HistoryRequest& asked,
                      const v1::HistoryResult& result) {
  const bool along_known = asked.axis() == v1::HistoryRequest::KNOWN;
  const v1::AsOf& first = result.points(0).as_of();
  const v1::AsOf& last = result.points().rbegin()->as_of();
  const auto step = [&](const v1::AsOf& as_of) {
    return along_known ? as_of.known() : as_of.valid();
  };
  const std::string fixed = along_known ? asked.as_of().valid() : asked.as_of().known();
  const bool pinned = asked.from() != "now" && asked.to() != "now" && !fixed.empty() &&
                      fixed != "now" && asked.as_of().has_position();
  if (pinned) return PinnedAnswer(inquiry);
  std::vector<std::pair<std::string, std::string>> pins = {
      {along_known ? "valid" : "known", along_known ? first.valid() : first.known()},
      {"position", absl::StrCat(first.position())}};
  if (asked.from() == "now") pins.emplace_back("from", step(first));
  if (asked.to() == "now") pins.emplace_back("to", step(last));
  return ChangingAnswer(inquiry, std::move(pins));
}

absl::StatusOr<Answer> History(const Inquiry& inquiry) {
  ANNALS_ASSIGN_OR_RETURN(const v1::HistoryRequest asked, HistoryRequest(inquiry));
  ANNALS_ASSIGN_OR_RETURN(const v1::HistoryResult result, inquiry.service.History(asked));
  ANNALS_ASSIGN_OR_RETURN(const HomeZone zone, inquiry.Zone());
  if (result.points().empty()) return absl::InternalError("a history without a step");
  Answer answer = AnswerOverTime(inquiry, asked, result);
  answer.root_hashes = {result.points().rbegin()->as_of().root_hash()};
  ANNALS_ASSIGN_OR_RETURN(
      answer.body,
      Written(
          inquiry.form, [&] { return AnswerToJson(result, zone, {}); },
          [&]() -> absl::StatusOr<Table> { return HistoryForPrograms(result, zone); }));
  return answer;
}

// --- Why, and how ---------------------------------------------------------------------

absl::StatusOr<Answer> Why(const Inquiry& inquiry) {
  v1::WhyRequest asked;
  asked.set_timeline(inquiry.timeline());
  asked.set_view(inquiry.view());
  for (std::string& key : inquiry.parameters.Texts("key")) asked.add_key(std::move(key));
  ANNALS_RETURN_IF_ERROR(inquiry.parameters.ReadQuestion({}, asked.mutable_as_of()));
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint64_t> after, inquiry.parameters.Number("after"));
  asked.set_after(after.value_or(0));
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint32_t> limit, Count(inquiry, "limit"));
  asked.set_limit(limit.value_or(0));
  ANNALS_ASSIGN_OR_RETURN(const v1::WhyResponse response, inquiry.service.Why(asked));
  ANNALS_ASSIGN_OR_RETURN(const HomeZone zone, inquiry.Zone());
  Answer answer = AnswerAsOf(inquiry, response.as_of());
  ANNALS_ASSIGN_OR_RETURN(
      answer.body,
      Written(
          inquiry.form, [&] { return Gathered("reasons", response.reasons(), zone); },
          [&]() -> absl::StatusOr<Table> { return ReasonsTable(response.reasons()); }));
  return answer;
}

// How long it took is another answer every time.
absl::StatusOr<Answer> Explain(const Inquiry& inquiry) {
  v1::ExplainRequest asked;
  asked.set_timeline(inquiry.timeline());
  asked.set_view(inquiry.view());
  for (std::string& key : inquiry.parameters.Texts("key")) asked.add_key(std::move(key));
  ANNALS_RETURN_IF_ERROR(inquiry.parameters.ReadQuestion({}, asked.mutable_as_of()));
  ANNALS_ASSIGN_OR_RETURN(const v1::ExplainResult result, inquiry.service.Explain(asked));
  ANNALS_ASSIGN_OR_RETURN(const HomeZone zone, inquiry.Zone());
  Answer answer{.form = inquiry.form};
  ANNALS_ASSIGN_OR_RETURN(answer.body,
                          Written(
                              inquiry.form, [&] { return AnswerToJson(result, zone, {}); },
                              [&]() -> absl::StatusOr<Table> { return ReadsTable(result); }));
  return answer;
}

}  // namespace

void AddQuestionResources(const ResourceContext& context, http::Router* router) {
  const std::string timeline = "/v1/timelines/{timeline}";
  const std::string view = timeline + "/views/{view}";
  const std::vector<std::string> as_of = WithCoordinates({"world", "max_evidence"});
  const std::vector<std::string> diff = {"from", "known_from", "position_from",
                                         "to",   "known_to",   "position_to"};
  AddResource({.pattern = view, .parameters = as_of, .answer = AsOf}, context, router);
  AddResource({.pattern = timeline + "/as-of", .parameters = as_of, .answer = AsOf}, context,
              router);
  AddResource({.pattern = timeline + "/diff", .parameters = diff, .answer = Diff}, context, router);
  AddResource({.pattern = view + "/diff", .parameters = diff, .answer = Diff}, context, router);
  AddResource({.pattern = view + "/history",
               .parameters = WithCoordinates({"from", "to", "step", "axis"}),
               .answer = History},
              context, router);
  AddResource({.pattern = view + "/why",
               .parameters = WithCoordinates({"after", "limit"}),
               .repeated = {"key"},
               .answer = Why},
              context, router);
  AddResource({.pattern = view + "/explain",
               .parameters = WithCoordinates(),
               .repeated = {"key"},
               .answer = Explain},
              context, router);
}

}  // namespace annals::rest
