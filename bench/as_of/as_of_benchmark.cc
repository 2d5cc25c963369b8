// Measures one contender on one workload: loads generated claims, asks generated
// questions, and writes an annals.bench.pb.Report as JSON. tools/bench runs it
// for every contender and compares the answers; by hand:
//
//   bazel run -c opt //bench/as_of:as_of_benchmark -- --size=1000000
//
// Generator: seed 1 (--seed), sizes and lateness by the flags below
// (claim_stream.h says what they mean); questions: seed 7. Warm: other questions
// (seeds 8 and up) are asked first, until they take no less than before, and nothing
// else goes on in the background.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "bench/as_of/claim_stream.h"
#include "bench/as_of/contender.h"
#include "bench/as_of/contenders.h"
#include "bench/as_of/questioning.h"
#include "bench/as_of/report.pb.h"
#include "engine/base/status.h"
#include "google/protobuf/util/json_util.h"

ABSL_FLAG(std::string, contender, "annals", "annals, model, or one of the peers");
ABSL_FLAG(std::string, at, "", "where the peer is: a libpq connection string, or a library's path");
ABSL_FLAG(std::string, folder, "",
          "for what is stored: an empty one, or the one of an earlier run with the same claims and "
          "measures, which Annals opens again; by default a temporary one");
ABSL_FLAG(uint64_t, seed, 1, "of the generator");
ABSL_FLAG(uint64_t, size, 1'000'000, "how many claims");
ABSL_FLAG(uint32_t, groups, 200, "how many groups");
ABSL_FLAG(uint64_t, members, 1'000'000, "how many members, in all groups together");
ABSL_FLAG(double, late_valid, 0, "share of the claims that happened long before they were known");
ABSL_FLAG(double, late_known, 0, "share of the claims that were known long before they arrive");
ABSL_FLAG(uint32_t, corrections, 0, "of each corrected entity");
ABSL_FLAG(std::vector<std::string>, measures, {"tally"}, "of tally, set and latest");
ABSL_FLAG(std::vector<std::string>, ask, (std::vector<std::string>{"group:2000", "all:200"}),
          "which questions, and how many: group, all, members, latest, history, history-all, why, "
          "rebuild");
ABSL_FLAG(double, seconds, 60, "for each kind of question, at most");
ABSL_FLAG(std::string, json, "", "write the report here; by default to the standard output");

namespace annals::bench {
namespace {

double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

absl::StatusOr<Measures> ParseMeasures() {
  Measures measures;
  for (const std::string& name : absl::GetFlag(FLAGS_measures)) {
    if (name == "tally") {
      measures.tally = true;
    } else if (name == "set") {
      measures.set = true;
    } else if (name == "latest") {
      measures.latest = true;
    } else {
      return absl::InvalidArgumentError(absl::StrCat("there is no measure \"", name, "\""));
    }
  }
  return measures;
}

absl::StatusOr<std::vector<Inquest>> ParseQuestions() {
  std::vector<Inquest> inquests;
  for (const std::string& text : absl::GetFlag(FLAGS_ask)) {
    const std::vector<std::string> parts = absl::StrSplit(text, ':');
    Inquest inquest = {.question = parts[0], .seconds = absl::GetFlag(FLAGS_seconds)};
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &inquest.count)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--ask takes \"group:2000\", not \"", text, "\""));
    }
    inquest.at_least = std::min(inquest.at_least, inquest.count);
    inquests.push_back(std::move(inquest));
  }
  return inquests;
}

// Of this process, now.
uint64_t ResidentBytes() {
  std::ifstream status("/proc/self/statm");
  uint64_t pages = 0;
  status >> pages >> pages;
  return pages * 4'096;
}

uint64_t PeakResidentBytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1'024;
}

pb::Report Describe(const ClaimStream::Options& options) {
  pb::Report report;
  report.set_contender(absl::GetFlag(FLAGS_contender));
  report.set_seed(options.seed);
  report.set_size(options.size);
  report.set_groups(options.groups);
  report.set_members(options.members);
  report.set_late_valid(options.late_valid);
  report.set_late_known(options.late_known);
  report.set_corrections(options.corrections);
  report.set_measures(absl::StrJoin(absl::GetFlag(FLAGS_measures), ","));
  return report;
}

absl::StatusOr<pb::Report> Measure(const std::string& folder) {
  const ClaimStream::Options options = {.seed = absl::GetFlag(FLAGS_seed),
                                        .size = absl::GetFlag(FLAGS_size),
                                        .groups = absl::GetFlag(FLAGS_groups),
                                        .members = absl::GetFlag(FLAGS_members),
                                        .late_valid = absl::GetFlag(FLAGS_late_valid),
                                        .late_known = absl::GetFlag(FLAGS_late_known),
                                        .corrections = absl::GetFlag(FLAGS_corrections)};
  ANNALS_RETURN_IF_ERROR(ClaimStream::Check(options));
  ANNALS_ASSIGN_OR_RETURN(const Measures measures, ParseMeasures());
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Inquest> inquests, ParseQuestions());
  const ClaimStream claims(options);
  pb::Report report = Describe(options);
  ANNALS_ASSIGN_OR_RETURN(
      const std::unique_ptr<Contender> contender,
      NewContender(absl::GetFlag(FLAGS_contender), absl::GetFlag(FLAGS_at), folder));
  const auto begin = std::chrono::steady_clock::now();
  ANNALS_RETURN_IF_ERROR(contender->Load(claims, measures));
  report.set_load_seconds(SecondsSince(begin));
  const auto loaded = std::chrono::steady_clock::now();
  ANNALS_RETURN_IF_ERROR(contender->Settle());
  report.set_settle_seconds(SecondsSince(loaded));
  ANNALS_ASSIGN_OR_RETURN(*report.mutable_version(), contender->Version());
  for (const Inquest& inquest : inquests) {
    ANNALS_ASSIGN_OR_RETURN(*report.add_figures(), Ask(inquest, claims, contender.get()));
  }
  report.set_resident_bytes(ResidentBytes());
  report.set_peak_resident_bytes(PeakResidentBytes());
  ANNALS_ASSIGN_OR_RETURN(const uint64_t stored, contender->StoredBytes());
  report.set_stored_bytes(stored);
  return report;
}

absl::Status WriteReport(const pb::Report& report) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(report, &text, options);
  if (!status.ok()) return absl::InternalError(status.ToString());
  const std::string path = absl::GetFlag(FLAGS_json);
  if (path.empty()) {
    std::cout << text;
    return absl::OkStatus();
  }
  std::ofstream out(path);
  out << text;
  out.close();
  if (!out) return absl::UnavailableError(absl::StrCat("can't write ", path));
  return absl::OkStatus();
}

absl::Status Run() {
  const std::string given = absl::GetFlag(FLAGS_folder);
  if (!given.empty()) {
    ANNALS_ASSIGN_OR_RETURN(const pb::Report report, Measure(given));
    return WriteReport(report);
  }
  std::string pattern =
      (std::filesystem::temp_directory_path() / "as_of_benchmark.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat("can't make a folder ", pattern));
  }
  const absl::StatusOr<pb::Report> report = Measure(absl::StrCat(pattern, "/store"));
  std::filesystem::remove_all(pattern);
  ANNALS_RETURN_IF_ERROR(report.status());
  return WriteReport(*report);
}

}  // namespace
}  // namespace annals::bench

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("measures one contender on one workload; see the source's header");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = annals::bench::Run();
  if (status.ok()) return 0;
  std::cerr << "as_of_benchmark: " << status.ToString() << "\n";
  return 1;
}
