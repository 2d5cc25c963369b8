#include "cli/commands/serve.h"

#include <chrono>
#include <memory>
#include <string>

#include "cli/arguments.h"
#include "cli/type_docs.h"
#include "engine/base/status.h"
#include "server/annals_server.h"
#include "server/process/termination_signal.h"

namespace annals {
namespace {

constexpr int kMaxThreads = 64;
constexpr absl::string_view kNoGrpc = "off";
// Less than a supervisor's own patience, such as systemd's 90 seconds.
constexpr std::chrono::seconds kPatience(10);

struct Arguments {
  std::string http = "127.0.0.1:7171";
  std::string grpc = "127.0.0.1:7172";
  int threads = 2;
};

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
  options.threads = arguments.threads;
  options.logs_requests = true;
  options.describe_type = FirstSentenceAbout;
  options.clock = session.environment().clock;
  // Before any thread is started.
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<TerminationSignal> signal,
                          TerminationSignal::Block());
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<AnnalsServer> server,
                          AnnalsServer::Start(store, options));
  session.out() << "listening on http://" << server->http().ToString() << '\n';
  if (server->grpc()) {
    session.out() << "listening on grpc://" << server->grpc()->ToString() << '\n';
  }
  session.out().flush();
  signal->Wait();
  // Requests that weren't over in time were told so.
  server->Stop(kPatience).IgnoreError();
  return absl::OkStatus();
}

}  // namespace

void AddServeCommand(CLI::App* app, Action* chosen) {
  CLI::App* command =
      app->add_subcommand("serve", "Serve the store over HTTP and gRPC, until SIGTERM");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("--http", arguments->http,
                   "Where to listen: an address of this machine alone, and a port, 0 for any "
                   "that is free (default: 127.0.0.1:7171)")
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
  AddExamples(command, {"annals serve", "annals serve --store ./store --http 127.0.0.1:8080"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Serve(*arguments, session); };
  });
}

}  // namespace annals
