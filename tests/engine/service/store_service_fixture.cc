#include "tests/engine/service/store_service_fixture.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {

OpenedStore::OpenedStore(const std::vector<Domain>* domains, Instant now) : clock_(now) {
  const std::string folder = directory_.path() + "/store";
  EXPECT_OK(Store::Create(folder));
  auto store = Store::Open(folder, domains, {.clock = &clock_});
  EXPECT_OK(store);
  store_ = *std::move(store);
  service_ = std::make_unique<StoreService>(
      store_.get(),
      StoreService::Options{.max_page_events = kMostOnAPage, .describe_type = [](const auto& type) {
                              return absl::StrCat("About ", type.name(), ".");
                            }});
}

v1::CreateTimelineRequest Creation(const std::string& name, const std::string& title) {
  auto request = Asked<v1::CreateTimelineRequest>(name);
  request.mutable_settings()->set_title(title);
  request.mutable_settings()->set_home_zone("Europe/Amsterdam");
  request.mutable_settings()->set_domain("shipwrecks");
  request.mutable_settings()->set_approximate_units(3);
  return request;
}

std::vector<std::string> Ids(const v1::EventList& list) {
  std::vector<std::string> ids;
  for (const v1::ListedEvent& listed : list.events()) ids.push_back(listed.event().id());
  return ids;
}

void StoreServiceTest::SetUp() { ASSERT_OK(service().CreateTimeline(Creation(kSea, "The sea"))); }

absl::StatusOr<v1::AppendResponse> StoreServiceTest::Append(const std::vector<v1::Event>& events,
                                                            const std::string& expected) {
  auto request = Asked<v1::AppendRequest>();
  for (const v1::Event& event : events) *request.add_events() = event;
  request.set_expected_revision(expected);
  return service().Append(std::move(request));
}

void StoreServiceTest::TellOfTwoShips() {
  ASSERT_OK(Append({
      WithId(ShipSunk("rose", "north", 20, 30, {"1931-02", "1931-03-01"}), "rose-lost"),
      WithId(ShipSunk("star", "channel", 8, 8, {"1931-02-25", "1931-03-02"}), "star-lost"),
      WithId(CrewListed("rose", {"Jan", "Zoë"}, {"1931-02", "1931-03-05"}), "rose-crew"),
      WithId(
          Superseding(ShipSunk("rose", "north", 24, 24, {"1931-02-22", "1931-05-01"}), "rose-lost"),
          "rose-exact"),
      WithId(WreckFound("star", true, {"1931-06", "1931-07-01"}), "star-found"),
  }));
}

absl::StatusOr<std::vector<std::string>> StoreServiceTest::Read(
    const v1::ReadEventsRequest& request) {
  absl::StatusOr<std::unique_ptr<EventReader>> reader = service().ReadEvents(request);
  if (!reader.ok()) return reader.status();
  std::vector<std::string> ids;
  while ((*reader)->Next()) ids.push_back((*reader)->event().id());
  if (!(*reader)->status().ok()) return (*reader)->status();
  return ids;
}

std::vector<std::string> StoreServiceTest::Pages(v1::ListEventsRequest request,
                                                 const std::function<void()>& between) {
  const size_t most =
      request.page_size() == 0 ? kMostOnAPage : std::min(request.page_size(), kMostOnAPage);
  std::vector<std::string> ids;
  do {
    const absl::StatusOr<v1::EventList> page = service().ListEvents(request);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) break;
    const std::vector<std::string> more = Ids(*page);
    EXPECT_LE(more.size(), most);
    ids.insert(ids.end(), more.begin(), more.end());
    request.set_page_token(page->next_page_token());
    between();
  } while (!request.page_token().empty());
  return ids;
}

}  // namespace annals::testing
