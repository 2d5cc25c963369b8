#include "engine/query/store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status.h"
#include "engine/query/verbs/catalog.h"

namespace annals {
namespace {

absl::Status RegisterTypes(const std::vector<Domain>& domains, PayloadTypes* types) {
  for (const Domain& domain : domains) {
    // The domain of every timeline adds projections and views; what events may
    // hold is the timeline's own domain's affair.
    if (!domain.name.empty()) {
      ANNALS_RETURN_IF_ERROR(types->AddDomain(domain.name, domain.types));
    } else if (!domain.types.empty()) {
      return absl::InvalidArgumentError(
          "the domain \"\", which serves every timeline, has event types; give them to a domain "
          "with a name");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Store::Create(const std::string& folder) {
  return storage::StoreFolder::Create(folder);
}

bool Store::IsSensitive(absl::string_view timeline) const {
  const absl::StatusOr<TimelineSettings> settings = log_->Settings(timeline);
  return settings.ok() && types_.IsSensitive(settings->domain);
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& folder,
                                                   const std::vector<Domain>* domains,
                                                   const Options& options) {
  ANNALS_RETURN_IF_ERROR(Catalog(domains).Check());
  std::unique_ptr<Store> store(new Store());
  store->domains_ = domains;
  store->clock_ = options.clock;
  ANNALS_RETURN_IF_ERROR(RegisterTypes(*domains, &store->types_));
  store->keys_ = std::make_unique<KeyFolder>(options.keys.empty() ? KeyFolder::PathBeside(folder)
                                                                  : options.keys);
  ANNALS_ASSIGN_OR_RETURN(store->folder_, storage::StoreFolder::Open(folder, options.database));
  store->subject_keys_ =
      std::make_unique<SubjectKeys>(absl::StrCat(store->keys_->path(), "/subjects"));
  store->sealer_ = std::make_unique<FieldSealer>(store->subject_keys_.get());
  ANNALS_ASSIGN_OR_RETURN(store->log_, EventLog::Open(store->folder_.get(), &store->types_,
                                                      {.clock = options.clock,
                                                       .draw_id = options.draw_id,
                                                       .sealer = store->sealer_.get()}));
  const auto projections_of = [catalog = Catalog(domains)](absl::string_view domain) {
    return catalog.Projections(domain);
  };
  ANNALS_ASSIGN_OR_RETURN(
      store->runner_, ProjectionRunner::Start(options.index, store->folder_->database(),
                                              store->log_.get(), &store->types_, projections_of));
  store->queries_ = std::make_unique<QueryEngine>(store->log_.get(), store->runner_.get(), domains,
                                                  options.clock);
  store->eraser_ = std::make_unique<Eraser>(Eraser::Parts{.database = store->folder_->database(),
                                                          .log = store->log_.get(),
                                                          .projections = store->runner_.get(),
                                                          .keys = store->subject_keys_.get()});
  // A store that can't finish an erasure still serves what is left.
  store->unfinished_erasure_ = store->eraser_->Finish(nullptr);
  return store;
}

}  // namespace annals
