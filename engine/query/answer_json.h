// AnswerJson: the answers' own JSON, in which absence is said aloud.
#ifndef ANNALS_ENGINE_QUERY_ANSWER_JSON_H_
#define ANNALS_ENGINE_QUERY_ANSWER_JSON_H_

#include "engine/query/message_json.h"
#include "engine/time/home_zone.h"

namespace annals {

// Departs from MessageJson so that a program need not know which fields proto3
// leaves out: "nothing recorded" and "no limit" are null, lists are there when
// they are empty, dates are written in `zone`. Events keep their own form.
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

  const HomeZone* const zone_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_ANSWER_JSON_H_
