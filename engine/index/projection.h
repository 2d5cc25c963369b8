// Projection: a pure function of one event, and the measures that it feeds.
//
//   Projection{.name = "venezuela.releases", .version = 1,
//              .measures = {{"people", MeasureKind::kSet, {"country"}}},
//              .project = ProjectReleases}
#ifndef ANNALS_ENGINE_INDEX_PROJECTION_H_
#define ANNALS_ENGINE_INDEX_PROJECTION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/key.h"
#include "engine/base/quantity.h"
#include "engine/time/causality.h"
#include "google/protobuf/message.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/value.pb.h"

namespace annals {

enum class MeasureKind {
  kTally,     // (group, quantity); its value is the sum.
  kRegister,  // (key, value); its value is the latest contribution's.
  kSet,       // (group, member); its value is the distinct members.
};

// "tally", "register" or "set".
absl::string_view KindName(MeasureKind kind);

// What contributions are added up to.
struct Measure {
  std::string name;  // Unique within its projection.
  MeasureKind kind;
  std::vector<std::string> key_names;  // Of the group's or key's elements.
};

// Names a measure across projections.
struct MeasureRef {
  std::string projection;
  std::string measure;

  friend auto operator<=>(const MeasureRef&, const MeasureRef&) = default;
};

// An event as a projection sees it: its payload decoded once for all of them.
struct ProjectedEvent {
  const v1::Event& event;
  // Null: a retraction without one; or it was redacted. Sensitive fields are empty.
  const google::protobuf::Message* payload;
  EventTimes times;

  // The payload, if it is a `T`; otherwise null.
  template <typename T>
  const T* As() const {
    if (payload == nullptr || payload->GetDescriptor() != T::descriptor()) return nullptr;
    return static_cast<const T*>(payload);
  }

  // When it occurred, as a register's value: the text as stated, and the
  // bounds after causality.
  v1::Value OccurredValue() const;
};

// One thing that an event says. Which of the last three counts depends on the
// measure's kind.
struct Contribution {
  size_t measure = 0;  // Index into Projection::measures.
  Key key;             // As long as the measure's key_names.
  Quantity quantity;   // kTally
  v1::Value value;     // kRegister
  std::string member;  // kSet
};

// Where a projection puts its contributions. Not thread-safe.
class Contributions {
 public:
  explicit Contributions(const std::vector<Measure>* measures) : measures_(measures) {}

  // An unknown measure, another kind, a key of another length, a value that is
  // not set or a member without a name is a bug of the projection: it is
  // remembered, and fails the projection on this event.
  void Tally(absl::string_view measure, Key group, const Quantity& quantity);
  void Register(absl::string_view measure, Key key, v1::Value value);
  void Member(absl::string_view measure, Key group, std::string member);

  const std::vector<Contribution>& all() const { return all_; }
  const absl::Status& status() const { return status_; }
  // Forgets them, and what failed.
  void Clear() {
    all_.clear();
    status_ = absl::OkStatus();
  }

 private:
  Contribution* Add(absl::string_view measure, MeasureKind kind, Key key);
  void Fail(absl::Status status);

  const std::vector<Measure>* measures_;
  std::vector<Contribution> all_;
  absl::Status status_;
};

// The function must be pure: the same event gives the same contributions on
// every machine, for ever, or `version` is raised. It sees no state, no clock
// and no other event; lateness, uncertainty and corrections are the engine's.
// An error stops this projection, and this one alone, at that event.
struct Projection {
  std::string name;      // Unique in the program.
  uint32_t version = 1;  // Another version is built from the log anew.
  std::vector<Measure> measures;
  std::function<absl::Status(const ProjectedEvent&, Contributions*)> project;
};

// Quantities, texts, dates and flags as register values.
v1::Value QuantityValue(const Quantity& quantity);
v1::Value TextValue(absl::string_view text);
v1::Value FlagValue(bool flag);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_PROJECTION_H_
