#include "cli/commands/erasure.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/progress.h"
#include "engine/base/status.h"
#include "engine/render/table.h"
#include "engine/service/event_name.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

// What both commands ask for in the same words.
template <typename Request>
void AddDecision(CLI::App* command, Request* request) {
  command->add_option("--reason", *request->mutable_reason(), "Why, for the record")
      ->required()
      ->type_name("TEXT");
  command
      ->add_option("--authority", *request->mutable_authority(),
                   "What obliges to it: a court and its file number, a law, a policy")
      ->required()
      ->type_name("TEXT");
  command->add_option("--editor", *request->mutable_editor(), "Who decided so, as an identifier")
      ->required()
      ->type_name("ID");
}

Table ErasedTable(const std::string& what, const std::string& timeline,
                  const v1::Receipt& receipt) {
  Table table{.name = "erased",
              .columns = {{"timeline"},
                          {"what"},
                          {"recorded as", Table::Kind::kText, "recordedAs"},
                          {"position", Table::Kind::kNumber}}};
  table.rows.push_back({timeline, what,
                        receipt.id().empty() ? Table::Cell() : Table::Cell(receipt.id()),
                        receipt.position() == 0 ? Table::Cell() : Table::Cell(receipt.position())});
  return table;
}

// Events are named by their ids or positions, as `annals show` takes them.
absl::StatusOr<std::string> IdOf(const std::string& name, const std::string& timeline,
                                 Service* service) {
  v1::GetEventRequest request;
  request.set_timeline(timeline);
  ANNALS_RETURN_IF_ERROR(NameEvent(name, &request));
  if (request.has_id()) return name;
  ANNALS_ASSIGN_OR_RETURN(const v1::Event event, service->GetEvent(request));
  return event.id();
}

absl::Status Redact(v1::RedactRequest request, const std::vector<std::string>& events,
                    Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  request.set_timeline(timeline.name);
  for (const std::string& event : events) {
    ANNALS_ASSIGN_OR_RETURN(*request.add_events(), IdOf(event, timeline.name, service));
  }
  v1::RedactResponse last;
  {
    Progress progress(&session.err(), session.environment().error_is_terminal,
                      session.environment().clock, "projected");
    ANNALS_RETURN_IF_ERROR(service->Redact(request, [&](const v1::RedactResponse& response) {
      last = response;
      progress.Update(response.done(), response.head());
    }));
  }
  const std::string what =
      last.has_receipt() ? absl::StrCat(events.size() == 1 ? "the payload is" : "the payloads are",
                                        " redacted, and in no file of the store any more")
                         : "was redacted before, and is in no file of the store any more";
  session.Print(ErasedTable(what, timeline.name, last.receipt()));
  return absl::OkStatus();
}

absl::Status Forget(v1::ForgetSubjectRequest request, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  request.set_timeline(timeline.name);
  ANNALS_ASSIGN_OR_RETURN(const v1::ForgetSubjectResponse response,
                          service->ForgetSubject(request));
  session.Print(ErasedTable("the subject's key is destroyed: what was sealed with it is erased",
                            timeline.name, response.receipt()));
  return absl::OkStatus();
}

}  // namespace

void AddRedactCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "redact", "Take events' payloads out of the store for good, and record why");
  const auto request = std::make_shared<v1::RedactRequest>();
  const auto events = std::make_shared<std::vector<std::string>>();
  command->add_option("EVENT", *events, "The events' ids, or their positions")
      ->required()
      ->type_name("");
  AddDecision(command, request.get());
  AddExamples(command, {"annals redact claim-17 --reason \"names a minor\" "
                        "--authority \"Court of Utrecht, 12/2026\" --editor records-office"});
  command->callback([request, events, chosen] {
    *chosen = [request, events](Session& session) { return Redact(*request, *events, session); };
  });
}

void AddForgetCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "forget", "Destroy the key with which what is sensitive about a subject was sealed");
  const auto request = std::make_shared<v1::ForgetSubjectRequest>();
  command
      ->add_option("SUBJECT", *request->mutable_subject(), "As its events name it, or their stream")
      ->required()
      ->type_name("");
  AddDecision(command, request.get());
  AddExamples(command, {"annals forget patient/4711 --reason \"asked to be forgotten\" "
                        "--authority \"GDPR, article 17\" --editor records-office"});
  command->callback([request, chosen] {
    *chosen = [request](Session& session) { return Forget(*request, session); };
  });
}

}  // namespace annals
