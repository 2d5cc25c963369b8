#!/usr/bin/python3
"""docs/feeds.md is true: its examples are those of examples/feeds, each mirrors a
timeline exactly once through crashes of the server and of its own, and its commands
succeed.

    feeds_test.py ANNALS HISTORY NODE NODE_MODULES DOCUMENT
"""
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "testing")]
import document_commands  # noqa: E402
import served_store  # noqa: E402

ANNALS, HISTORY, NODE, NODE_MODULES, DOCUMENT = sys.argv[1:6]
TIMELINE = "venezuela-2026"
EXAMPLES = pathlib.Path("examples/feeds").absolute()
HALF_A_LINE = '83\t{"position": 83, "id": "half'


def whole_lines(path):
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return text[:text.rfind("\n") + 1].splitlines()


class Example:
    """One of the examples at work, to be killed and started again."""

    def __init__(self, test, command, environment=None):
        self._command = command
        self._environment = dict(os.environ, **(environment or {}))
        self._log = open(test.store.folder / "example.log", "ab")
        self._process = None
        test.addCleanup(self._log.close)
        test.addCleanup(self.kill)
        self.start()

    def start(self):
        self._process = subprocess.Popen(self._command, stdout=self._log, stderr=self._log, env=self._environment,
                                         start_new_session=True)

    def kill(self):
        if self._process is not None:
            # With whatever it has started.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process = None

    def exit_code(self):
        return self._process.wait(served_store.PATIENCE_SECONDS)


