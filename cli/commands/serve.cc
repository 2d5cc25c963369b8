#include "cli/commands/serve.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/arguments.h"
#include "cli/type_docs.h"
#include "engine/base/status.h"
#include "server/annals_server.h"
#include "server/process/termination_signal.h"

namespace annals {
namespace {

constexpr int kMaxThreads = 64;
constexpr double kMostUnits = 1e12;
constexpr size_t kMostStreams = 1'000'000;
// What can be saved up.
constexpr double kSecondsOfUnits = 4;
constexpr absl::string_view kNoGrpc = "off";
// Less than a supervisor's own patience, such as systemd's 90 seconds.
constexpr std::chrono::seconds kPatience(10);

struct Arguments {
  std::string http = "127.0.0.1:7171";
  std::string grpc = "127.0.0.1:7172";
  ServerCertificate tls;
  bool requires_token = false;
  std::vector<std::string> hosts;
  std::vector<std::string> origins;
  Quotas::Options quotas;
  int threads = 2;
  bool unsafe_no_sync = false;
};

// Nothing, both files, or an error that says what is missing.
absl::StatusOr<std::optional<ServerCertificate>> Tls(const Arguments& arguments) {
  const ServerCertificate& tls = arguments.tls;
  if (tls.certificate_path.empty() != tls.key_path.empty()) {
    return absl::InvalidArgumentError("TLS takes both --tls-cert FILE and --tls-key FILE");
  }
  if (!tls.client_ca_path.empty() && (tls.key_path.empty() || arguments.grpc == kNoGrpc)) {
    return absl::InvalidArgumentError(
        "--client-ca is for gRPC over TLS: it takes --tls-cert FILE and --tls-key FILE, and no "
        "--grpc off");
  }
  if (tls.key_path.empty()) return std::nullopt;
  return tls;
}

absl::Status Serve(const Arguments& arguments, Session& session) {
  AnnalsServerOptions options;
  absl::StatusOr<Endpoint> endpoint = Endpoint::Parse(arguments.http);
  ANNALS_RETURN_IF_ERROR(Annotate(endpoint.status(), "--http"));
  options.http = *std::move(endpoint);
  if (arguments.grpc != kNoGrpc) {
    absl::StatusOr<Endpoint> grpc = Endpoint::Parse(arguments.grpc);
    ANNALS_RETURN_IF_ERROR(Annotate(grpc.status(), "--grpc"));
    options.grpc = *std::move(grpc);
  }
  ANNALS_ASSIGN_OR_RETURN(options.tls, Tls(arguments));
  options.requires_token = arguments.requires_token;
  options.hosts = arguments.hosts;
  options.origins = arguments.origins;
  options.quotas = arguments.quotas;
  options.quotas.most_units = kSecondsOfUnits * arguments.quotas.units_per_second;
  options.threads = arguments.threads;
  options.logs_requests = true;
  options.describe_type = FirstSentenceAbout;
  options.clock = session.environment().clock;
  // Before any thread is started.
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<TerminationSignal> signal,
                          TerminationSignal::Block());
  session.options().unsafe_no_sync = arguments.unsafe_no_sync;
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  if (arguments.unsafe_no_sync) {
    session.Remark(
        "unsafe_no_sync: what is acknowledged isn't on disk yet; a power failure loses some of it");
  }
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<AnnalsServer> server,
                          AnnalsServer::Start(store, options));
  const absl::string_view s = options.tls ? "s" : "";
  session.out() << "listening on http" << s << "://" << server->http().ToString() << '\n';
  if (server->grpc()) {
    session.out() << "listening on grpc" << s << "://" << server->grpc()->ToString() << '\n';
  }
  session.out().flush();
  signal->Wait();
  // Requests that weren't over in time were told so.
  server->Stop(kPatience).IgnoreError();
  return session.Sync();
}

// Who gets in, and how much they get.
void AddAccessOptions(CLI::App* command, Arguments* arguments) {
  command
      ->add_option("--tls-cert", arguments->tls.certificate_path,
                   "The server's certificate and those up to a root, in PEM: TLS for HTTP and gRPC")
      ->type_name("FILE");
  command->add_option("--tls-key", arguments->tls.key_path, "The certificate's key, in PEM")
      ->type_name("FILE");
  command
      ->add_option("--client-ca", arguments->tls.client_ca_path,
                   "Let in only clients of gRPC that show a certificate of this one's, in PEM")
      ->type_name("FILE");
  command->add_flag("--require-token", arguments->requires_token,
                    "Turn away whoever shows no token, on this machine too: for a reverse proxy, "
                    "behind which everyone comes from this machine");
  command
      ->add_option("--host", arguments->hosts,
                   "A name that requests may be for, beside localhost: what a reverse proxy passes "
                   "on as Host; may come several times")
      ->type_name("NAME");
  command
      ->add_option("--allow-origin", arguments->origins,
                   "Whose pages in a browser may ask and append: https://example.org, or \"*\"; "
                   "may come several times")
      ->type_name("ORIGIN");
  command
      ->add_option("--quota-units", arguments->quotas.units_per_second,
                   "What one token's questions may cost a second, in units of docs/http.md; four "
                   "times that at once (default: 50000)")
      ->check(CLI::Range(1.0, kMostUnits).description(""))
      ->type_name("N");
  command
      ->add_option("--quota-streams", arguments->quotas.streams,
                   "How many streams one token may have open (default: 1000)")
      ->check(CLI::Range(size_t{1}, kMostStreams).description(""))
      ->type_name("N");
}

}  // namespace

void AddServeCommand(CLI::App* app, Action* chosen) {
  CLI::App* command =
      app->add_subcommand("serve", "Serve the store over HTTP and gRPC, until SIGTERM");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("--http", arguments->http,
                   "Where to listen: an address and a port, 0 for any that is free; where others "
                   "get to it takes TLS and a token (default: 127.0.0.1:7171)")
      ->type_name("ADDRESS:PORT");
  command
      ->add_option("--grpc", arguments->grpc,
                   "Where to listen for gRPC, likewise, or \"off\" (default: 127.0.0.1:7172)")
      ->type_name("ADDRESS:PORT");
  command
      ->add_option("--threads", arguments->threads,
                   "Threads for connections, however many there are (default: 2)")
      ->check(CLI::Range(1, kMaxThreads).description(""))
      ->type_name("N");
  AddUnsafeNoSync(command, &arguments->unsafe_no_sync);
  AddAccessOptions(command, arguments.get());
  AddExamples(command,
              {"annals serve", "annals serve --store ./store --http 127.0.0.1:8080",
               "annals serve --require-token --host annals.example.org",
               "annals serve --http 0.0.0.0:443 --grpc off --tls-cert cert.pem --tls-key key.pem"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Serve(*arguments, session); };
  });
}

}  // namespace annals
