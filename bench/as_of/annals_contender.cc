#include "bench/as_of/annals_contender.h"

#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/as_of/benchmark_domain.h"
#include "bench/as_of/generated_log.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/index/following/projection_runner.h"
#include "engine/index/temporal_index.h"
#include "engine/log/payload_types.h"
#include "engine/query/query_engine.h"
#include "engine/storage/store_folder.h"

namespace annals::bench {
namespace {

using Seconds = std::chrono::duration<double>;

// How this process spent its time until now.
double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + t.tv_usec * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Slice SliceOf(const Question& question) {
  return {.world = WorldKind::kCertain, .valid = question.valid, .known = question.known};
}

uint32_t GroupNumber(const Key& key) {
  return static_cast<uint32_t>(std::stoul(key.front().substr(1)));
}

class AnnalsContender final : public Contender {
 public:
  explicit AnnalsContender(std::string folder) : path_(std::move(folder)) {}

  absl::StatusOr<std::string> Version() override { return std::string("Annals"); }

  absl::Status Load(const ClaimStream& claims, const Measures& measures) override {
    claims_ = std::make_unique<ClaimStream>(claims);
    domains_ = {BenchmarkDomain(measures)};
    ANNALS_RETURN_IF_ERROR(types_.AddDomain(domains_[0].name, domains_[0].types));
    // A store that an earlier run left is opened, and takes in what it lacks.
    const absl::Status created = storage::StoreFolder::Create(path_);
    if (!absl::IsAlreadyExists(created)) ANNALS_RETURN_IF_ERROR(created);
    ANNALS_ASSIGN_OR_RETURN(folder_, storage::StoreFolder::Open(path_, {}));
    log_ = std::make_unique<GeneratedLog>(claims);
    ANNALS_ASSIGN_OR_RETURN(
        runner_, ProjectionRunner::Start({}, folder_->database(), log_.get(), &types_,
                                         [this](absl::string_view domain) {
                                           std::vector<const Projection*> projections;
                                           if (domain != GeneratedLog::kDomain) return projections;
                                           for (const Projection& p : domains_[0].projections)
                                             projections.push_back(&p);
                                           return projections;
                                         }));
    queries_ = std::make_unique<QueryEngine>(log_.get(), runner_.get(), &domains_, Clock::System());
    ANNALS_RETURN_IF_ERROR(runner_->WaitFor(GeneratedLog::kTimeline, {claims.options().size}));
    ANNALS_RETURN_IF_ERROR(CheckProgress());
    ANNALS_ASSIGN_OR_RETURN(index_, runner_->Index(GeneratedLog::kTimeline));
    return absl::OkStatus();
  }

