#include "engine/log/payload_types.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/any.pb.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/engine/log/test_payloads.pb.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::Note;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class PayloadTypesTest : public ::testing::Test {
 protected:
  PayloadTypesTest() { EXPECT_OK(types_.AddDomain("test", {Note::descriptor()})); }

  static google::protobuf::Any Pack(const google::protobuf::Message& message) {
    google::protobuf::Any any;
    any.PackFrom(message);
    return any;
  }

  // A note within a note, `depth` messages in all.
  static Note Nested(int depth) {
    Note note;
    Note* innermost = &note;
    for (int i = 1; i < depth; ++i) innermost = innermost->mutable_inner();
    innermost->set_text("deep");
    return note;
  }

  PayloadTypes types_;
};

TEST_F(PayloadTypesTest, DecodesTheTypesOfADomain) {
  Note note;
  note.set_text("hello");
  ASSERT_OK_AND_ASSIGN(const auto message, types_.Decode("test", Pack(note)));
  EXPECT_EQ(message->DebugString(), note.DebugString());
}

TEST_F(PayloadTypesTest, EnginesOwnTypesAreInEveryDomain) {
  EXPECT_OK(types_.Decode("", Pack(v1::TimelineCreated())));
  EXPECT_OK(types_.Decode("test", Pack(v1::SourceRegistered())));
  ASSERT_OK_AND_ASSIGN(const auto own, types_.Types(""));
  EXPECT_THAT(own, SizeIs(4));  // And those of what is erased.
  ASSERT_OK_AND_ASSIGN(const auto all, types_.Types("test"));
  EXPECT_THAT(all, SizeIs(5));
  EXPECT_TRUE(types_.HasDomain(""));
  EXPECT_TRUE(types_.HasDomain("test"));
}

TEST_F(PayloadTypesTest, UnknownDomainsAndTypesAreNamed) {
  EXPECT_FALSE(types_.HasDomain("nowhere"));
  EXPECT_THAT(types_.Types("nowhere"),
              StatusIs(StatusCode::kNotFound, AllOf(HasSubstr("nowhere"), HasSubstr("\"test\""))));
  EXPECT_THAT(types_.Decode("", Pack(Note())),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("unknown type \"annals.testing.Note\""),
                             HasSubstr("without a domain"))));
  EXPECT_THAT(types_.Decode("nowhere", Pack(Note())),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("\"nowhere\"")));
  EXPECT_THAT(types_.AddDomain("test", {}),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("test")));
}

TEST_F(PayloadTypesTest, DamagedBytesAreRefused) {
  google::protobuf::Any any = Pack(Nested(2));
  any.mutable_value()->pop_back();
  EXPECT_THAT(types_.Decode("test", any),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("cut short")));
  any.set_value("\x0a\x01\xff");
  EXPECT_THAT(types_.Decode("test", any),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("UTF-8")));
}

TEST_F(PayloadTypesTest, NestingIsBounded) {
  EXPECT_OK(types_.Decode("test", Pack(Nested(33))));
  EXPECT_THAT(types_.Decode("test", Pack(Nested(34))),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("deeper than 32")));
}

TEST_F(PayloadTypesTest, UnknownFieldsAreRefusedAtAnyDepth) {
  google::protobuf::Any any = Pack(Note());
  any.set_value(std::string("\x98\x06\x01", 3));
  EXPECT_THAT(types_.Decode("test", any),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("unknown field 99"), HasSubstr("annals.testing.Note"))));
  any.set_value(std::string("\x12\x03\x98\x06\x01", 5));
  EXPECT_THAT(types_.Decode("test", any),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("unknown field 99")));
}

TEST(TypeNameTest, IsWhatFollowsTheLastSlash) {
  EXPECT_EQ(TypeName("type.googleapis.com/a.b.C"), "a.b.C");
  EXPECT_EQ(TypeName("a.b.C"), "a.b.C");
  EXPECT_EQ(TypeName("x/y/a.b.C"), "a.b.C");
  EXPECT_EQ(TypeName(""), "");
}

}  // namespace
}  // namespace annals
