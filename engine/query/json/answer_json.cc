#include "engine/query/json/answer_json.h"

#include "engine/base/status.h"
#include "google/protobuf/descriptor.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "proto/annals/v1/value.pb.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

MessageJson::WhenAbsent AnswerJson::IfAbsent(const FieldDescriptor& field) const {
  const auto* const owner = field.containing_type();
  if (IsOfOtherWorld(field)) return WhenAbsent::kLeftOut;
  // Nothing recorded.
  if (field.message_type() == v1::Value::descriptor()) return WhenAbsent::kNull;
  // No limit.
  if (owner == v1::Quantity::descriptor()) return WhenAbsent::kNull;
  // An answer always says how far it goes, though it be position 0.
  if (owner == v1::AsOf::descriptor()) {
    const bool is_root = field.number() == v1::AsOf::kRootHashFieldNumber;
    return is_root ? WhenAbsent::kLeftOut : WhenAbsent::kWritten;
  }
  // Zero is a count like any other.
  if (owner == v1::IndexRead::descriptor()) return WhenAbsent::kWritten;
  // The brief form of an event: what it doesn't have is left out, as in events.
  if (owner == v1::Evidence::descriptor()) return WhenAbsent::kLeftOut;
  if (field.is_repeated()) return WhenAbsent::kWritten;
  // Zero and false are answers.
  const bool is_text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  const bool is_service = owner->file() == v1::Receipt::descriptor()->file();
  return is_service && !is_text && !field.has_presence() ? WhenAbsent::kWritten
                                                         : WhenAbsent::kLeftOut;
}

bool AnswerJson::IsOfOtherWorld(const FieldDescriptor& field) const {
  if (field.containing_type() != v1::Cell::descriptor()) return false;
  return (world_ == v1::CERTAIN && field.number() == v1::Cell::kPossibleFieldNumber) ||
         (world_ == v1::POSSIBLE && field.number() == v1::Cell::kCertainFieldNumber);
}

void AnswerJson::WriteInstant(Instant instant) {
  if (instant.IsOpen()) {
    json().Raw("null");
  } else {
    json().String(FormatInstant(instant, *zone_));
  }
}

absl::StatusOr<bool> AnswerJson::WriteSpecial(const Message& message) {
  if (message.GetDescriptor() == v1::ViewResult::descriptor()) {
    world_ = static_cast<const v1::ViewResult&>(message).world();
  }
  if (message.GetDescriptor() == v1::Event::descriptor()) {
    ANNALS_RETURN_IF_ERROR(MessageJson(&json(), Unreadable::kShowBytes).Write(message));
    return true;
  }
  if (message.GetDescriptor() == v1::Date::descriptor()) {
    const v1::Date& date = static_cast<const v1::Date&>(message);
    json().BeginObject();
    json().Name("edtf");
    json().String(date.edtf());
    json().Name("earliest");
    WriteInstant({date.bounds().earliest()});
    json().Name("latest");
    WriteInstant({date.bounds().latest()});
    json().EndObject();
    return true;
  }
  return MessageJson::WriteSpecial(message);
}

}  // namespace annals
