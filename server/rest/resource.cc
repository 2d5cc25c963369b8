#include "server/rest/resource.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status.h"
#include "server/http/negotiation.h"
#include "server/http/problem.h"
#include "server/rest/caller.h"

namespace annals::rest {
namespace {

using http::Awaitable;
using http::Request;
using http::Response;

std::string CacheKey(const ResourceContext& context, const Request& request, Form form) {
  return absl::StrCat(context.store->erasures ? context.store->erasures() : 0, " ",
                      static_cast<int>(form), " ", request.target);
}

absl::StatusOr<Form> FormFor(const Resource& resource, const Request& request) {
  if (!resource.is_text) return FormOf(request);
  const absl::string_view offered[] = {http::kPlainText};
  ANNALS_RETURN_IF_ERROR(http::ChooseMediaType(request.headers.Joined("Accept"), offered).status());
  return Form::kText;
}

absl::StatusOr<Response> Ask(const Resource& resource, const ResourceContext& context,
                             const Request& request) {
  ANNALS_ASSIGN_OR_RETURN(const Form form, FormFor(resource, request));
  if (form == Form::kCsv && resource.method != http::Method::kGet) {
    return http::WithHttpStatus(absl::InvalidArgumentError("this is answered with JSON alone"),
                                406);
  }
  std::vector<std::string> known = resource.parameters;
  if (!resource.is_text) known.push_back("format");
  ANNALS_ASSIGN_OR_RETURN(const Parameters parameters,
                          Parameters::Read(request, known, resource.repeated));
  GuardedService service = ServiceFor(request, context.store);
  // Before the answer: what is erased meanwhile may still be in it.
  const std::string key = CacheKey(context, request, form);
  ANNALS_ASSIGN_OR_RETURN(Answer answer, resource.answer({service, request, parameters, form}));
  const auto& is_sensitive = context.store->is_sensitive;
  if (is_sensitive && is_sensitive(request.Parameter("timeline"))) {
    answer.life = Answer::Life::kOnce;
    answer.head.reset();
  }
  Response response = ToResponse(answer);
  if (answer.life == Answer::Life::kPinned || answer.head.has_value()) {
    context.cache->Put(key, {response, answer.head});
  }
  return response;
}

// Whether what was kept is still what would be answered. Doesn't wait.
bool Holds(const AnswerCache::Kept& kept, const ResourceContext& context, const Request& request) {
  if (!kept.head.has_value()) return true;
  v1::GetTimelineRequest asked;
  asked.set_timeline(std::string(request.Parameter("timeline")));
  const absl::StatusOr<v1::Timeline> timeline = context.store->service->GetTimeline(asked);
  return timeline.ok() && timeline->head() == kept.head->value;
}

// An answer that is kept ready, if the caller may have it.
absl::StatusOr<std::optional<Response>> FindKept(const ResourceContext& context,
                                                 const Request& request, Form form) {
  std::optional<AnswerCache::Kept> kept = context.cache->Find(CacheKey(context, request, form));
  if (!kept.has_value() || !Holds(*kept, context, request)) return std::nullopt;
  GuardedService service = ServiceFor(request, context.store);
  ANNALS_RETURN_IF_ERROR(service.CheckKept(request.Parameter("timeline")));
  return std::move(kept->response);
}

// A cache that is shared would give it to those without a token.
Response ForCaller(const Request& request, Response response) {
  if (!CallerOf(request)->is_limited()) return response;
  const absl::string_view control = response.headers.Find("Cache-Control").value_or("");
  if (absl::StartsWith(control, "public")) {
    response.headers.Set("Cache-Control", absl::StrReplaceAll(control, {{"public", "private"}}));
  }
  return response;
}

}  // namespace

absl::StatusOr<HomeZone> Inquiry::Zone() const {
  v1::GetTimelineRequest asked;
  asked.set_timeline(timeline());
  ANNALS_ASSIGN_OR_RETURN(const v1::Timeline found, service.GetTimeline(asked));
  return HomeZone::Load(found.settings().home_zone());
}

void AddResource(Resource resource, const ResourceContext& context, http::Router* router) {
  const http::Method method = resource.method;
  const std::string pattern = resource.pattern;
  auto handler = [resource = std::move(resource),
                  context](const Request& request) -> Awaitable<absl::StatusOr<Response>> {
    if (resource.method == http::Method::kGet) {
      const absl::StatusOr<Form> form = FormFor(resource, request);
      if (!form.ok()) co_return form.status();
      absl::StatusOr<std::optional<Response>> kept = FindKept(context, request, *form);
      if (!kept.ok()) co_return kept.status();
      if (kept->has_value()) co_return ForCaller(request, **std::move(kept));
    }
    absl::StatusOr<Response> answer =
        co_await http::RunBlocking(*context.pool, [&] { return Ask(resource, context, request); });
    if (!answer.ok()) co_return answer;
    co_return ForCaller(request, *std::move(answer));
  };
  router->Add(method, pattern, std::move(handler));
}

Answer PinnedAnswer(const Inquiry& inquiry) {
  return {.form = inquiry.form, .life = Answer::Life::kPinned};
}

Answer ChangingAnswer(const Inquiry& inquiry,
                      std::vector<std::pair<std::string, std::string>> pins) {
  // A link is followed without the header that this form may have been chosen by.
  if (inquiry.form == Form::kCsv) pins.emplace_back("format", "csv");
  return {.form = inquiry.form,
          .life = Answer::Life::kChanging,
          .canonical = TargetWith(inquiry.request, pins)};
}

Answer AnswerAsOf(const Inquiry& inquiry, const v1::AsOf& as_of) {
  Answer answer = PinnedAnswer(inquiry);
  if (!inquiry.parameters.ArePinned({})) {
    answer = ChangingAnswer(inquiry, {{"valid", as_of.valid()},
                                      {"known", as_of.known()},
                                      {"position", absl::StrCat(as_of.position())}});
    if (inquiry.parameters.AreDated({})) answer.head = Position{as_of.position()};
  }
  answer.root_hashes = {as_of.root_hash()};
  return answer;
}

std::vector<std::string> WithCoordinates(std::vector<std::string> others) {
  others.insert(others.begin(), {"valid", "known", "position"});
  return others;
}

}  // namespace annals::rest
