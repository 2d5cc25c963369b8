#include "client/verb_caller.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "client/problem_document.h"
#include "engine/base/status.h"

namespace annals {
namespace {

constexpr size_t kMaxAnswerBytes = size_t{1} << 30;
constexpr int kHttpOk = 200;
constexpr char kProtobuf[] = "application/protobuf";

absl::StatusOr<std::string> ReadWhole(Connection* connection, std::chrono::milliseconds silence) {
  std::string body;
  while (true) {
    ANNALS_ASSIGN_OR_RETURN(const std::string piece, connection->ReadBody(silence));
    if (piece.empty()) return body;
    if (body.size() + piece.size() > kMaxAnswerBytes) {
      return absl::ResourceExhaustedError("the server's answer is larger than 1 GiB; ask for less");
    }
    body += piece;
  }
}

}  // namespace

absl::StatusOr<std::optional<std::string>> VerbStream::Next() {
  while (true) {
    ANNALS_ASSIGN_OR_RETURN(std::optional<Frame> frame, frames_.Next());
    if (!frame.has_value()) {
      ANNALS_RETURN_IF_ERROR(Fill());
      continue;
    }
    if (frame->kind == FrameKind::kMessage) return std::optional(std::move(frame->payload));
    ANNALS_RETURN_IF_ERROR(OutcomeOf(*frame));
    return std::optional<std::string>();
  }
}

absl::Status VerbStream::Fill() {
  ANNALS_ASSIGN_OR_RETURN(const std::string piece, connection_->ReadBody(silence_));
  if (piece.empty()) {
    return absl::UnavailableError(
        absl::StrCat("the server at ", server_, " stopped in the middle of its answer; try again"));
  }
  frames_.Add(piece);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Connection>> VerbCaller::Ask(absl::string_view verb,
                                                            absl::string_view request,
                                                            Effect effect) {
  const std::string path = absl::StrCat("/v1/verbs/", verb);
  std::unique_ptr<Connection> connection = pool_.TakeIdle();
  const bool kept = connection != nullptr;
  if (!kept) {
    ANNALS_ASSIGN_OR_RETURN(connection, pool_.OpenNew());
  }
  absl::StatusOr<AnswerHead> head = connection->Post(path, request, silence_);
  if (!head.ok() && kept && effect == Effect::kRead && !connection->answered()) {
    ANNALS_ASSIGN_OR_RETURN(connection, pool_.OpenNew());
    head = connection->Post(path, request, silence_);
  }
  if (!head.ok()) {
    if (effect == Effect::kRead) return head.status();
    return absl::Status(head.status().code(),
                        absl::StrCat(head.status().message(),
                                     ". Whether it was done is not known; an event that has an id "
                                     "may be sent again, and is recorded once"));
  }
  if (head->status == kHttpOk && head->content_type == kProtobuf) return connection;
  ANNALS_ASSIGN_OR_RETURN(const std::string body, ReadWhole(connection.get(), silence_));
  pool_.Return(std::move(connection));
  return StatusOfProblem(head->status, head->content_type, body, pool_.options().url.ToString());
}

absl::StatusOr<std::string> VerbCaller::Call(absl::string_view verb, absl::string_view request,
                                             Effect effect) {
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Ask(verb, request, effect));
  ANNALS_ASSIGN_OR_RETURN(std::string answer, ReadWhole(connection.get(), silence_));
  pool_.Return(std::move(connection));
  return answer;
}

absl::StatusOr<std::unique_ptr<VerbStream>> VerbCaller::Open(absl::string_view verb,
                                                             absl::string_view request,
                                                             Effect effect,
                                                             std::chrono::milliseconds silence) {
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Ask(verb, request, effect));
  return std::make_unique<VerbStream>(std::move(connection), pool_.options().url.ToString(),
                                      silence);
}

}  // namespace annals
