#include "tests/recovery/check_store.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/log_verifier.h"
#include "engine/proof/event_leaf.h"
#include "engine/proof/merkle_tree.h"
#include "engine/time/home_zone.h"
#include "tests/model/compare_answers.h"
#include "tests/model/naive_timeline.h"
#include "tests/model/operation.h"

namespace annals::recovery {
namespace {

using model::NaiveTimeline;

std::string Text(const Receipt& receipt) {
  return absl::StrCat(receipt.id, " at ", receipt.position.value, ", revision ", receipt.revision,
                      ", recorded at ", receipt.recorded_at.micros);
}

// The log as it is, held against what the journal says it may be.
class Replay {
 public:
  Replay(absl::string_view timeline, const Journal& journal)
      : journal_(journal),
        naive_(std::string(timeline), *HomeZone::Load("UTC"), QualifierWidths()) {
    for (size_t i = 0; i < journal.attempts().size(); ++i) {
      for (const v1::Event& event : journal.attempts()[i].request.events) {
        attempt_of_[event.id()] = i;
      }
    }
  }

  const NaiveTimeline& naive() const { return naive_; }

  // The next event of the log.
  std::string Take(const v1::Event& stored) {
    if (naive_.head() < stored.position()) {
      const std::string wrong = TakeAttempt(stored);
      if (!wrong.empty()) return wrong;
    }
    if (stored.position() == 0 || stored.position() > naive_.head()) {
      return absl::StrCat("position ", stored.position(), " isn't dense\n");
    }
    const auto& fact = naive_.facts()[stored.position() - 1];
    const std::string ours = model::EventText(model::Recorded(fact, naive_));
    const std::string theirs = model::EventText(stored);
    ++taken_;
    if (ours == theirs) return "";
    return absl::StrCat("at ", stored.position(), " there should be\n  ", ours, "but there is\n  ",
                        theirs);
  }

