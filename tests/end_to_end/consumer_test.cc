// annals consumer: a place in the feed that the store keeps from run to run.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ConsumerTest : public ::testing::Test {
 protected:
  ConsumerTest() {
    annals_.MakeNotes();
    annals_.Print({"append"},
                  SourceLine("a", "First") + SourceLine("b", "Second") + SourceLine("c", "Third"));
    annals_.Print({"consumer", "create", "mirror", "--after", "1", "--max-deliveries", "2"});
  }

  std::string Csv(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "csv"});
    return annals_.Print(arguments);
  }

  AnnalsRunner annals_;
};

TEST_F(ConsumerTest, IsMadeWithItsDefaultsFilledIn) {
  EXPECT_EQ(Csv({"consumer", "create", "rest", "--stream", "source/", "--stream", "note/"}),
            "consumer,after,visibilityMs,maxDeliveries,window,filter\r\n"
            "rest,0,30000,5,1000,stream source/ or note/\r\n");
  const Outcome again = annals_.Run({"consumer", "create", "rest"});
  EXPECT_EQ(again.code, 4);
  EXPECT_THAT(again.err, HasSubstr("with other settings"));
}

TEST_F(ConsumerTest, DeliversUntilItIsAcknowledged) {
  EXPECT_THAT(Csv({"consumer", "fetch", "mirror", "--limit", "2"}),
              AllOf(HasSubstr("\r\n2,"), HasSubstr("\r\n3,"), Not(HasSubstr("\r\n4,"))));
  EXPECT_EQ(Csv({"consumer", "ack", "mirror", "2", "4"}),
            "position,outcome\r\n2,done\r\n4,not held\r\n");
  EXPECT_EQ(Csv({"consumer", "list"}),
            "consumer,cursor,head,lag,leased,waiting,parked,filter\r\n"
            "mirror,2,4,2,1,0,0,\r\n");
  // Another member gets what nobody holds.
  EXPECT_THAT(Csv({"consumer", "fetch", "mirror", "--member", "b"}),
              AllOf(HasSubstr("\r\n4,"), Not(HasSubstr("\r\n3,"))));
}

TEST_F(ConsumerTest, ADeliveryIsALineOfJson) {
  const std::string line =
      annals_.Print({"consumer", "fetch", "mirror", "--limit", "1", "--format", "json"});
  EXPECT_THAT(line,
              AllOf(HasSubstr("{\"delivery\": 1, \"leasedUntil\": \"2026-06-01T08:00:30-04:00\", "
                              "\"event\": {"),
                    HasSubstr("\"id\": \"event-a\"")));
}

TEST_F(ConsumerTest, WhatIsRefusedIsParkedAndReplayed) {
  annals_.Print({"consumer", "fetch", "mirror"});
  Csv({"consumer", "nack", "mirror", "2", "--reason", "no room"});
  EXPECT_EQ(Csv({"consumer", "parked", "mirror"}),
            "position,deliveries,parkedAt,reason\r\n2,1,2026-06-01T08:00:00-04:00,no room\r\n");
  EXPECT_EQ(Csv({"consumer", "replay", "mirror", "2"}), "position,outcome\r\n2,done\r\n");
  EXPECT_THAT(Csv({"consumer", "fetch", "mirror"}), HasSubstr("\r\n2,"));
}

TEST_F(ConsumerTest, ARetryComesAgainInItsTime) {
  annals_.Print({"consumer", "fetch", "mirror"});
  Csv({"consumer", "nack", "mirror", "2", "--retry-ms", "5000"});
  EXPECT_THAT(Csv({"consumer", "fetch", "mirror"}), Not(HasSubstr("\r\n2,")));
  annals_.clock().Set({annals_.clock().Now().micros + 5'000'000});
  EXPECT_THAT(Csv({"consumer", "fetch", "mirror"}), HasSubstr("\r\n2,"));
}

TEST_F(ConsumerTest, IsForgottenWhenItIsDeleted) {
  EXPECT_EQ(Csv({"consumer", "delete", "mirror"}), "consumer,what\r\nmirror,deleted\r\n");
  const Outcome outcome = annals_.Run({"consumer", "fetch", "mirror"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("no consumer \"mirror\""));
}

TEST_F(ConsumerTest, ACommandLineThatMakesNoSenseIsRefused) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"consumer"},
           {"consumer", "forget"},
           {"consumer", "fetch"},
           {"consumer", "ack", "mirror"},
           {"consumer", "ack", "mirror", "-1"},
           {"consumer", "create", "x", "--window", "4294967297"}}) {
    EXPECT_EQ(annals_.Run(arguments).code, 1) << ::testing::PrintToString(arguments);
  }
}

}  // namespace
}  // namespace annals::testing
