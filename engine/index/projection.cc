#include "engine/index/projection.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace annals {
absl::string_view KindName(MeasureKind kind) {
  switch (kind) {
    case MeasureKind::kTally:
      return "tally";
    case MeasureKind::kRegister:
      return "register";
    case MeasureKind::kSet:
      return "set";
  }
  return "measure of an unknown kind";
}

v1::Value ProjectedEvent::OccurredValue() const {
  v1::Value value;
  v1::Date* date = value.mutable_date();
  date->set_edtf(event.occurred());
  date->mutable_bounds()->set_earliest(times.occurred.earliest.micros);
  date->mutable_bounds()->set_latest(times.occurred.latest.micros);
  return value;
}

void Contributions::Tally(absl::string_view measure, Key group, const Quantity& quantity) {
  Contribution* added = Add(measure, MeasureKind::kTally, std::move(group));
  if (added != nullptr) added->quantity = quantity;
}

void Contributions::Register(absl::string_view measure, Key key, v1::Value value) {
  if (value.kind_case() == v1::Value::KIND_NOT_SET) {
    Fail(absl::InvalidArgumentError(absl::StrCat("register \"", measure, "\" was given no value")));
    return;
  }
  Contribution* added = Add(measure, MeasureKind::kRegister, std::move(key));
  if (added != nullptr) added->value = std::move(value);
}

void Contributions::Member(absl::string_view measure, Key group, std::string member) {
  if (member.empty()) {
    Fail(absl::InvalidArgumentError(
        absl::StrCat("set \"", measure, "\" was given a member without a name")));
    return;
  }
  Contribution* added = Add(measure, MeasureKind::kSet, std::move(group));
  if (added != nullptr) added->member = std::move(member);
}

void Contributions::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

Contribution* Contributions::Add(absl::string_view measure, MeasureKind kind, Key key) {
  for (size_t i = 0; i < measures_->size(); ++i) {
    const Measure& candidate = (*measures_)[i];
    if (candidate.name != measure) continue;
    if (candidate.kind != kind) {
      Fail(absl::InvalidArgumentError(absl::StrCat("measure \"", measure, "\" is a ",
                                                   KindName(candidate.kind), ", not a ",
                                                   KindName(kind))));
      return nullptr;
    }
    if (candidate.key_names.size() != key.size()) {
      Fail(absl::InvalidArgumentError(absl::StrCat(
          "measure \"", measure, "\" has keys of (", absl::StrJoin(candidate.key_names, ", "),
          "), and was given a key of ", key.size(), " elements")));
      return nullptr;
    }
    Contribution& added = all_.emplace_back();
    added.measure = i;
    added.key = std::move(key);
    return &added;
  }
  Fail(absl::InvalidArgumentError(absl::StrCat(
      "there is no measure \"", measure,
      "\"; there are: ", absl::StrJoin(*measures_, ", ", [](std::string* out, const Measure& m) {
        absl::StrAppend(out, m.name);
      }))));
  return nullptr;
}

v1::Value QuantityValue(const Quantity& quantity) {
  v1::Value value;
  *value.mutable_quantity() = quantity.ToProto();
  return value;
}

v1::Value TextValue(absl::string_view text) {
  v1::Value value;
  value.set_text(std::string(text));
  return value;
}

v1::Value FlagValue(bool flag) {
  v1::Value value;
  value.set_flag(flag);
  return value;
}

}  // namespace annals
