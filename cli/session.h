// Session: one run of the command — its streams, its global options, and the
// service that it asks.
#ifndef ANNALS_CLI_SESSION_H_
#define ANNALS_CLI_SESSION_H_

#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/environment.h"
#include "engine/log/timeline_settings.h"
#include "engine/query/domain.h"
#include "engine/query/store.h"
#include "engine/render/table.h"
#include "engine/render/table_text.h"
#include "engine/service/service.h"

namespace annals {

enum class Format { kTable, kJson, kCsv, kMarkdown };

// The options that every command takes; empty means "by default".
struct GlobalOptions {
  std::string store;
  std::string server;
  std::string token_path;
  std::string ca_path;
  std::string keys;
  std::string timeline;
  Format format = Format::kTable;
};

// Not thread-safe. The streams, the environment and the domains must outlive it.
class Session {
 public:
  Session(std::istream* in, std::ostream* out, std::ostream* err, const Environment* environment,
          const std::vector<Domain>* domains);

  GlobalOptions& options() { return options_; }
  std::istream& in() { return *in_; }
  std::ostream& out() { return *out_; }
  std::ostream& err() { return *err_; }
  const Environment& environment() const { return *environment_; }
  const std::vector<Domain>& domains() const { return *domains_; }

  // What nearly every command asks: the server if ServerUrl() has one, otherwise the
  // store. Opened once. Errors are ServerUrl's, the connector's and OpenStore's;
  // INVALID_ARGUMENT if the file of --token-file can't be read or is empty.
  absl::StatusOr<Service*> OpenService();

  // --server, else, without --store, ANNALS_SERVER. Empty: it is the store that is
  // asked. INVALID_ARGUMENT if ANNALS_SERVER and ANNALS_STORE are both set.
  absl::StatusOr<std::string> ServerUrl() const;

  // For commands that need the folder itself.

  // --store, else ANNALS_STORE, else $XDG_DATA_HOME/annals, else
  // ~/.local/share/annals. INVALID_ARGUMENT if none of them is set;
  // FAILED_PRECONDITION where a server is to be asked.
  absl::StatusOr<std::string> StoreFolder() const;
  // --keys, else the folder beside the store.
  absl::StatusOr<std::string> KeysPath() const;
  // Opens the store, once. Store::Open's errors; NOT_FOUND names `annals init`.
  absl::StatusOr<Store*> OpenStore();

  // --timeline, which must exist, else the store's only timeline.
  // INVALID_ARGUMENT if there are several: the message lists them.
  absl::StatusOr<TimelineSettings> Timeline();

  // A remark for a person, on standard error, as an error message looks.
  void Remark(absl::string_view text);

  // How text may look on either stream: coloured on a terminal, and not with
  // NO_COLOR set.
  TextStyle out_style() const;
  TextStyle err_style() const;

  // JSON is laid out for a person on a terminal, and one line elsewhere.
  bool pretty() const { return environment_->output_is_terminal; }

  // A listing in the format asked for; as JSON an object whose one member,
  // `table.name`, is the array of rows.
  void Print(const Table& table);
  // JSON, and a line break.
  void PrintJson(const std::string& json);
  // A heading above a table, for people: bold, or a Markdown heading.
  void PrintHeading(absl::string_view text);

 private:
  std::istream* const in_;
  std::ostream* const out_;
  std::ostream* const err_;
  const Environment* const environment_;
  const std::vector<Domain>* const domains_;
  GlobalOptions options_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Service> service_;  // Over store_, unless it is remote.
};

// What a command line asks for; run once it has been parsed whole.
using Action = std::function<absl::Status(Session&)>;

}  // namespace annals

#endif  // ANNALS_CLI_SESSION_H_
