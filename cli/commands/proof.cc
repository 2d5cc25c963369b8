#include "cli/commands/proof.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/input/small_file.h"
#include "engine/base/status.h"
#include "engine/keys/key_folder.h"
#include "engine/proof/checkpoint.h"
#include "engine/proof/proof_check.h"
#include "engine/proof/signed_note.h"
#include "engine/proof/tlog_proof.h"
#include "engine/query/json/json.h"
#include "engine/service/event_name.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

struct ProveArguments {
  std::string event;
  std::string from;
  std::optional<uint64_t> size;
};

// The text is the answer; JSON has its coordinates beside it.
template <typename Message>
void PrintProof(const Message& message, const std::string& text, Session& session) {
  if (session.options().format == Format::kJson) {
    session.PrintJson(MessageToJson(message, {.pretty = session.pretty()}));
  } else {
    session.out() << text;
  }
}

absl::StatusOr<v1::SignedCheckpoint> GetCheckpoint(const std::string& timeline,
                                                   const std::optional<uint64_t>& size,
                                                   Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  v1::GetCheckpointRequest request;
  request.set_timeline(timeline);
  if (size.has_value()) request.set_size(*size);
  absl::StatusOr<v1::SignedCheckpoint> checkpoint = service->GetCheckpoint(request);
  ANNALS_RETURN_IF_ERROR(NamingOptions(checkpoint.status()));
  return checkpoint;
}

absl::Status PrintCheckpoint(const std::optional<uint64_t>& size, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  ANNALS_ASSIGN_OR_RETURN(const v1::SignedCheckpoint checkpoint,
                          GetCheckpoint(timeline.name, size, session));
  PrintProof(checkpoint, checkpoint.note(), session);
  return absl::OkStatus();
}

absl::Status ProveEvent(const ProveArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::ProveEventRequest request;
  request.set_timeline(timeline.name);
  ANNALS_RETURN_IF_ERROR(NameEvent(arguments.event, &request));
  if (arguments.size.has_value()) request.set_size(*arguments.size);
  const absl::StatusOr<v1::EventProof> proof = service->ProveEvent(request);
  ANNALS_RETURN_IF_ERROR(NamingOptions(proof.status()));
  PrintProof(*proof, proof->proof(), session);
  return absl::OkStatus();
}

// What a note says, whoever signed it.
absl::StatusOr<Checkpoint> CheckpointOf(const std::string& note) {
  const size_t end = note.find("\n\n");
  if (end == std::string::npos) {
    return absl::InvalidArgumentError(
        "it is no checkpoint: `annals checkpoint > FILE` makes one to keep");
  }
  return ParseCheckpoint(note.substr(0, end + 1));
}

// Whether the timeline that is asked still has what was kept. Its answers tell; the
// signatures are for `verify-proof`.
absl::Status CheckStillThere(const Checkpoint& kept, const v1::SignedCheckpoint& now) {
  if (kept.origin != now.origin()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "it is of ", kept.origin, ", and the timeline's checkpoints are of ", now.origin(),
        "; name the other one with "
        "--timeline, --store or --server"));
  }
  if (kept.size <= now.size()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the timeline has ", now.size(), " events, and had ", kept.size,
                   " when the checkpoint was signed: its history was cut short, or this is an "
                   "older copy of it"));
}

absl::Status ProveConsistency(const ProveArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const std::string note, ReadSmallFile(arguments.from, session.in()));
  const absl::StatusOr<Checkpoint> kept = CheckpointOf(note);
  const std::string where = absl::StrCat("--from ", arguments.from);
  ANNALS_RETURN_IF_ERROR(Annotate(kept.status(), where));
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  ANNALS_ASSIGN_OR_RETURN(const v1::SignedCheckpoint now,
                          GetCheckpoint(timeline.name, std::nullopt, session));
  ANNALS_RETURN_IF_ERROR(Annotate(CheckStillThere(*kept, now), where));
  v1::ProveConsistencyRequest request;
  request.set_timeline(timeline.name);
  request.set_from(kept->size);
  request.set_to(arguments.size.value_or(now.size()));
  absl::StatusOr<v1::ConsistencyProof> proof = service->ProveConsistency(request);
  ANNALS_RETURN_IF_ERROR(NamingOptions(proof.status()));
  ANNALS_ASSIGN_OR_RETURN(ConsistencyText text, ParseConsistency(proof->proof()));
  ANNALS_ASSIGN_OR_RETURN(const Checkpoint claimed, CheckpointOf(text.old_checkpoint));
  ANNALS_RETURN_IF_ERROR(Annotate(CheckSame(*kept, claimed), where));
  // With whatever signatures the kept one gathered.
  text.old_checkpoint = note;
  proof->set_proof(FormatConsistency(text));
  PrintProof(*proof, proof->proof(), session);
  return absl::OkStatus();
}

absl::Status Prove(const ProveArguments& arguments, Session& session) {
  if (arguments.event.empty() == arguments.from.empty()) {
    return absl::InvalidArgumentError(
        "what is to be proven: an EVENT, or by --from FILE that a checkpoint's history is still "
        "there");
  }
  return arguments.from.empty() ? ProveEvent(arguments, session)
                                : ProveConsistency(arguments, session);
}

absl::Status PrintKey(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const std::string folder, session.StoreFolder());
  std::error_code error;
  if (session.options().keys.empty() && !std::filesystem::exists(folder + "/FORMAT", error)) {
    return absl::NotFoundError(absl::StrCat("there is no store in ", folder,
                                            "; `annals init --store ", folder, "` makes one"));
  }
  ANNALS_ASSIGN_OR_RETURN(const std::string path, session.KeysPath());
  KeyFolder keys(path);
  ANNALS_ASSIGN_OR_RETURN(const NoteSigner* const signer, keys.Signer());
  session.out() << signer->verifier().ToString() << '\n';
  return absl::OkStatus();
}

void AddSize(CLI::App* command, std::optional<uint64_t>* size) {
  command
      ->add_option("--size", *size,
                   "By the checkpoint of the first N events (default: of all there are)")
      ->type_name("N")
      ->check(WholeNumber());
}

}  // namespace

void AddCheckpointCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "checkpoint", "Sign what the timeline's history comes to; keep it, to prove it later");
  auto size = std::make_shared<std::optional<uint64_t>>();
  AddSize(command, size.get());
  AddExamples(command, {"annals checkpoint > monday.checkpoint", "annals checkpoint --size 61"});
  command->callback([size, chosen] {
    *chosen = [size](Session& session) { return PrintCheckpoint(*size, session); };
  });
}

void AddProveCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "prove", "Prove that an event is in the history, or that a checkpoint's history still is");
  auto arguments = std::make_shared<ProveArguments>();
  command->add_option("EVENT", arguments->event, "The event's id, or its position")->type_name("");
  command
      ->add_option("--from", arguments->from,
                   "Prove that nothing was changed since this checkpoint, which was kept")
      ->type_name("FILE");
  AddSize(command, &arguments->size);
  AddExamples(command, {"annals prove 12 > 12.tlog-proof",
                        "annals prove --from monday.checkpoint > since-monday.proof"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Prove(*arguments, session); };
  });
}

void AddKeyCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "key", "The key that others check the store's checkpoints with; it is no secret");
  AddExamples(command, {"annals key"});
  command->callback([chosen] { *chosen = PrintKey; });
}

}  // namespace annals