class FeedExamplesTest(unittest.TestCase):
    def setUp(self):
        self.history = served_store.History(ANNALS, HISTORY, TIMELINE)
        self.store = served_store.ServedStore(ANNALS)
        self.addCleanup(self.store.__exit__)
        self.feed = f"{self.store.url}/v1/timelines/{TIMELINE}/feed"
        # Packages are looked for beside the script.
        self.scripts = self.store.folder / "scripts"
        shutil.copytree(EXAMPLES, self.scripts)
        (self.scripts / "node_modules").symlink_to(os.path.abspath(NODE_MODULES))
        self.programs = self.store.folder / "bin"
        self.programs.mkdir()
        (self.programs / "annals").symlink_to(self.store.annals)
        self.history.load(self.store, 40)
        self.store.start()

    def with_annals(self):
        return {"PATH": f"{self.programs}:{os.environ['PATH']}"}

    def log(self):
        return (self.store.folder / "example.log").read_text(errors="replace")[-2000:]

    def through_crashes(self, example, count, damage=lambda: None):
        """History, live, the server's crash, its return with news, the reader's own crash, live."""
        def arrives(told):
            served_store.wait_until(lambda: count() >= told, lambda: f"{told} items; there are {count()}: {self.log()}")
        arrives(40)
        self.history.post(self.store, 10)
        arrives(50)
        self.store.kill()
        self.history.append(self.store, 10)
        self.store.start()
        arrives(60)
        example.kill()
        damage()
        self.history.post(self.store, 10)
        example.start()
        arrives(70)
        self.history.post(self.store, 12)
        arrives(82)

    def recorded(self):
        """The log, as JSON values."""
        self.store.stop()
        return [json.loads(line) for line in self.store.run("export", "--timeline", TIMELINE).splitlines()]

    def check_lines(self, example, path, event_of=json.loads, damage=True):
        def cut_short():
            if damage:
                with open(path, "a", encoding="utf-8") as file:
                    file.write(HALF_A_LINE)
        self.through_crashes(example, lambda: len(whole_lines(path)), cut_short)
        return [event_of(line) for line in whole_lines(path)]

    def test_the_shell_mirrors_each_event_once(self):
        path = self.store.folder / "mirror.tsv"
        example = Example(self, [self.scripts / "mirror.sh", self.feed, path])
        lines = self.check_lines(example, path, lambda line: line.split("\t"))
        self.assertEqual([int(position) for position, _ in lines], list(range(1, 83)))
        self.assertEqual([json.loads(event) for _, event in lines], self.recorded())

    def test_python_mirrors_each_event_once(self):
        path = self.store.folder / "mirror.db"
        example = Example(self, ["/usr/bin/python3", self.scripts / "mirror.py", self.feed, path])
        self.through_crashes(example, lambda: self.rows(path)[0])
        count, rows = self.rows(path)
        self.assertEqual(count, 82)
        self.assertEqual([json.loads(text) for _, text in rows], self.recorded())

    @staticmethod
    def rows(path):
        database = sqlite3.connect(path)
        try:
            rows = database.execute("SELECT position, json FROM item ORDER BY position").fetchall()
            return len(rows), rows
        except sqlite3.OperationalError:  # Not made yet, or being written.
            return 0, []
        finally:
            database.close()

    def test_python_mirrors_a_view(self):
        path = self.store.folder / "view.db"
        url = f"{self.store.url}/v1/timelines/{TIMELINE}/views/summary/feed"
        example = Example(self, ["/usr/bin/python3", self.scripts / "mirror.py", url, path])
        # The checkpoint says how much was seen; not every event changes the view.
        def seen():
            database = sqlite3.connect(path)
            try:
                return database.execute("SELECT position FROM checkpoint").fetchone()[0]
            except (sqlite3.OperationalError, TypeError):
                return 0
            finally:
                database.close()
        self.through_crashes(example, seen)
        _, rows = self.rows(path)
        self.store.stop()
        listed = self.store.run("tail", TIMELINE, "--view", "summary", "--after", "0", "--limit", "1000",
                                "--format", "json").splitlines()
        self.assertEqual([json.loads(text) for _, text in rows], [json.loads(line) for line in listed])
        self.assertGreater(len(rows), 20)

    def test_javascript_mirrors_each_event_once_over_http(self):
        path = self.store.folder / "mirror.jsonl"
        example = Example(self, [NODE, self.scripts / "mirror-sse.mjs", self.feed, path])
        self.assertEqual(self.check_lines(example, path), self.recorded())

    def test_javascript_mirrors_each_event_once_over_grpc(self):
        path = self.store.folder / "mirror.jsonl"
        example = Example(self, [NODE, self.scripts / "mirror-grpc.mjs", self.store.grpc, TIMELINE, path, "."])
        events = self.check_lines(example, path)
        self.assertEqual([(event["position"], event["id"], event["stream"]) for event in events],
                         [(event["position"], event["id"], event["stream"]) for event in self.recorded()])

    def test_a_tail_is_a_mirror(self):
        path = self.store.folder / "mirror.jsonl"
        path.touch()
        example = Example(self, ["sh", "-c", 'exec annals tail --follow --after "$(wc -l <"$1")" --format json '
                                 '--server "$2" >>"$1"', "sh", path, self.store.url], self.with_annals())
        self.assertEqual(self.check_lines(example, path, damage=False), self.recorded())

    def test_workers_share_the_events_and_leave_none_out(self):
        handled = self.store.folder / "handled"
        handle = self.store.folder / "handle"
        handle.write_text(f"#!/bin/sh\nexec cat >>{handled}\n")
        handle.chmod(0o755)
        workers = [Example(self, [self.scripts / "worker.sh", self.store.url, TIMELINE, "index", f"worker-{i}", handle],
                           self.with_annals()) for i in (1, 2)]

        def ids():
            return {json.loads(line)["event"]["id"] for line in whole_lines(handled)}
        self.through_crashes(workers[0], lambda: len(ids()))
        self.assertEqual(ids(), set(self.history.told))
        listed = lambda: json.loads(self.annals("consumer", "list", "--format", "json"))["consumers"]  # noqa: E731
        served_store.wait_until(lambda: listed()[0]["lag"] == 0, listed)
        self.assertEqual(listed()[0]["parked"], 0)

    def annals(self, *arguments):
        return subprocess.run([self.store.annals, *arguments, "--timeline", TIMELINE, "--server", self.store.url],
                              capture_output=True, text=True, check=True).stdout

    def test_what_stays_wrong_ends_them(self):
        wrong = self.feed.replace(TIMELINE, "nowhere")
        folder = self.store.folder
        for command in ([self.scripts / "mirror.sh", wrong, folder / "1"],
                        ["/usr/bin/python3", self.scripts / "mirror.py", wrong, folder / "2"],
                        [NODE, self.scripts / "mirror-sse.mjs", wrong, folder / "3"],
                        [NODE, self.scripts / "mirror-grpc.mjs", self.store.grpc, "nowhere", folder / "4", "."]):
            with self.subTest(command=command):
                self.assertEqual(Example(self, command).exit_code(), 1, self.log())


