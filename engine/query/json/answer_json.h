// AnswerJson: the answers' own JSON, in which absence is said aloud.
#ifndef ANNALS_ENGINE_QUERY_JSON_ANSWER_JSON_H_
#define ANNALS_ENGINE_QUERY_JSON_ANSWER_JSON_H_

#include "engine/query/json/message_json.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// Departs from MessageJson so that a program need not know which fields proto3
// leaves out: "nothing recorded" and "no limit" are null, lists are there when
// they are empty, zero and false too in the service's own messages, dates are
// written in `zone`. Of a view's answer in one world, the other's values are left
// out: null would say that there are none. Events keep their own form.
class AnswerJson final : public MessageJson {
 public:
  // Both must outlive it.
  AnswerJson(const HomeZone* zone, JsonWriter* json)
      : MessageJson(json, Unreadable::kShowBytes), zone_(zone) {}

 protected:
  WhenAbsent IfAbsent(const google::protobuf::FieldDescriptor& field) const override;
  absl::StatusOr<bool> WriteSpecial(const google::protobuf::Message& message) override;

 private:
  void WriteInstant(Instant instant);

  // Whether the field is a value of the world that wasn't asked for.
  bool IsOfOtherWorld(const google::protobuf::FieldDescriptor& field) const;

  const HomeZone* const zone_;
  v1::World world_ = v1::WORLD_UNSPECIFIED;  // Of the view's answer being written.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_JSON_ANSWER_JSON_H_
