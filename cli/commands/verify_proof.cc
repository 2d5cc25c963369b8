#include "cli/commands/verify_proof.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/input/small_file.h"
#include "engine/base/status.h"
#include "engine/proof/checkpoint.h"
#include "engine/proof/proof_check.h"
#include "engine/proof/proof_text.h"
#include "engine/proof/signed_note.h"
#include "engine/proof/tlog_proof.h"
#include "engine/query/json/json.h"
#include "engine/render/events.h"
#include "engine/render/json_text.h"
#include "engine/render/table.h"
#include "engine/time/home_zone.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {
namespace {

struct Arguments {
  std::string file;
  std::string key;
  std::string event;
  std::string checkpoint;
};

// What a proof is checked against.
struct Trust {
  NoteVerifier key;
  std::optional<Checkpoint> kept;
};

// The form in which events are stored and hashed.
std::string Serialized(const v1::Event& event) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    event.SerializeToCodedStream(&coded);
  }
  return bytes;
}

// The event as `annals show --format json` prints it, or serialized.
absl::StatusOr<std::string> ReadEvent(const std::string& path, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(std::string contents, ReadSmallFile(path, session.in()));
  if (contents.empty() || contents[0] != '{') return contents;
  const absl::StatusOr<v1::Event> event = EventFromJson(contents);
  ANNALS_RETURN_IF_ERROR(Annotate(event.status(), path));
  return Serialized(*event);
}

absl::StatusOr<Trust> ReadTrust(const Arguments& arguments, Session& session) {
  absl::StatusOr<NoteVerifier> key = NoteVerifier::Parse(arguments.key);
  ANNALS_RETURN_IF_ERROR(Annotate(key.status(), "--key"));
  Trust trust{.key = *std::move(key)};
  if (!arguments.checkpoint.empty()) {
    ANNALS_ASSIGN_OR_RETURN(const std::string note,
                            ReadSmallFile(arguments.checkpoint, session.in()));
    absl::StatusOr<Checkpoint> kept = CheckCheckpoint(note, trust.key);
    ANNALS_RETURN_IF_ERROR(
        Annotate(kept.status(), absl::StrCat("--checkpoint ", arguments.checkpoint)));
    trust.kept = *std::move(kept);
  }
  return trust;
}

absl::Status CompareWithKept(const Trust& trust, const Checkpoint& checkpoint) {
  return trust.kept.has_value() ? CheckSame(*trust.kept, checkpoint) : absl::OkStatus();
}

// What was found to be so, one statement a row.
class Findings {
 public:
  explicit Findings(const Trust& trust) : trust_(trust) {}

  void Add(const std::string& what, const Table::Cell& value) {
    table_.rows.push_back({what, value});
  }

  void Add(const std::string& prefix, const Checkpoint& checkpoint) {
    Add(prefix + "events", checkpoint.size);
    Add(prefix + "root", EncodeHash(checkpoint.root));
  }

  // `event` absent: there is none.
  absl::Status Print(const Checkpoint& checkpoint, const v1::Event* event, Session& session) {
    Add("timeline", TimelineOf(checkpoint, trust_.key));
    Add("signed by", trust_.key.name());
    if (session.options().format == Format::kJson) {
      PrintJson(event, session);
      return absl::OkStatus();
    }
    session.Print(table_);
    if (event == nullptr) return absl::OkStatus();
    ANNALS_ASSIGN_OR_RETURN(const Table page, EventPage(*event, HomeZone()));
    session.out() << '\n';
    session.Print(page);
    return absl::OkStatus();
  }

 private:
  void PrintJson(const v1::Event* event, Session& session) const {
    const bool pretty = session.pretty();
    std::vector<std::pair<std::string, std::string>> members = {
        {table_.name, RowsToJson(table_, pretty)}};
    if (event != nullptr) members.emplace_back("event", MessageToJson(*event, {.pretty = pretty}));
    session.PrintJson(JsonObject(members, pretty));
  }

  const Trust& trust_;
  Table table_ = {.name = "proven", .columns = {{"what"}, {"value"}}};
};

absl::Status VerifyEvent(const std::string& text, const Arguments& arguments, const Trust& trust,
                         Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const TlogProof proof, ParseTlogProof(text));
  std::string bytes = proof.extra;
  if (!arguments.event.empty()) {
    ANNALS_ASSIGN_OR_RETURN(bytes, ReadEvent(arguments.event, session));
  }
  ANNALS_ASSIGN_OR_RETURN(const ProvenEvent proven, CheckEvent(proof, bytes, trust.key));
  ANNALS_RETURN_IF_ERROR(CompareWithKept(trust, proven.checkpoint));
  Findings findings(trust);
  findings.Add("event", proven.event.id());
  findings.Add("position", uint64_t{proven.event.position()});
  findings.Add("", proven.checkpoint);
  return findings.Print(proven.checkpoint, &proven.event, session);
}

absl::Status VerifyConsistencyOf(const std::string& text, const Trust& trust, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const ConsistencyText proof, ParseConsistency(text));
  ANNALS_ASSIGN_OR_RETURN(const ProvenConsistency proven, CheckConsistency(proof, trust.key));
  ANNALS_RETURN_IF_ERROR(CompareWithKept(trust, proven.older));
  Findings findings(trust);
  findings.Add("older ", proven.older);
  findings.Add("", proven.newer);
  return findings.Print(proven.newer, nullptr, session);
}

absl::Status VerifyCheckpoint(const std::string& note, const Trust& trust, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Checkpoint checkpoint, CheckCheckpoint(note, trust.key));
  ANNALS_RETURN_IF_ERROR(CompareWithKept(trust, checkpoint));
  Findings findings(trust);
  findings.Add("", checkpoint);
  return findings.Print(checkpoint, nullptr, session);
}

absl::Status VerifyText(const std::string& text, const Arguments& arguments, const Trust& trust,
                        Session& session) {
  const ProofKind kind = KindOfProof(text);
  if (kind == ProofKind::kInclusion) return VerifyEvent(text, arguments, trust, session);
  if (!arguments.event.empty()) {
    return absl::InvalidArgumentError("--event: this isn't the proof of an event");
  }
  return kind == ProofKind::kConsistency ? VerifyConsistencyOf(text, trust, session)
                                         : VerifyCheckpoint(text, trust, session);
}

absl::Status VerifyProof(const Arguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Trust trust, ReadTrust(arguments, session));
  ANNALS_ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(arguments.file, session.in()));
  return Annotate(VerifyText(text, arguments, trust, session), arguments.file);
}

}  // namespace

void AddVerifyProofCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "verify-proof", "Check a proof, or a checkpoint, without the store that it is from");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("FILE", arguments->file,
                   "What prove or checkpoint printed; - is read from standard input")
      ->required()
      ->type_name("");
  command
      ->add_option("--key", arguments->key,
                   "Whom it must be signed by: what `annals key` printed, once, by whoever has the "
                   "store")
      ->required()
      ->type_name("NAME+HASH+KEY");
  command
      ->add_option("--event", arguments->event,
                   "Check this event instead of the one in the proof: as JSON, or serialized")
      ->type_name("FILE");
  command
      ->add_option("--checkpoint", arguments->checkpoint,
                   "Its (older) checkpoint must be this one, which was kept")
      ->type_name("FILE");
  AddExamples(command, {"annals verify-proof 12.tlog-proof --key \"$(cat annals.key)\"",
                        "annals verify-proof since-monday.proof --key \"$(cat annals.key)\" "
                        "--checkpoint monday.checkpoint"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return VerifyProof(*arguments, session); };
  });
}

}  // namespace annals