class BusyServer(http.server.ThreadingHTTPServer):
    """Refuses at first, and breaks off after each event."""

    refusals = (503, 429)

    def __init__(self):
        super().__init__(("127.0.0.1", 0), BusyAnswer)
        self.asked = []  # When, and after which position.
        threading.Thread(target=self.serve_forever, daemon=True).start()


class BusyAnswer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = self.server.asked
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        after = int(self.headers.get("Last-Event-ID") or query.get("after", ["0"])[0])
        asked.append((time.monotonic(), after))
        if len(asked) <= len(self.server.refusals):
            self.send_response(self.server.refusals[len(asked) - 1])
            self.send_header("Retry-After", "2")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(f'id: {after + 1}\nevent: event\ndata: {{"position": {after + 1}}}\n\n'.encode())
        # What was begun, but isn't whole, was not received.
        self.wfile.write(f'id: {after + 2}\nevent: event\nda'.encode())
        self.close_connection = True

    def log_message(self, *_):
        pass


class BusyServerTest(unittest.TestCase):
    """What passes by itself is waited out, and each goes on where it was."""

    def mirrored(self, command, positions, waits_as_asked=True):
        with tempfile.TemporaryDirectory() as folder, BusyServer() as server:
            path = pathlib.Path(folder, "mirror")
            process = subprocess.Popen([*command, f"http://127.0.0.1:{server.server_port}/feed", path],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                served_store.wait_until(lambda: len(positions(path)) >= 3, lambda: server.asked)
            finally:
                os.killpg(process.pid, 9)
                process.wait()
                server.shutdown()
            self.assertEqual(positions(path)[:3], [1, 2, 3])
            self.assertEqual([after for _, after in server.asked][:5], [0, 0, 0, 1, 2])
            if waits_as_asked:
                (first, _), (second, _), (third, _) = server.asked[:3]
                self.assertGreaterEqual(min(second - first, third - second), 1.9)

    def test_the_shell(self):
        self.mirrored([EXAMPLES / "mirror.sh"],
                      lambda path: [int(line.split("\t")[0]) for line in whole_lines(path)])

    def test_python(self):
        self.mirrored(["/usr/bin/python3", EXAMPLES / "mirror.py"],
                      lambda path: [position for position, _ in FeedExamplesTest.rows(path)[1]])

    def test_javascript(self):
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "mirror-sse.mjs")
            shutil.copy(EXAMPLES / script.name, script)
            (script.parent / "node_modules").symlink_to(os.path.abspath(NODE_MODULES))
            # The package doesn't tell its user what the answer asks for.
            self.mirrored([NODE, script],
                          lambda path: [json.loads(line)["position"] for line in whole_lines(path)],
                          waits_as_asked=False)


class DocumentTest(unittest.TestCase):
    def test_its_examples_are_the_files(self):
        text = pathlib.Path(DOCUMENT).read_text(encoding="utf-8")
        examples = sorted(path for path in EXAMPLES.iterdir() if path.suffix != ".bazel")
        self.assertEqual(len(examples), 5)
        for example in examples:
            with self.subTest(example=example.name):
                self.assertIn(f"\n{example.read_text(encoding='utf-8')}```\n", text)
                self.assertIn(f"examples/feeds/{example.name}", text)

    def test_every_command_succeeds(self):
        with document_commands.Workplace(ANNALS, HISTORY) as place:
            blocks = document_commands.commands(DOCUMENT)
            self.assertGreaterEqual(len(blocks), 3)
            for block in blocks:
                with self.subTest(block=block):
                    self.assertTrue(place.run(block).strip())


if __name__ == "__main__":
    served_store.main()
