#include "cli/commands/init.h"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "engine/base/status.h"
#include "engine/keys/key_folder.h"
#include "engine/proof/signed_note.h"
#include "proto/annals/v1/service.pb.h"
#include "proto/annals/v1/timeline.pb.h"

namespace annals {
namespace {

struct Arguments {
  v1::TimelineCreated timeline;
  std::string origin;

  bool empty() const { return timeline.ByteSizeLong() == 0; }
};

absl::Status CheckTimeline(const Arguments& arguments, const std::string& name) {
  if (name.empty() && !arguments.empty()) {
    return absl::InvalidArgumentError(
        "--zone, --title, --domain and --description describe a timeline; name it with --timeline");
  }
  if (!name.empty() &&
      (arguments.timeline.home_zone().empty() || arguments.timeline.title().empty())) {
    return absl::InvalidArgumentError(
        absl::StrCat("timeline \"", name,
                     "\" needs --zone (such as America/Caracas) and --title; without --timeline "
                     "an empty store is made"));
  }
  return absl::OkStatus();
}

absl::Status CheckOrigin(const Arguments& arguments, Session& session) {
  if (arguments.origin.empty()) return absl::OkStatus();
  if (!session.options().server.empty()) {
    return absl::InvalidArgumentError(
        "--origin names a store's key, which is made where the store is: it needs --store DIR "
        "instead of --server");
  }
  return Annotate(NoteSigner::Generate(arguments.origin).status(), "--origin");
}

// A store in a folder of its own, together with the folders above it.
absl::Status CreateStore(const std::string& folder) {
  std::error_code error;
  const std::filesystem::path above = std::filesystem::absolute(folder, error).parent_path();
  if (!error) std::filesystem::create_directories(above, error);
  if (error) {
    return absl::PermissionDeniedError(absl::StrCat("cannot make the folder ", above.string(), ": ",
                                                    error.message(),
                                                    "; choose another with --store"));
  }
  return Store::Create(folder);
}

// A server has its store already, so that there is only the timeline to make.
absl::Status InitStore(Session& session, Table* table) {
  const bool wants_timeline = !session.options().timeline.empty();
  if (wants_timeline && !session.options().server.empty()) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const std::string folder, session.StoreFolder());
  const absl::Status created = CreateStore(folder);
  const bool existed = absl::IsAlreadyExists(created);
  if (!created.ok() && !(existed && wants_timeline)) return created;
  table->rows.push_back({"store", folder, existed ? "was there" : "made"});
  return absl::OkStatus();
}

// The key that signs the store's checkpoints.
absl::Status InitKey(const Arguments& arguments, Session& session, Table* table) {
  if (!session.options().server.empty()) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const std::string folder, session.KeysPath());
  KeyFolder keys(folder);
  if (!arguments.origin.empty()) {
    ANNALS_RETURN_IF_ERROR(Annotate(keys.MakeSigner(arguments.origin), "--origin"));
    table->rows.push_back({"key", arguments.origin, "made"});
  }
  return keys.Signer().status();
}

absl::Status Init(const Arguments& arguments, Session& session) {
  const std::string name = session.options().timeline;
  ANNALS_RETURN_IF_ERROR(CheckTimeline(arguments, name));
  ANNALS_RETURN_IF_ERROR(CheckOrigin(arguments, session));
  Table table{.name = "made", .columns = {{"what"}, {"name"}, {"outcome"}}};
  ANNALS_RETURN_IF_ERROR(InitStore(session, &table));
  ANNALS_RETURN_IF_ERROR(InitKey(arguments, session, &table));
  if (!name.empty()) {
    ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
    v1::CreateTimelineRequest request;
    request.set_timeline(name);
    *request.mutable_settings() = arguments.timeline;
    ANNALS_ASSIGN_OR_RETURN(const v1::CreateTimelineResponse made,
                            service->CreateTimeline(request));
    table.rows.push_back({"timeline", name, made.existed() ? "was there" : "made"});
  }
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

void AddInitCommand(CLI::App* app, Action* chosen) {
  CLI::App* command =
      app->add_subcommand("init", "Make an empty store, and with --timeline a timeline in it");
  auto arguments = std::make_shared<Arguments>();
  v1::TimelineCreated* timeline = &arguments->timeline;
  command
      ->add_option("--zone", *timeline->mutable_home_zone(),
                   "The zone whose days the timeline's dates mean, such as America/Caracas")
      ->type_name("ZONE");
  command->add_option("--title", *timeline->mutable_title(), "The timeline's title")
      ->type_name("TEXT");
  command
      ->add_option("--domain", *timeline->mutable_domain(),
                   "Whose event types and views apply, such as venezuela")
      ->type_name("DOMAIN");
  command
      ->add_option("--description", *timeline->mutable_description(),
                   "What the timeline covers, and who curates it")
      ->type_name("TEXT");
  command
      ->add_option("--origin", arguments->origin,
                   "Where the store's checkpoints say that they come from: a URL without its "
                   "scheme, such as annals.example.org/history (default: annals.invalid/ and a "
                   "random number)")
      ->type_name("NAME");
  AddExamples(command, {"annals init",
                        "annals init --store ./store --timeline rome --zone Europe/Rome "
                        "--title 'Rome'"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Init(*arguments, session); };
  });
}

}  // namespace annals