  // The engine says nothing of its background work: it is over when the process
  // has hardly used the processor for a while.
  absl::Status Settle() override {
    constexpr auto kLook = std::chrono::milliseconds(250);
    constexpr int kQuietLooks = 6;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(15);
    for (int quiet = 0; quiet < kQuietLooks;) {
      const double before = CpuSeconds();
      std::this_thread::sleep_for(kLook);
      quiet = CpuSeconds() - before < 0.05 * Seconds(kLook).count() ? quiet + 1 : 0;
      if (std::chrono::steady_clock::now() > deadline) {
        return absl::DeadlineExceededError("the index's background work went on for 15 minutes");
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> StoredBytes() override {
    ANNALS_RETURN_IF_ERROR(folder_->database()->Flush());
    ANNALS_RETURN_IF_ERROR(Settle());
    uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
      if (entry.is_regular_file()) bytes += entry.file_size();
    }
    return bytes;
  }

  absl::StatusOr<int64_t> Sum(const Question& question) override {
    ANNALS_ASSIGN_OR_RETURN(
        const std::vector<TallyRow> rows,
        index_->Tallies(Weights(), {GroupName(question.group)}, SliceOf(question)));
    return rows.empty() ? 0 : rows[0].sum.lower.value();
  }

  absl::StatusOr<std::vector<int64_t>> Sums(const Question& question) override {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<TallyRow> rows,
                            index_->Tallies(Weights(), {}, SliceOf(question)));
    std::vector<int64_t> sums(claims_->options().groups);
    for (const TallyRow& row : rows) sums.at(GroupNumber(row.key)) = row.sum.lower.value();
    return sums;
  }

  absl::StatusOr<int64_t> CountMembers(const Question& question) override {
    ANNALS_ASSIGN_OR_RETURN(
        const std::vector<SetRow> rows,
        index_->Sets(Members(), {GroupName(question.group)}, SliceOf(question)));
    return rows.empty() ? 0 : static_cast<int64_t>(rows[0].members);
  }

  absl::StatusOr<int64_t> Latest(const Question& question) override {
    ANNALS_ASSIGN_OR_RETURN(
        const std::vector<RegisterRow> rows,
        index_->Registers(LatestWeight(), {MemberName(question.member)}, SliceOf(question)));
    return rows.empty() ? 0 : rows[0].value.quantity().lower();
  }

  absl::StatusOr<std::vector<int64_t>> History(const Question& question,
                                               const std::vector<Instant>& valid,
                                               bool all_groups) override {
    const std::string view = all_groups ? "weights" : FirstGroupView();
    std::vector<PinnedAsOf> steps;
    for (const Instant at : valid) steps.push_back(Pinned(at, question.known));
    ANNALS_ASSIGN_OR_RETURN(const v1::HistoryResult history,
                            queries_->History(GeneratedLog::kTimeline, view, steps));
    const std::string group = GroupName(question.group);
    std::vector<int64_t> sums;
    for (const v1::HistoryPoint& point : history.points()) {
      sums.push_back(0);
      for (const v1::Row& row : point.rows()) {
        if (row.key().at("group") != group) continue;
        sums.back() = row.cells().at("weight").certain().quantity().lower();
      }
    }
    return sums;
  }

  absl::StatusOr<std::vector<int64_t>> Why(const Question& question, size_t limit) override {
    const absl::StatusOr<std::vector<v1::WhyResult>> results =
        queries_->Why(GeneratedLog::kTimeline, "weights", {GroupName(question.group)},
                      Pinned(question.valid, question.known), Position{0}, limit);
    std::vector<int64_t> numbers;
    // The group has no row then, and so nobody contributes to it.
    if (absl::IsNotFound(results.status())) return numbers;
    if (!results.ok()) return results.status();
    for (const v1::Reason& reason : results->at(0).cells(0).reasons()) {
      if (reason.world() != v1::CERTAIN) continue;
      numbers.push_back(static_cast<int64_t>(reason.event().position()));
    }
    return numbers;
  }

  absl::Status Rebuild() override {
    ANNALS_RETURN_IF_ERROR(runner_->Rebuild(GeneratedLog::kTimeline, [](Position, Position) {}));
    return CheckProgress();
  }

 private:
  PinnedAsOf Pinned(Instant valid, Instant known) const {
    return {.valid = valid, .known = known, .position = {claims_->options().size}};
  }

  absl::Status CheckProgress() {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<ProjectionProgress> progress,
                            runner_->Progress(GeneratedLog::kTimeline));
    for (const ProjectionProgress& p : progress) ANNALS_RETURN_IF_ERROR(p.status);
    return absl::OkStatus();
  }

  const std::string path_;
  // In the order in which they need each other: the last is destroyed first.
  std::unique_ptr<ClaimStream> claims_;
  std::vector<Domain> domains_;
  PayloadTypes types_;
  std::unique_ptr<storage::StoreFolder> folder_;
  std::unique_ptr<GeneratedLog> log_;
  std::unique_ptr<ProjectionRunner> runner_;
  std::unique_ptr<QueryEngine> queries_;
  const TemporalIndex* index_ = nullptr;
};

}  // namespace

std::unique_ptr<Contender> NewAnnalsContender(std::string folder) {
  return std::make_unique<AnnalsContender>(std::move(folder));
}

}  // namespace annals::bench
