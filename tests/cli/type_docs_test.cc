#include "cli/type_docs.h"

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/timeline.pb.h"
#include "proto/venezuela/v1/release.pb.h"

namespace annals {
namespace {

TEST(TypeDocsTest, TellsWhatTheProtoFileSaysOfAType) {
  EXPECT_EQ(FirstSentenceAbout(*v1::SourceRegistered::descriptor()),
            "Registers a source, so that events can cite it.");
  EXPECT_EQ(FirstSentenceAbout(*venezuela::v1::ReleaseAnnounced::descriptor()),
            "An authority announced that prisoners would be released.");
}

TEST(TypeDocsTest, KnowsNothingOfOtherTypes) {
  EXPECT_EQ(FirstSentenceAbout(*google::protobuf::DescriptorProto::descriptor()), "");
}

}  // namespace
}  // namespace annals
