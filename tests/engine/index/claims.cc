#include "tests/engine/index/claims.h"

#include "absl/status/status.h"
#include "engine/base/status.h"

namespace annals::testing {
namespace {

absl::Status ProjectClaims(const ProjectedEvent& event, Contributions* contributions) {
  const Claim* claim = event.As<Claim>();
  if (claim == nullptr) return absl::OkStatus();
  for (const Statement& statement : claim->statements()) {
    const Key key(statement.key().begin(), statement.key().end());
    switch (statement.what_case()) {
      case Statement::kQuantity: {
        ANNALS_ASSIGN_OR_RETURN(const Quantity quantity, Quantity::FromProto(statement.quantity()));
        contributions->Tally(statement.measure(), key, quantity);
        break;
      }
      case Statement::kText:
        contributions->Register(statement.measure(), key, TextValue(statement.text()));
        break;
      case Statement::kMember:
        contributions->Member(statement.measure(), key, statement.member());
        break;
      case Statement::kFailure:
        return absl::InternalError(statement.failure());
      case Statement::WHAT_NOT_SET:
        break;
    }
  }
  return absl::OkStatus();
}

Statement StatementOf(const std::string& measure, const Key& key) {
  Statement statement;
  statement.set_measure(measure);
  for (const std::string& element : key) statement.add_key(element);
  return statement;
}

void SetBounds(const TimeBounds& bounds, v1::Bounds* proto) {
  proto->set_earliest(bounds.earliest.micros);
  proto->set_latest(bounds.latest.micros);
}

}  // namespace

Projection ClaimsProjection(const std::string& name, uint32_t version) {
  return {.name = name,
          .version = version,
          .measures = {{"count", MeasureKind::kTally, {"group"}},
                       {"status", MeasureKind::kRegister, {"place", "topic"}},
                       {"people", MeasureKind::kSet, {"group"}}},
          .project = ProjectClaims};
}

PayloadTypes ClaimTypes() {
  PayloadTypes types;
  const absl::Status added = types.AddDomain(kDomain, {Claim::descriptor()});
  if (!added.ok()) abort();
  return types;
}

Statement Count(const std::string& group, const Quantity& quantity) {
  Statement statement = StatementOf("count", {group});
  *statement.mutable_quantity() = quantity.ToProto();
  return statement;
}

Statement Status(const std::string& place, const std::string& topic, const std::string& text) {
  Statement statement = StatementOf("status", {place, topic});
  statement.set_text(text);
  return statement;
}

Statement Person(const std::string& group, const std::string& member) {
  Statement statement = StatementOf("people", {group});
  statement.set_member(member);
  return statement;
}

Statement Failure(const std::string& reason) {
  Statement statement;
  statement.set_failure(reason);
  return statement;
}

v1::Event Stating(TimeBounds occurred, TimeBounds known, const std::vector<Statement>& statements) {
  v1::Event event;
  Claim claim;
  for (const Statement& statement : statements) *claim.add_statements() = statement;
  event.mutable_payload()->PackFrom(claim);
  SetBounds(occurred, event.mutable_occurred_bounds());
  SetBounds(known, event.mutable_known_bounds());
  return event;
}

v1::Event Superseding(v1::Event event, const std::vector<uint64_t>& targets) {
  event.mutable_correction()->set_kind(v1::Correction::SUPERSEDES);
  for (const uint64_t target : targets) event.mutable_correction()->add_target_positions(target);
  return event;
}

v1::Event Retracting(TimeBounds known, const std::vector<uint64_t>& targets) {
  v1::Event event = Superseding(Stating(Between(0, known.latest.micros), known, {}), targets);
  event.mutable_correction()->set_kind(v1::Correction::RETRACTS);
  event.clear_payload();
  return event;
}

}  // namespace annals::testing
