#include "engine/query/verbs/catalog.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/query/near_names.h"
#include "engine/query/verbs/corrections.h"
#include "proto/annals/v1/erasure.pb.h"
#include "proto/annals/v1/timeline.pb.h"

namespace annals {
namespace {

// What to say of a domain that the program lacks: a store may be opened by
// another program than the one that wrote it.
std::string MissingDomain(const std::vector<Domain>& domains, absl::string_view domain) {
  const bool here =
      domain.empty() || std::any_of(domains.begin(), domains.end(),
                                    [&](const Domain& d) { return d.name == domain; });
  if (here) return "";
  return absl::StrCat(" (its domain \"", domain, "\" isn't part of this program)");
}

absl::Status Shared(absl::string_view what, absl::string_view name) {
  return absl::InvalidArgumentError(
      absl::StrCat("two ", what, " share the name \"", name, "\"; rename one of them"));
}

}  // namespace

std::vector<const Domain*> Catalog::DomainsOf(absl::string_view domain) const {
  std::vector<const Domain*> found;
  for (const Domain& candidate : *domains_) {
    if (candidate.name == domain) found.push_back(&candidate);
  }
  for (const Domain& candidate : *domains_) {
    if (candidate.name.empty() && !domain.empty()) found.push_back(&candidate);
  }
  return found;
}

std::vector<const View*> Catalog::Views(absl::string_view domain) const {
  std::vector<const View*> views;
  for (const Domain* part : DomainsOf(domain)) {
    for (const View& view : part->views) views.push_back(&view);
  }
  return views;
}

absl::StatusOr<const View*> Catalog::FindView(absl::string_view domain,
                                              absl::string_view name) const {
  std::vector<std::string> names;
  for (const View* view : Views(domain)) {
    if (view->name == name) return view;
    names.push_back(view->name);
  }
  return absl::NotFoundError(absl::StrCat("there is no view ", Quoted(name),
                                          MissingDomain(*domains_, domain), "; ",
                                          DescribeChoice("the views are", name, names)));
}

absl::StatusOr<std::vector<std::string>> Catalog::FindTypes(absl::string_view domain,
                                                            absl::string_view name) const {
  std::vector<const google::protobuf::Descriptor*> types = {
      v1::SourceRegistered::descriptor(), v1::TimelineCreated::descriptor(),
      v1::PayloadRedacted::descriptor(), v1::SubjectForgotten::descriptor()};
  for (const Domain* part : DomainsOf(domain)) {
    types.insert(types.end(), part->types.begin(), part->types.end());
  }
  std::vector<std::string> found;
  std::vector<std::string> names;
  for (const google::protobuf::Descriptor* type : types) {
    names.push_back(type->full_name());
    if (type->full_name() == name || type->name() == name) found.push_back(type->full_name());
  }
  if (!found.empty()) return found;
  return absl::NotFoundError(absl::StrCat("there is no event type ", Quoted(name),
                                          MissingDomain(*domains_, domain), "; ",
                                          DescribeChoice("the types are", name, names)));
}

std::vector<const Projection*> Catalog::Projections(absl::string_view domain) const {
  std::vector<const Projection*> projections = {&CorrectionsProjection()};
  for (const Domain* part : DomainsOf(domain)) {
    for (const Projection& projection : part->projections) projections.push_back(&projection);
  }
  return projections;
}

absl::Status Catalog::Check() const {
  std::set<std::string> domains;
  std::set<std::string> projections = {CorrectionsProjection().name};
  for (const Domain& domain : *domains_) {
    if (!domains.insert(domain.name).second) return Shared("domains", domain.name);
    for (const Projection& projection : domain.projections) {
      if (!projections.insert(projection.name).second) {
        return Shared("projections", projection.name);
      }
    }
  }
  for (const Domain& domain : *domains_) {
    std::set<std::string> views;
    for (const View* view : Views(domain.name)) {
      if (!views.insert(view->name).second) {
        return Annotate(Shared("views", view->name), absl::StrCat("domain ", Quoted(domain.name)));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace annals
