"""tools/load: a server of our own under load, measured from outside."""
import argparse
import contextlib
import json
import pathlib
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from runner import machine, peers, table
from runner.failure import Failure
from runner.figures import LESS, MORE, Row

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VIEW = "/v1/timelines/venezuela-2026/views/nationals-freed?valid=2026-01-12&known=2026-01-12"
SUMS = VIEW + "&max_evidence=0"
_START = time.monotonic()

# As many contributions as the view has, each with both worlds' bounds; the question
# is the view's: by group, in both worlds, as of a valid and a known time. The answer has
# the sums, as SUMS has, and not the evidence behind them.
_TABLE = """
CREATE TABLE contributions (
  country text NOT NULL, occurred_earliest bigint NOT NULL, occurred_latest bigint NOT NULL,
  known_earliest bigint NOT NULL, known_latest bigint NOT NULL, persons bigint NOT NULL);
INSERT INTO contributions SELECT 'C' || (i % 12), i, i + 5, i + 2, i + 9, 1 + i % 7
  FROM generate_series(1, 40) AS i;
CREATE INDEX ON contributions (country) INCLUDE (occurred_earliest, occurred_latest, known_earliest,
                                                 known_latest, persons);
"""
_QUESTION = """\\set v random(1, 50)
\\set k random(1, 50)
SELECT country,
       sum(persons) FILTER (WHERE occurred_latest <= :v AND known_latest <= :k),
       sum(persons) FILTER (WHERE occurred_earliest <= :v AND known_earliest <= :k)
  FROM contributions GROUP BY country ORDER BY country;
"""


def say(text):
    print(f"load: {time.monotonic() - _START:5.0f} s  {text}", file=sys.stderr, flush=True)


def run(*command, **options):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if result.returncode != 0:
        raise Failure(f"{' '.join(str(part) for part in command)}\nstopped with {result.returncode}:\n"
                      f"{(result.stderr or result.stdout)[-2000:]}")
    return result.stdout


class Server:
    """`annals serve` on a store of its own; it may be killed and started again."""

    def __init__(self, programs, folder):
        self.programs = programs
        self.store = folder / "store"
        self.log = open(folder / "server.log", "ab")  # noqa: SIM115: for the server's life.
        self.address = self.grpc = "127.0.0.1:0"
        self.process = None
        run(programs["annals"], "--store", self.store, "init")
        run(programs["annals"], "--store", self.store, "load", ROOT / "timelines" / "venezuela-2026")
        run(programs["annals"], "--store", self.store, "init", "--timeline", "load", "--domain", "venezuela",
            "--zone", "UTC", "--title", "Load")

    def start(self):
        command = [self.programs["annals"], "--store", self.store, "serve", "--http", self.address,
                   "--grpc", self.grpc]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        # The same ones when it is started again.
        self.address = self.listens_on("http")
        self.grpc = self.listens_on("grpc")

    def listens_on(self, scheme):
        line = self.process.stdout.readline()
        found = re.search(rf"{scheme}://(\S+)", line)
        if not found:
            raise Failure(f"annals serve says {line!r} instead of where it listens; see {self.log.name}")
        return found.group(1)

    def stop(self):
        self.process.terminate()
        if self.process.wait(timeout=60) != 0:
            raise Failure(f"annals serve stopped with {self.process.returncode}; see {self.log.name}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def resident_mib(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", text).group(1)) / 1024

    @contextlib.contextmanager
    def running(self):
        self.start()
        try:
            yield self
        finally:
            if self.process.poll() is None:
                self.stop()

    def streams_cut(self):
        """How many readers were too slow, as the server counts them."""
        with urllib.request.urlopen(f"http://{self.address}/metrics", timeout=10) as answer:
            found = re.search(r'annals_http_streams_cut_total{code="RESOURCE_EXHAUSTED"} (\d+)', answer.read().decode())
        return int(found.group(1)) if found else 0

    def readers(self, *flags):
        """What bench/serve/feed_load found."""
        return json.loads(run(self.programs["feed_load"], f"--server={self.address}", *flags))


def check(found, name):
    """A feed that misses, repeats or reorders an event is no figure, but an error."""
    wrong = {key: found[key] for key in ("missing", "gaps", "repeats", "ended", "errors") if found[key] != 0}
    if wrong:
        raise Failure(f"{name}: the readers' feeds are wrong: {wrong} of {found}")
    say(f"  {found['delivered']:,} deliveries of {found['acknowledged']:,} events, none missing, twice or "
        f"out of order")


