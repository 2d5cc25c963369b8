#include "cli/session.h"

#include <fstream>
#include <limits>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/type_docs.h"
#include "engine/base/status.h"
#include "engine/keys/key_folder.h"
#include "engine/render/csv.h"
#include "engine/render/json_text.h"
#include "engine/render/markdown.h"
#include "engine/render/text.h"
#include "engine/service/store_service.h"

namespace annals {
namespace {

TextStyle StyleOf(const Environment& environment, bool terminal) {
  const bool dumb = environment.Variable("TERM") == "dumb";
  return {.color = terminal && !dumb && environment.Variable("NO_COLOR").empty(),
          .width = terminal ? environment.terminal_columns : 0};
}

// ANNALS_TOKEN, or what the file holds, from which line ends are taken.
absl::StatusOr<std::string> Token(const std::string& path, const Environment& environment) {
  if (path.empty()) return environment.Variable("ANNALS_TOKEN");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  std::string token(absl::StripAsciiWhitespace(text.str()));
  if (!file.is_open() || token.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--token-file ", path, ": ", file.is_open() ? "it is empty" : "it can't be read"));
  }
  return token;
}

}  // namespace

Session::Session(std::istream* in, std::ostream* out, std::ostream* err,
                 const Environment* environment, const std::vector<Domain>* domains)
    : in_(in), out_(out), err_(err), environment_(environment), domains_(domains) {}

absl::StatusOr<std::string> Session::StoreFolder() const {
  ANNALS_ASSIGN_OR_RETURN(const std::string server, ServerUrl());
  if (!server.empty()) {
    return absl::FailedPreconditionError(
        "this command works on the store's own folder: it needs --store DIR, on the machine that "
        "has it, instead of --server");
  }
  if (!options_.store.empty()) return options_.store;
  std::string folder = environment_->Variable("ANNALS_STORE");
  if (!folder.empty()) return folder;
  folder = environment_->Variable("XDG_DATA_HOME");
  if (!folder.empty()) return absl::StrCat(folder, "/annals");
  folder = environment_->Variable("HOME");
  if (!folder.empty()) return absl::StrCat(folder, "/.local/share/annals");
  return absl::InvalidArgumentError(
      "no store: HOME is not set; give --store DIR or set ANNALS_STORE");
}

absl::StatusOr<std::string> Session::KeysPath() const {
  ANNALS_ASSIGN_OR_RETURN(const std::string folder, StoreFolder());
  return options_.keys.empty() ? KeyFolder::PathBeside(folder) : options_.keys;
}

absl::StatusOr<Store*> Session::OpenStore() {
  if (store_ != nullptr) return store_.get();
  ANNALS_ASSIGN_OR_RETURN(const std::string folder, StoreFolder());
  Store::Options options;
  options.clock = environment_->clock;
  options.draw_id = environment_->draw_id;
  options.keys = options_.keys;
  absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(folder, domains_, options);
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  return store_.get();
}

absl::StatusOr<Service*> Session::OpenService() {
  if (service_ != nullptr) return service_.get();
  ServerAddress address;
  ANNALS_ASSIGN_OR_RETURN(address.url, ServerUrl());
  if (!address.url.empty()) {
    ANNALS_ASSIGN_OR_RETURN(address.token, Token(options_.token_path, *environment_));
    address.ca_path = options_.ca_path;
    ANNALS_ASSIGN_OR_RETURN(service_, environment_->connect(address));
    return service_.get();
  }
  ANNALS_ASSIGN_OR_RETURN(Store* const store, OpenStore());
  StoreService::Options options;
  options.describe_type = FirstSentenceAbout;
  // In this process a listing is held whole anyway.
  options.max_page_events = std::numeric_limits<size_t>::max();
  service_ = std::make_unique<StoreService>(store, options);
  return service_.get();
}

absl::StatusOr<std::string> Session::ServerUrl() const {
  if (!options_.server.empty() || !options_.store.empty()) return options_.server;
  if (!environment_->connect) return std::string();
  std::string url = environment_->Variable("ANNALS_SERVER");
  if (!url.empty() && !environment_->Variable("ANNALS_STORE").empty()) {
    return absl::InvalidArgumentError(
        "ANNALS_SERVER and ANNALS_STORE are both set; say by --server or --store which it is");
  }
  return url;
}

absl::StatusOr<TimelineSettings> Session::Timeline() {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, OpenService());
  if (!options_.timeline.empty()) {
    v1::GetTimelineRequest request;
    request.set_timeline(options_.timeline);
    ANNALS_ASSIGN_OR_RETURN(const v1::Timeline timeline, service->GetTimeline(request));
    return TimelineSettings::FromProto(timeline.name(), timeline.settings());
  }
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTimelinesResponse all, service->ListTimelines({}));
  if (all.timelines().empty()) {
    return absl::NotFoundError(
        "the store has no timeline yet; `annals load` a history, or make one with "
        "`annals init --timeline NAME --zone ZONE --title TITLE`");
  }
  if (all.timelines_size() > 1) {
    const std::string names = absl::StrJoin(
        all.timelines(), ", ",
        [](std::string* out, const v1::Timeline& each) { absl::StrAppend(out, each.name()); });
    return absl::InvalidArgumentError(
        absl::StrCat("the store has several timelines (", names, "); name one with --timeline"));
  }
  return TimelineSettings::FromProto(all.timelines(0).name(), all.timelines(0).settings());
}

TextStyle Session::out_style() const {
  return StyleOf(*environment_, environment_->output_is_terminal);
}

TextStyle Session::err_style() const {
  return StyleOf(*environment_, environment_->error_is_terminal);
}

void Session::Remark(absl::string_view text) {
  *err_ << Red("annals:", err_style()) << ' ' << VisibleLines(text) << '\n';
}

void Session::Print(const Table& table) {
  switch (options_.format) {
    case Format::kTable:
      WriteTableText(table, out_style(), *out_);
      break;
    case Format::kCsv:
      WriteCsv(table, *out_);
      break;
    case Format::kMarkdown:
      WriteMarkdown(table, *out_);
      break;
    case Format::kJson:
      PrintJson(JsonObject({{table.name, RowsToJson(table, pretty())}}, pretty()));
      break;
  }
}

void Session::PrintJson(const std::string& json) { *out_ << json << '\n'; }

void Session::PrintHeading(absl::string_view text) {
  if (options_.format == Format::kMarkdown) {
    *out_ << "## " << MarkdownText(text) << "\n\n";
  } else {
    *out_ << Bold(Visible(text), out_style()) << '\n';
  }
}

}  // namespace annals
