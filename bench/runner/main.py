"""The command line of tools/bench."""
import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from runner import figures, machine, page, peers, table, workloads
from runner.failure import Failure

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache" / "bench"
_STARTED = time.monotonic()


def say(text):
    print(f"bench: {time.monotonic() - _STARTED:5.0f} s  {text}", file=sys.stderr, flush=True)


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="tools/bench", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures Annals and its peers on the same data, compares their answers and prints the "
                    "figures. Installs, builds and starts what it needs; nothing else should run meanwhile.",
        epilog="examples:\n  tools/bench --quick\n  tools/bench --json figures.json\n"
               "  tools/bench --only 'late|corrections' --peers sqlite\n  tools/bench --list")
    parser.add_argument("--quick", action="store_true", help="1 M contributions, at most 5 minutes")
    parser.add_argument("--size", type=_size, help="contributions, such as 200000 or 10M (default: 10M; quick: 1M)")
    parser.add_argument("--only", metavar="PATTERN", help="only the workloads that match the regular expression")
    parser.add_argument("--peers", default=",".join(workloads.PEERS), metavar="LIST",
                        help='of postgresql, duckdb and sqlite; "" for none (default: all)')
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--docs", action="store_true", help="also fill docs/benchmarks.md and its charts")
    parser.add_argument("--from", dest="measured", metavar="FILE",
                        help="measure nothing: show what an earlier run left (.cache/bench/results.json, "
                             "docs/benchmarks/results.json)")
    parser.add_argument("--folder", default=tempfile.gettempdir(), metavar="DIR",
                        help="where stores are made and deleted again (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="list the workloads, and stop")
    options = parser.parse_args(argv)
    options.size = options.size or (1_000_000 if options.quick else 10_000_000)
    options.peers = [p for p in options.peers.split(",") if p]
    for peer in options.peers:
        if peer not in workloads.PEERS:
            parser.error(f'there is no peer "{peer}", only {", ".join(workloads.PEERS)}')
    with contextlib.suppress(re.error):
        re.compile(options.only or "")
        return options
    parser.error(f"--only takes a regular expression, not {options.only!r}")


def _size(text):
    found = re.fullmatch(r"(\d+)([kM]?)", text)
    size = int(found.group(1)) * {"": 1, "k": 1_000, "M": 1_000_000}[found.group(2)] if found else 0
    if size < 20_000:
        raise argparse.ArgumentTypeError(f'"{text}" is no size of 20,000 or more, such as 200000 or 10M')
    return size


def _build(with_log):
    targets = ["//bench/as_of:as_of_benchmark"] + (["//bench/log:log_benchmark"] if with_log else [])
    say("building (a few minutes the first time) …")
    progress = [] if sys.stderr.isatty() else ["--noshow_progress", "--curses=no"]
    if subprocess.run(["bazel", "build", *progress, "-c", "opt", *targets], cwd=ROOT, check=False).returncode != 0:
        raise Failure("the build failed; the compiler's message is above")
    found = subprocess.run(["bazel", "info", "-c", "opt", "bazel-bin"], cwd=ROOT, capture_output=True, text=True,
                           check=True).stdout.strip()
    return pathlib.Path(found) / "bench"


class Run:
    """One run's programs and peers, and what they measured."""

    def __init__(self, options, programs, folder):
        self.options = options
        self.programs = programs
        self.folder = folder
        self.where = {}  # Contender: what --at takes.
        self.data = {"size": options.size, "quick": options.quick, "machine": machine.describe(folder),
                     "date": time.strftime("%Y-%m-%d"), "workloads": {}}
        self.wrong = []

    def contender(self, workload, name):
        store = self.folder / "store"
        report = self.folder / "report.json"
        command = [str(self.programs / "as_of" / "as_of_benchmark"),
                   *workload.arguments(name, 5 if self.options.quick else 60),
                   f"--folder={store}", f"--json={report}", f"--at={self.where.get(name, '')}"]
        say(f"  {name}")
        result = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        _remove(store)
        if result.returncode != 0:
            raise Failure(f"{workload.name}, {name}: stopped with {result.returncode}.\n"
                          f"{result.stderr[-3000:]}\n"
                          f"By hand: {' '.join(command)}")
        return json.loads(report.read_text())

    def workload(self, workload):
        say(f"{workload.name}: {workload.title}")
        reports = {name: self.contender(workload, name) for name in workload.asks}
        equal, wrong = figures.compare_answers(reports)
        for message in wrong[:5]:
            say(f"WRONG ANSWER, {workload.name}: {message}")
        self.wrong += [f"{workload.name}: {message}" for message in wrong]
        self.data["workloads"][workload.name] = {
            "title": workload.title, "options": workload.options, "commit": machine.commit(ROOT),
            "equal": equal, "wrong": len(wrong), "reports": reports}

    def log(self):
        say("log: appends and replay against raw RocksDB")
        report = self.folder / "log.json"
        command = [str(self.programs / "log" / "log_benchmark"), "--folder", str(self.folder), "--json", str(report)]
        if self.options.quick:
            command += ["--rounds", "3"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise Failure(f"log: stopped with {result.returncode}.\n{result.stderr[-3000:]}\n"
                          f"By hand: {' '.join(command)}")
        self.data["log"] = json.loads(report.read_text())

    def inserts(self, server):
        say("inserts: PostgreSQL, 64 clients, one row a transaction")
        self.data["inserts"] = server.measure_inserts(64, 8 if self.options.quick else 30)


def _remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def measure(options, chosen):
    has_log = (ROOT / "bench" / "log" / "BUILD.bazel").exists() and workloads.matches(options.only, workloads.LOG)
    wants_inserts = "postgresql" in options.peers and workloads.matches(options.only, workloads.INSERTS)
    contenders = {name for workload in chosen for name in workload.asks}
    if subprocess.run([ROOT / "tools" / "setup", "--bench"], cwd=ROOT, check=False).returncode != 0:
        raise Failure("tools/setup --bench failed; its message is above")
    programs = _build(has_log)
    CACHE.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(
            tempfile.TemporaryDirectory(prefix="annals-bench-", dir=options.folder)))
        run = Run(options, programs, folder)
        if contenders & set(workloads.PEERS["duckdb"]):
            library = peers.install_duckdb(CACHE, say)
            run.where.update({name: library for name in workloads.PEERS["duckdb"]})
        if "postgresql" in contenders or wants_inserts:
            server = stack.enter_context(peers.postgresql(options.folder, say))
            run.where["postgresql"] = server.connection
            if wants_inserts:
                run.inserts(server)
        if has_log:
            run.log()
        for workload in chosen:
            run.workload(workload)
            (CACHE / "results.json").write_text(json.dumps(page.slim(run.data)) + "\n")
    return run


def show(options, data, wrong):
    rows = figures.rows_of(data)
    print(machine.one_line(data["machine"]))
    print(table.aligned(rows), end="")
    equal = sum(w["equal"] for w in data["workloads"].values())
    print(f"{equal:,} answers compared, {len(wrong)} wrong; "
          f"{sum(r.met is True for r in rows)} goals met, {sum(r.met is False for r in rows)} missed")
    if options.json:
        text = json.dumps([row.as_json() for row in rows], indent=1, ensure_ascii=False) + "\n"
        pathlib.Path(options.json).write_text(text, encoding="utf-8")
    if wrong:
        return 1
    if options.docs:
        old = ROOT / page.RESULTS
        page.write(ROOT, page.merge(json.loads(old.read_text()) if old.exists() else None, data))
        say(f"wrote {page.PAGE} and docs/benchmarks/")
    return 0


def _interrupt(_signal, _frame):
    raise KeyboardInterrupt


def main(argv):
    options = arguments(argv)
    # Whoever stops it wants its server and folders gone as well.
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    everything = workloads.all_workloads(options.size, options.quick, options.peers)
    chosen = [w for w in everything if workloads.matches(options.only, w.name, w.title)]
    others = [n for n in (workloads.LOG, workloads.INSERTS) if workloads.matches(options.only, n)]
    if options.list:
        print("\n".join([f"{w.name:20} {w.title}" for w in chosen] + others))
        return 0
    try:
        if options.measured:
            return show(options, json.loads(pathlib.Path(options.measured).read_text()), [])
        if not chosen and not others:
            raise Failure(f"no workload matches {options.only!r}; tools/bench --list shows them")
        if not os.access(options.folder, os.W_OK):
            raise Failure(f"{options.folder} isn't a folder to write to: give another with --folder")
        run = measure(options, chosen)
        return show(options, run.data, run.wrong)
    except (Failure, OSError) as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