  // Once the log has ended.
  std::string CheckEnd() const {
    if (taken_ != naive_.head()) {
      return absl::StrCat("an append is there in part: the log ends at ", taken_, ", not at ",
                          naive_.head(), "\n");
    }
    for (size_t i = 0; i < journal_.attempts().size(); ++i) {
      const Attempt& attempt = journal_.attempts()[i];
      if (!attempt.is_acknowledged) continue;
      if (!done_.contains(i)) {
        return absl::StrCat("LOST: the acknowledged append of \"", attempt.request.events[0].id(),
                            "\" at position ", attempt.receipts[0].position.value, "\n");
      }
      const std::string wrong = CheckReceipts(attempt);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

 private:
  std::string TakeAttempt(const v1::Event& stored) {
    const auto found = attempt_of_.find(stored.id());
    if (found == attempt_of_.end()) {
      return absl::StrCat("no one appended \"", stored.id(), "\", at ", stored.position(), "\n");
    }
    if (!done_.insert(found->second).second) {
      return absl::StrCat("\"", stored.id(), "\" is there again, at ", stored.position(), "\n");
    }
    const Instant recorded_at = {stored.recorded_at().seconds() * 1'000'000 +
                                 stored.recorded_at().nanos() / 1'000};
    const auto verdict = naive_.Append(journal_.attempts()[found->second].request, recorded_at);
    if (verdict.refusals.empty()) return "";
    return absl::StrCat("\"", stored.id(), "\", at ", stored.position(),
                        ", should have been refused there\n");
  }

  std::string CheckReceipts(const Attempt& attempt) const {
    for (const Receipt& receipt : attempt.receipts) {
      const model::Fact* fact = naive_.Find(receipt.id);
      if (fact == nullptr) return absl::StrCat("LOST: \"", receipt.id, "\"\n");
      const Receipt ours = {receipt.id, {fact->position}, fact->revision, fact->recorded_at};
      if (Text(ours) != Text(receipt)) {
        return absl::StrCat("acknowledged was ", Text(receipt), ", but there is ", Text(ours),
                            "\n");
      }
    }
    return "";
  }

  const Journal& journal_;
  NaiveTimeline naive_;
  std::map<std::string, size_t> attempt_of_;
  std::set<size_t> done_;
  uint64_t taken_ = 0;
};

// A projection that can't go on says so by another code, and why in its message.
bool TellsOfDataLoss(const absl::Status& status) {
  return absl::IsDataLoss(status) || absl::StrContains(status.message(), "DATA_LOSS: ") ||
         absl::StrContains(status.message(), "It was: Corruption: ");
}

// What may come instead of an answer.
struct Patience {
  bool with_data_loss = false;

  // "" if it may.
  std::string Judge(const absl::Status& status, absl::string_view what) const {
    if (with_data_loss && TellsOfDataLoss(status)) return "";
    return absl::StrCat(what, ": ", status.ToString(), "\n");
  }
};

std::string CheckReceived(Store* store, absl::string_view timeline, const Journal& journal,
                          Patience patience) {
  const auto reader = store->log().ReadBytesAfter(timeline, {0});
  if (!reader.ok()) return patience.Judge(reader.status(), "reading bytes");
  std::map<uint64_t, std::string> stored;
  while ((*reader)->Next()) {
    const absl::string_view bytes = (*reader)->bytes();
    stored[(*reader)->position().value] = std::string(bytes);
  }
  if (!(*reader)->status().ok()) return patience.Judge((*reader)->status(), "reading bytes");
  for (const Received& each : journal.received()) {
    const auto found = stored.find(each.position);
    if (found == stored.end() || found->second != each.bytes) {
      return absl::StrCat("a subscriber received another event at ", each.position,
                          " than the log holds\n");
    }
  }
  return "";
}

// Whoever received the events up to some position can compute what the tree's root was
// there. What the store has now must begin with that.
std::string CheckTree(Store* store, absl::string_view timeline, const Journal& journal,
                      uint64_t head, Patience patience) {
  MerkleEdge kept;
  for (const Received& each : journal.received()) {
    if (each.position != kept.size() + 1) continue;
    const auto leaf = EventLeafHash(each.bytes);
    if (!leaf.ok())
      return absl::StrCat("what was received has no leaf: ", leaf.status().message(), "\n");
    kept.Append(*leaf, [](NodeId, const TreeHash&) {});
  }
  if (kept.size() == 0) return "";
  const auto nodes = store->log().TreeNodes(timeline);
  if (!nodes.ok()) return patience.Judge(nodes.status(), "the tree");
  const auto root = RootOf(head, *nodes);
  if (!root.ok()) return patience.Judge(root.status(), "the root");
  const auto path = ProveConsistency(kept.size(), head, *nodes);
  if (!path.ok()) return patience.Judge(path.status(), "consistency");
  const absl::Status consistent = VerifyConsistency(kept.size(), head, kept.Root(), *root, *path);
  if (consistent.ok()) return "";
  return absl::StrCat("the checkpoint of ", kept.size(), " events isn't consistent with that of ",
                      head, ": ", consistent.message(), "\n");
}

// As of now and as of everything, from the head and from halfway.
std::string CheckViews(Store* store, const NaiveTimeline& naive, Patience patience) {
  const absl::Status caught_up = store->projections().WaitFor(naive.name(), {naive.head()});
  if (!caught_up.ok()) return patience.Judge(caught_up, "projecting");
  const Instant last = naive.facts().back().recorded_at;
  const std::vector<PinnedAsOf> moments = {
      {.valid = Instant::End(), .known = Instant::End(), .position = {naive.head()}},
      {.valid = last, .known = last, .position = {(naive.head() + 1) / 2}},
  };
  for (const PinnedAsOf& as_of : moments) {
    for (const View& view : store->domains().front().views) {
      model::Operation question;
      question.kind = model::Operation::Kind::kAsOf;
      question.timeline = naive.name();
      question.view = view.name;
      question.as_of = as_of;
      question.limit = 1000;
      const std::string wrong = CompareAsOf(store->queries(), naive, question, view);
      if (wrong.empty()) continue;
      // Was it an answer? What fails once fails from then on.
      const auto result = store->queries().AsOf(naive.name(), view.name, as_of, question.limit);
      if (!result.ok() && patience.Judge(result.status(), view.name).empty()) continue;
      return absl::StrCat("view ", view.name, ":\n", wrong);
    }
  }
  return "";
}

std::string Check(Store* store, absl::string_view timeline, const Journal& journal,
                  Patience patience) {
  const auto verified = VerifyLog(store->folder(), store->log(), [](const VerifyReport&) {});
  if (!verified.ok()) {
    const std::string wrong = patience.Judge(verified.status(), "verifying");
    if (!wrong.empty()) return wrong;
  }
  Replay replay(timeline, journal);
  const auto reader = store->log().ReadAfter(timeline, {0});
  absl::Status read = reader.status();
  if (reader.ok()) {
    while ((*reader)->Next()) {
      const std::string wrong = replay.Take((*reader)->event());
      if (!wrong.empty()) return wrong;
    }
    read = (*reader)->status();
  }
  if (absl::IsNotFound(read)) read = absl::OkStatus();  // The timeline isn't made yet.
  if (!read.ok()) {
    // A check of everything must not have overlooked what a reader came upon.
    if (verified.ok()) return absl::StrCat("not verified: ", read.ToString(), "\n");
    return patience.Judge(read, "reading");
  }
  std::string wrong = replay.CheckEnd();
  if (wrong.empty() && replay.naive().head() == 0 && journal.received().empty()) return "";
  if (wrong.empty()) wrong = CheckReceived(store, timeline, journal, patience);
  const uint64_t head = replay.naive().head();
  if (wrong.empty()) wrong = CheckTree(store, timeline, journal, head, patience);
  if (wrong.empty()) wrong = CheckViews(store, replay.naive(), patience);
  return wrong;
}

}  // namespace

std::string CheckStore(Store* store, absl::string_view timeline, const Journal& journal) {
  return Check(store, timeline, journal, {});
}

std::string CheckAnswers(Store* store, absl::string_view timeline, const Journal& journal) {
  return Check(store, timeline, journal, {.with_data_loss = true});
}

}  // namespace annals::recovery
