#include "cli/commands/token.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/arguments.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/render/table.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/access.pb.h"

namespace annals {
namespace {

// As the engine has it, for a name that is made up here.
constexpr size_t kMaxNameBytes = 100;

struct TokenArguments {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::vector<std::string> timelines;
  std::string name;
  std::string id;
};

std::string RoleName(const v1::Token& token) {
  return absl::AsciiStrToLower(v1::Role_Name(token.role()));
}

std::string Timelines(const v1::Token& token) { return absl::StrJoin(token.timelines(), ", "); }

Table TokensTable() {
  return Table{.name = "tokens",
               .columns = {{"id"}, {"name"}, {"role"}, {"timelines"}, {"created"}}};
}

std::vector<Table::Cell> TokenRow(const v1::Token& token) {
  return {token.id(), token.name(), RoleName(token), Timelines(token),
          FormatInstant(FromTimestamp(token.created_at()), HomeZone())};
}

absl::Status Create(const TokenArguments& arguments, Session& session) {
  v1::CreateTokenRequest request;
  request.set_role(arguments.role);
  for (const std::string& timeline : arguments.timelines) request.add_timelines(timeline);
  if (request.timelines().empty() && !session.options().timeline.empty()) {
    request.add_timelines(session.options().timeline);
  }
  if (request.timelines().empty()) {
    return absl::InvalidArgumentError(
        "which timeline is the token for? Give --timeline TIMELINE, once or more often, or "
        "--timeline '*' for all there are and will be");
  }
  request.set_name(arguments.name);
  if (request.name().empty()) {
    request.set_name(absl::StrCat(absl::AsciiStrToLower(v1::Role_Name(arguments.role)), " of ",
                                  absl::StrJoin(request.timelines(), ", "))
                         .substr(0, kMaxNameBytes));
  }
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const v1::CreateTokenResponse made, service->CreateToken(request));
  if (session.options().format == Format::kTable) {
    // Alone on standard output, to go into a file.
    session.out() << made.secret() << '\n';
    session.Remark(absl::StrCat("token ", made.token().id(), ", \"", made.token().name(),
                                "\": shown this once, and never again"));
    return absl::OkStatus();
  }
  Table table = TokensTable();
  table.columns.push_back({"token"});
  std::vector<Table::Cell> row = TokenRow(made.token());
  row.emplace_back(made.secret());
  table.rows.push_back(std::move(row));
  session.Print(table);
  return absl::OkStatus();
}

absl::Status List(const TokenArguments&, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTokensResponse all, service->ListTokens({}));
  Table table = TokensTable();
  for (const v1::Token& token : all.tokens()) table.rows.push_back(TokenRow(token));
  session.Print(table);
  return absl::OkStatus();
}

absl::Status Revoke(const TokenArguments& arguments, Session& session) {
  v1::RevokeTokenRequest request;
  request.set_id(arguments.id);
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const v1::RevokeTokenResponse revoked, service->RevokeToken(request));
  Table table = TokensTable();
  table.columns.push_back({"what"});
  std::vector<Table::Cell> row = TokenRow(revoked.token());
  row.emplace_back("revoked");
  table.rows.push_back(std::move(row));
  session.Print(table);
  return absl::OkStatus();
}

using Verb = absl::Status (*)(const TokenArguments&, Session&);

void Run(CLI::App* command, const std::shared_ptr<TokenArguments>& arguments, Verb verb,
         Action* chosen) {
  command->callback([arguments, verb, chosen] {
    *chosen = [arguments, verb](Session& session) { return verb(*arguments, session); };
  });
}

}  // namespace

void AddTokenCommand(CLI::App* app, Action* chosen) {
  CLI::App* token = app->add_subcommand("token", "Who may ask a server for what");
  token->require_subcommand(1);
  const auto arguments = std::make_shared<TokenArguments>();

  CLI::App* create = token->add_subcommand("create", "Make a token, and show it this once");
  AddChoice<v1::Role, v1::Role>(
      create, "--role", &arguments->role,
      {{"reader", v1::READER}, {"writer", v1::WRITER}, {"admin", v1::ADMIN}},
      "reader asks and follows; writer also appends and has consumers; admin also makes "
      "timelines, rebuilds, redacts, forgets and looks after tokens");
  create->get_option("--role")->required();
  create
      ->add_option("--timeline", arguments->timelines,
                   "A timeline that it is for, or \"*\" for all; may come several times")
      ->type_name("TIMELINE");
  create->add_option("--name", arguments->name, "For people: who has it (default: what it is for)")
      ->type_name("NAME");
  Run(create, arguments, Create, chosen);

  Run(token->add_subcommand("list", "All tokens, without what proves them"), arguments, List,
      chosen);

  CLI::App* revoke =
      token->add_subcommand("revoke", "Let nobody in with it any more; ends its open streams");
  revoke->add_option("ID", arguments->id, "As list shows it")->required()->type_name("");
  Run(revoke, arguments, Revoke, chosen);

  AddExamples(token, {"annals token create --role reader --timeline venezuela-2026 > token",
                      "annals token list", "annals token revoke 3f2a9c01"});
}

}  // namespace annals
