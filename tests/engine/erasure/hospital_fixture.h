// HospitalFixture: a store with a few events about patients.
#ifndef ANNALS_TESTS_ENGINE_ERASURE_HOSPITAL_FIXTURE_H_
#define ANNALS_TESTS_ENGINE_ERASURE_HOSPITAL_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/query/domain.h"
#include "engine/query/json/json.h"
#include "engine/query/store.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/testing/file_search.h"
#include "tests/testing/hospital/hospital.pb.h"
#include "tests/testing/hospital/hospital_domain.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {

inline const ErasureDecision kDecision = {"a wrong diagnosis", "Court of Utrecht, 12/2026",
                                          "records-office"};

// The bytes of the treatment's scan, which no file compresses.
inline std::string ScanOf(int number) {
  return Incompressible(1'500, static_cast<uint32_t>(7'000 + number));
}
inline std::string RemarkOf(int number) { return absl::StrCat("Remark-upon-", number, "-Xyzzy"); }
inline std::string PatientOf(int number) { return absl::StrCat("Patient-called-", number); }

inline v1::Event TreatmentEvent(int number) {
  hospital::Treatment treatment;
  treatment.set_ward(absl::StrCat("ward-", number % 3));
  treatment.set_patient(PatientOf(number));
  treatment.set_remark(RemarkOf(number));
  treatment.set_days(number);
  treatment.set_scan(ScanOf(number));
  v1::Event event;
  event.set_id(absl::StrCat("treatment-", number));
  event.set_stream("treatments");
  event.set_occurred("2026-02-01");
  event.mutable_payload()->PackFrom(treatment);
  return event;
}

inline v1::Event AdmissionEvent(const std::string& id, const std::string& patient) {
  hospital::Admission admission;
  admission.set_patient(patient);
  admission.set_diagnosis("influenza");
  admission.set_ward("ward-0");
  v1::Event event;
  event.set_id(id);
  event.set_stream("admissions");
  event.set_occurred("2026-02-01");
  event.mutable_payload()->PackFrom(admission);
  return event;
}

class HospitalFixture : public ::testing::Test {
 protected:
  HospitalFixture() : domains_({HospitalDomain()}) {}

  void SetUp() override {
    ASSERT_OK(Store::Create(path()));
    ASSERT_OK(Open());
    v1::TimelineCreated created;
    created.set_title("A hospital");
    created.set_home_zone("UTC");
    created.set_domain("hospital");
    v1::Event event;
    event.set_id("created");
    event.set_stream("timeline");
    event.mutable_payload()->PackFrom(created);
    ASSERT_OK(Append({event}));
  }

  std::string path() const { return folder_.path() + "/store"; }

  absl::Status Open() {
    store_ = nullptr;
    auto store = Store::Open(path(), &domains_, {});
    if (store.ok()) store_ = *std::move(store);
    return store.status();
  }
  void Close() { store_ = nullptr; }

  absl::StatusOr<std::vector<Receipt>> Append(std::vector<v1::Event> events,
                                              Provenance provenance = Provenance::kStated) {
    return store_->log().Append(
        {.timeline = "t", .events = std::move(events), .provenance = provenance});
  }
  void AppendTreatments(int from, int to) {
    std::vector<v1::Event> events;
    for (int number = from; number < to; ++number) events.push_back(TreatmentEvent(number));
    ASSERT_OK(Append(std::move(events)));
  }

  absl::StatusOr<std::optional<Receipt>> Redact(std::vector<std::string> events) {
    return store_->eraser().Redact(
        {.timeline = "t", .events = std::move(events), .decision = kDecision}, nullptr);
  }

  v1::Event Find(const std::string& id) {
    absl::StatusOr<v1::Event> event = store_->log().Find("t", id);
    EXPECT_OK(event);
    return event.ok() ? *std::move(event) : v1::Event();
  }

  // The files that have a part of a treatment's scan. RocksDB cuts its write-ahead log
  // into blocks, so that one of the parts may stand there in pieces.
  std::vector<std::string> FilesWithScan(int number) const {
    const std::string scan = ScanOf(number);
    std::vector<std::string> files;
    for (size_t at = 0; at < scan.size(); at += scan.size() / 3) {
      for (std::string& file : FilesWith(path(), scan.substr(at, scan.size() / 3))) {
        files.push_back(std::move(file));
      }
    }
    return files;
  }

  // View "wards" as JSON, as of an event.
  std::string Wards(std::optional<uint64_t> position = {}) {
    const auto pinned = store_->queries().Pin(
        "t", {.valid = "2026-06-01", .known = "2030-01-01", .position = position});
    EXPECT_OK(pinned);
    const auto answer = store_->queries().AsOf("t", "wards", *pinned);
    EXPECT_OK(answer);
    return answer.ok() ? AnswerToJson(*answer, HomeZone(), {}) : "";
  }

  TemporaryDirectory folder_;
  const std::vector<Domain> domains_;
  std::unique_ptr<Store> store_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_ERASURE_HOSPITAL_FIXTURE_H_