def ask(server, target, seconds):
    """How many answers a second wrk gets, and their p99 in milliseconds."""
    output = run("wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", f"http://{server.address}{target}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    worst = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    if failed:
        raise Failure(f"{failed.group(1)} requests failed:\n{output}")
    return rate, float(worst.group(1)) * {"us": 1e-3, "ms": 1, "s": 1e3}[worst.group(2)]


def ask_postgresql(postgresql, connection, script, seconds):
    """How many answers a second pgbench gets."""
    output = postgresql.run("pgbench", "--no-vacuum", "--protocol=prepared", "--client=64", "--jobs=1",
                            f"--time={seconds}", f"--file={script}", connection)
    return float(re.search(r"^tps = ([\d.]+)", output, re.MULTILINE).group(1))


def questions(server, options):
    seconds = 5 if options.quick else 20
    rate, p99 = ask(server, VIEW, seconds)
    sums_rate, _ = ask(server, SUMS, seconds)
    rows = [Row("as of over HTTP", "requests/s", rate, 20_000, "the goal", MORE, 1),
            Row("the same, p99", "ms", p99, 10, "the goal", LESS, 1)]
    if options.postgresql:
        with peers.postgresql(options.folder, say) as postgresql:
            postgresql.sql(_TABLE)
            postgresql.sql("VACUUM ANALYZE contributions")
            script = postgresql.folder / "question.sql"
            script.write_text(_QUESTION)
            script.chmod(0o644)
            over_tcp = ask_postgresql(postgresql, postgresql.connection_over_tcp, script, seconds)
            over_socket = ask_postgresql(postgresql, postgresql.connection, script, seconds)
        sums = "as of over HTTP, without evidence, as PostgreSQL answers"
        rows.append(Row("as of over HTTP", "requests/s", rate, over_tcp, "PostgreSQL 15, pgbench, TCP", MORE, None))
        rows.append(Row(sums, "requests/s", sums_rate, over_tcp, "PostgreSQL 15, pgbench, TCP", MORE, 2))
        rows.append(Row(sums, "requests/s", sums_rate, over_socket, "PostgreSQL 15, pgbench, Unix socket", MORE, None))
    return rows


def delay(server, options):
    seconds = 5 if options.quick else 30
    rows = []
    grpc = f"--grpc={server.grpc}"
    # Channels of one process to one server share a connection, unless they are told not to. A
    # hundred of gRPC's own clients take more than half as much of the processors as the server, whose
    # they are too; what it can do for as many connections shows where the clients cost little
    # (http2_follower.h).
    for name, flags in (("SSE", []),
                        ("gRPC, 10 of its own C++ clients of 10 subscriptions", [grpc, "--grpc_connections=10"]),
                        ("gRPC, 100 of its own C++ clients", [grpc, "--grpc_connections=100"]),
                        ("gRPC, 100 subscribers over HTTP/2 connections of their own (nghttp2)",
                         [grpc, "--grpc_client=nghttp2"])):
        found = server.readers("--timeline=load", "--readers=100", "--rate=1000", "--writers=32",
                               f"--seconds={seconds}", *flags)
        check(found, f"delay, {name}")
        rate = found["acknowledged"] / seconds
        rows += [Row(f"acknowledged to received, {name}, p50", "ms", found["delayP50Ms"], 2, "the goal", LESS, 1),
                 Row("the same, p99", "ms", found["delayP99Ms"], 10, "the goal", LESS, 1),
                 Row("the same, events written", "events/s", rate, 1_000, "what was asked for", MORE, None)]
    return rows


def catch_up(server, options):
    events = 50_000 if options.quick else 500_000
    rows = []
    for name, flags, goal in (("SSE", [f"--fill={events}"], 50_000), ("gRPC", [f"--grpc={server.grpc}"], 200_000)):
        found = server.readers("--timeline=load", "--catch_up", *flags)
        check(found, f"catch-up, {name}")
        rate = found["delivered"] / found["seconds"]
        rows.append(Row(f"catch-up, {name}", "events/s", rate, goal, "the goal", MORE, 1))
    return rows


def many(server, options):
    readers = 1_000 if options.quick else 10_000
    found = server.readers("--timeline=load", f"--readers={readers}", "--rate=5", "--writers=1",
                           f"--seconds={10 if options.quick else 60}")
    check(found, "many readers")
    return [Row(f"{readers:,} SSE connections, resident", "MiB", server.resident_mib(), 1_024, "the goal", LESS, 1)]


def stalled(server, options):
    # A reader is cut when it has left no room for ten seconds, which first have to be filled.
    flags = ["--timeline=load", f"--readers={100 if options.quick else 1_000}", "--rate=100", "--writers=16",
             f"--seconds={50 if options.quick else 60}"]
    without = server.readers(*flags)
    check(without, "readers")
    among = server.readers(*flags, "--stalled=100")
    check(among, "readers among which some stall")
    return [Row("append p99 with 100 readers that stall", "ms", among["appendP99Ms"], without["appendP99Ms"],
                "without them", LESS, 0.9),
            Row("stalled readers that were cut", "readers", server.streams_cut(), 100, "all", MORE, 1)]


def kills(server, options):
    rounds = 3 if options.quick else 50
    command = [server.programs["feed_load"], f"--server={server.address}", "--timeline=load", "--readers=200",
               "--writers=64", "--rate=500", f"--seconds={rounds * 2}", "--resume"]
    load = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    chance = random.Random(options.seed)
    for _ in range(rounds):
        time.sleep(0.5 + chance.random())
        server.kill()
        server.start()
    output, errors = load.communicate(timeout=120)
    if load.returncode != 0:
        raise Failure(f"feed_load stopped with {load.returncode}:\n{errors[-2000:]}")
    check(json.loads(output), "kill -9")
    return [Row("kill -9 under load, nothing lost or twice", "times", rounds, rounds, "asked for", MORE, 1)]


SCENARIOS = {"questions": questions, "delay": delay, "catch-up": catch_up, "stalled": stalled, "many": many,
             "kills": kills}


def build():
    say("building (a few minutes the first time) …")
    targets = ["//:annals", "//bench/serve:feed_load"]
    progress = [] if sys.stderr.isatty() else ["--noshow_progress", "--curses=no"]
    if subprocess.run(["bazel", "build", *progress, "-c", "opt", *targets], cwd=ROOT, check=False).returncode != 0:
        raise Failure("the build failed; the compiler's message is above")
    found = subprocess.run(["bazel", "info", "-c", "opt", "bazel-bin"], cwd=ROOT, capture_output=True, text=True,
                           check=True).stdout.strip()
    programs = pathlib.Path(found)
    return {"annals": programs / "cli" / "annals", "feed_load": programs / "bench" / "serve" / "feed_load"}


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="tools/load", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Starts a server, loads it with questions, writers and readers of its feed, checks what each "
                    "reader gets, and prints the figures.",
        epilog="examples:\n  tools/load --quick\n  tools/load --json load.json\n  tools/load --only delay,kills")
    parser.add_argument("--quick", action="store_true", help="smaller and shorter: about a minute")
    parser.add_argument("--only", metavar="LIST", default=",".join(SCENARIOS),
                        help=f"of {', '.join(SCENARIOS)} (default: all)")
    parser.add_argument("--no-postgresql", dest="postgresql", action="store_false", help="without the peer")
    parser.add_argument("--seed", type=int, default=1, help="of the moments of kill -9 (default: 1)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--folder", default=tempfile.gettempdir(), metavar="DIR",
                        help="where stores are made and deleted again (default: %(default)s)")
    options = parser.parse_args(argv)
    options.only = [name for name in options.only.split(",") if name]
    for name in options.only:
        if name not in SCENARIOS:
            parser.error(f'there is no scenario "{name}", only {", ".join(SCENARIOS)}')
    return options


def measure(options):
    if shutil.which("wrk") is None and "questions" in options.only:
        raise Failure("wrk isn't here: run tools/setup --bench, or leave it out with --only")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    programs = build()
    rows = []
    for name in options.only:
        say(name)
        with tempfile.TemporaryDirectory(prefix="annals-load-", dir=options.folder) as folder:
            with Server(programs, pathlib.Path(folder)).running() as server:
                rows += SCENARIOS[name](server, options)
    return rows


def main(argv):
    options = arguments(argv)
    try:
        rows = measure(options)
    except (Failure, OSError) as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    print(machine.one_line(machine.describe(pathlib.Path(options.folder))))
    print(table.aligned(rows), end="")
    if options.json:
        text = json.dumps([row.as_json() for row in rows], indent=1, ensure_ascii=False) + "\n"
        pathlib.Path(options.json).write_text(text, encoding="utf-8")
    return 0
