"""A store in a folder of its own with `annals serve` over it, for tests of clients.

    with ServedStore(annals) as store:
        store.load(folder)
        store.start()
        store.kill()
        store.start()          # at the same addresses
"""
import contextlib
import http.client
import json
import os
import pathlib
import queue
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xml.sax.saxutils

PATIENCE_SECONDS = 120
# Below the ports that systems draw from by themselves: a client that tries again and
# again can't be given the very port that it tries to reach.
# None is given twice: between two starts of its server, a port looks free.
PORTS = range(10240, 32000)
_untried = random.sample(PORTS, len(PORTS))


def free_port():
    while True:
        port = _untried.pop()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def wait_until(is_so, what):
    """Looks again and again; `what` tells how it is, if that takes too long."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until, f"not within {PATIENCE_SECONDS} s: {what()}"
        time.sleep(0.02)


class ServedStore:
    def __init__(self, annals):
        self.annals = os.path.abspath(annals)
        self._temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._temporary.name)
        self.store = str(self.folder / "store")
        self.http = f"127.0.0.1:{free_port()}"
        self.grpc = f"127.0.0.1:{free_port()}"
        self.process = None
        self.run("init")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self._temporary.cleanup()

    @property
    def url(self):
        return f"http://{self.http}"

    def run(self, *arguments, input_text=None):
        """What a command prints about the store; nobody may be serving it."""
        result = subprocess.run([self.annals, *arguments, "--store", self.store], input=input_text,
                                capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"annals {arguments}: {result.stderr}"
        return result.stdout

    def load(self, folder):
        self.run("load", str(folder))

    def load_lines(self, lines):
        """Copies, as `annals export` wrote them."""
        path = self.folder / "copies.jsonl"
        path.write_text("".join(lines), encoding="utf-8")
        self.run("load", str(path))

    def start(self):
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.annals, "serve", "--store", self.store, "--http", self.http, "--grpc", self.grpc],
                stdout=subprocess.PIPE, stderr=log, text=True)
        said = self.process.stdout.readline()
        assert said == f"listening on {self.url}\n", said + self.server_log()
        assert self.process.stdout.readline() == f"listening on grpc://{self.grpc}\n"

    def kill(self):
        """As a crash does; the machine stays up."""
        self._end(signal.SIGKILL)

    def stop(self):
        code = self._end(signal.SIGTERM)
        assert code == 0, f"the server ended with {code}: {self.server_log()}"

    def _end(self, how):
        if self.process is None:
            return None
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE_SECONDS)
        self.process.stdout.close()
        self.process = None
        return code

    def server_log(self):
        return (self.folder / "server.log").read_text(errors="replace")[-3000:]

    def ask(self, method, target, body=None, headers=None):
        """Status, headers and body of an answer, as they came."""
        with contextlib.closing(http.client.HTTPConnection(self.http, timeout=PATIENCE_SECONDS)) as connection:
            connection.request(method, target, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def post(self, timeline, events):
        status, _, body = self.ask("POST", f"/v1/timelines/{timeline}/events",
                                   json.dumps({"events": events}), {"Content-Type": "application/json"})
        assert status in (200, 201), body


# What a store assigns to an event.
ASSIGNED = ("timeline", "position", "revision", "recordedAt", "occurredBounds", "knownBounds",
            "payloadSalt", "payloadCommitment")


def as_stated(line):
    """An exported event as whoever recorded it stated it."""
    return {name: value for name, value in json.loads(line).items() if name not in ASSIGNED}


class History:
    """A timeline that is told in parts: some before, some while and some after a server runs."""

    def __init__(self, annals, folder, timeline):
        self.timeline = timeline
        with ServedStore(annals) as store:
            store.load(folder)
            self.lines = store.run("export", "--timeline", timeline).splitlines(keepends=True)
        self._told = 0

    def _next(self, count):
        part = self.lines[self._told:self._told + count]
        assert len(part) == count, f"the timeline has {len(self.lines)} events"
        self._told += count
        return part

    def load(self, store, count):
        store.load_lines(self._next(count))

    def append(self, store, count):
        """To a store that nobody serves."""
        events = "".join(json.dumps(as_stated(line)) + "\n" for line in self._next(count))
        store.run("append", "--timeline", self.timeline, input_text=events)

    def post(self, store, count):
        store.post(self.timeline, [as_stated(line) for line in self._next(count)])

    @property
    def told(self):
        """The ids of the events so far."""
        return [json.loads(line)["id"] for line in self.lines[:self._told]]


class Reader:
    """A program whose lines of output are JSON values, read as they come."""

    def __init__(self, command, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        **options)
        self.values = []
        self._coming = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)
        self.process.stderr.close()

    def _read(self):
        with self.process.stdout as lines:
            for line in lines:
                self._coming.put(json.loads(line))
        self._coming.put(None)

    def wait_for(self, is_it):
        """The next value that is it; all that came are in `values`."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                value = self._coming.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"nothing of the kind came; the last were {self.values[-3:]}") from None
            if value is None:
                raise AssertionError(f"{self.process.args} ended: {self.process.stderr.read()[-2000:]}")
            self.values.append(value)
            if is_it(value):
                return value


class _CaseNames(unittest.TextTestResult):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.cases = []

    def stopTest(self, test):
        self.cases.append(test)
        super().stopTest(test)


def main():
    """Runs the calling module's tests, or those of `bazel test --test_filter=CLASS.TEST`,
    and tells Bazel about each."""
    chosen = os.environ.get("TESTBRIDGE_TEST_ONLY")
    program = unittest.main(argv=sys.argv[:1] + ([chosen] if chosen else []), exit=False,
                            testRunner=unittest.TextTestRunner(verbosity=2, resultclass=_CaseNames))
    result = program.result
    bad = {test.id(): trace for test, trace in result.failures + result.errors}
    # A case of several parts, or what is set up for all.
    bad_cases = {name.partition(" ")[0] for name in bad}
    report = os.environ.get("XML_OUTPUT_FILE")
    if report:
        cases = [test.id() for test in result.cases]
        cases += sorted(name for name in bad_cases if name not in cases)
        with open(report, "w", encoding="utf-8") as out:
            out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
            out.write(f'<testsuites name="all" tests="{len(cases)}" failures="{len(bad_cases)}" errors="0">\n')
            out.write(f'<testsuite name="all" tests="{len(cases)}" failures="{len(bad_cases)}" errors="0">\n')
            for case in cases:
                failure = "<failure/>" if case in bad_cases else ""
                out.write(f"<testcase name={xml.sax.saxutils.quoteattr(case)}>{failure}</testcase>\n")
            out.write("</testsuite>\n</testsuites>\n")
    sys.exit(0 if result.wasSuccessful() else 1)
