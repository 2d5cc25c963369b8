// The log beside a list in memory: random appends and reopenings, every answer
// compared.
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/event_log.h"
#include "engine/log/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;

// What the log should hold, kept the plain way.
class Model {
 public:
  struct Entry {
    std::string id;
    std::string stream;
    std::string text;
    uint64_t revision;
  };

  // What appending the batch should come to.
  StatusCode Append(const std::vector<v1::Event>& batch, const std::vector<std::string>& texts,
                    const ExpectedRevision& expected) {
    for (size_t i = 0; i < batch.size(); ++i) {
      const Entry* const known = Find(entries_, batch[i].id());
      if (known != nullptr) {
        if (!Same(*known, batch[i], texts[i])) return StatusCode::kAlreadyExists;
      } else if (!expected.Admits(Revision(entries_, batch[i].stream()))) {
        return StatusCode::kAborted;
      }
    }
    std::vector<Entry> next = entries_;
    for (size_t i = 0; i < batch.size(); ++i) {
      const Entry* const known = Find(next, batch[i].id());
      if (known != nullptr) {
        if (!Same(*known, batch[i], texts[i])) return StatusCode::kAlreadyExists;
        continue;
      }
      next.push_back(
          {batch[i].id(), batch[i].stream(), texts[i], Revision(next, batch[i].stream()) + 1});
    }
    entries_ = std::move(next);
    return StatusCode::kOk;
  }

  const std::vector<Entry>& entries() const { return entries_; }

 private:
  static bool Same(const Entry& entry, const v1::Event& event, const std::string& text) {
    return entry.stream == event.stream() && entry.text == text;
  }
  static const Entry* Find(const std::vector<Entry>& entries, const std::string& id) {
    for (const Entry& entry : entries) {
      if (entry.id == id) return &entry;
    }
    return nullptr;
  }
  static uint64_t Revision(const std::vector<Entry>& entries, const std::string& stream) {
    uint64_t revision = 0;
    for (const Entry& entry : entries) revision += entry.stream == stream;
    return revision;
  }

  std::vector<Entry> entries_;
};

class ModelTest : public LogFixture, public ::testing::WithParamInterface<uint32_t> {
 protected:
  size_t Draw(size_t below) { return random_() % below; }

  ExpectedRevision DrawExpected() {
    switch (Draw(8)) {
      case 0:
        return ExpectedRevision::None();
      case 1:
        return ExpectedRevision::Exists();
      case 2:
        return ExpectedRevision::Exactly(Draw(10));
      default:
        return ExpectedRevision::Any();
    }
  }

  void AppendToBoth() {
    std::vector<v1::Event> batch;
    std::vector<std::string> texts;
    for (size_t i = 0, count = 1 + Draw(6); i < count; ++i) {
      texts.push_back(Draw(20) == 0 ? "other" : "text");
      // Ids repeat, and mostly with their own stream.
      const size_t id = Draw(400);
      batch.push_back(MakeNote(absl::StrCat("e", id), absl::StrCat("s", id % 5), texts.back()));
    }
    const ExpectedRevision expected = DrawExpected();
    const absl::Status status = Append(batch, expected).status();
    EXPECT_EQ(model_.Append(batch, texts, expected), status.code()) << status;
  }

  void Compare() {
    ASSERT_OK_AND_ASSIGN(const auto reader, log().ReadAfter("t", Position{1}));
    std::map<std::string, std::vector<std::string>> streams;
    for (const Model::Entry& entry : model_.entries()) {
      ASSERT_TRUE(reader->Next()) << reader->status();
      EXPECT_EQ(reader->event().id(), entry.id);
      EXPECT_EQ(reader->event().stream(), entry.stream);
      EXPECT_EQ(reader->event().revision(), entry.revision);
      streams[entry.stream].push_back(entry.id);
    }
    EXPECT_FALSE(reader->Next());
    EXPECT_OK(reader->status());
    for (const auto& [stream, ids] : streams) {
      EXPECT_EQ(Ids(log().ReadStream("t", stream, Position{})), ids);
    }
    EXPECT_OK(VerifyLog(folder(), log(), [](const VerifyReport&) {}));
  }

  std::mt19937 random_{GetParam()};
  Model model_;
};

TEST_P(ModelTest, LogIsLikeAList) {
  CreateTimeline();
  for (int step = 0; step < 300; ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), ", step ", step));
    AppendToBoth();
    if (step % 50 == 49) {
      ASSERT_OK(Reopen());
      Compare();
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(model_.entries().size(), 200);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, ::testing::Values(1, 2, 3));

}  // namespace
}  // namespace annals
