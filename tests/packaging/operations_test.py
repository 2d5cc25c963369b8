#!/usr/bin/python3
"""docs/operations.md is true: its commands succeed, its metrics are there, and its
unit is one that systemd takes.

    operations_test.py ANNALS HISTORY DOCUMENT UNIT
"""
import http.client
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "testing")]
import document_commands  # noqa: E402
import served_store  # noqa: E402

ANNALS, HISTORY, DOCUMENT, UNIT = sys.argv[1:5]
PROGRAM = "/usr/local/bin/annals"


class OperationsTest(unittest.TestCase):
    def setUp(self):
        self.text = pathlib.Path(DOCUMENT).read_text(encoding="utf-8")

    def test_every_command_succeeds(self):
        with document_commands.Workplace(ANNALS, HISTORY) as place:
            outputs = [place.run(block) for block in document_commands.commands(DOCUMENT)]
        self.assertEqual(len(outputs), 5)
        backed_up, restored, exported, repaired = outputs[1:]
        self.assertEqual(len(re.findall(r"venezuela-2026 +82 ", backed_up)), 6)
        self.assertIn("hashes follow one another", restored)
        self.assertIn("the same", exported)
        self.assertIn("hashes follow one another", repaired)

    def test_a_mirror_of_the_feed_is_a_backup(self):
        with served_store.ServedStore(ANNALS) as store, served_store.ServedStore(ANNALS) as restored:
            store.load(HISTORY)
            store.start()
            connection = http.client.HTTPConnection(store.http, timeout=served_store.PATIENCE_SECONDS)
            self.addCleanup(connection.close)
            connection.request("GET", "/v1/timelines/venezuela-2026/feed")
            mirror = []
            for line in connection.getresponse():
                if line.startswith(b"event: caught-up"):
                    break
                if line.startswith(b"data: "):
                    mirror.append(line.decode().removeprefix("data: "))
            store.stop()
            restored.load_lines(mirror)
            self.assertEqual(restored.run("export"), store.run("export"))

    def test_the_metrics_that_it_names_are_there(self):
        names = set(re.findall(r"`(annals_[a-z_]+)`", self.text))
        self.assertGreaterEqual(len(names), 10)
        with served_store.ServedStore(ANNALS) as store:
            store.load(HISTORY)
            store.start()
            store.ask("GET", "/v1/timelines")
            # One who goes away: streams that were cut are counted by code.
            reader = http.client.HTTPConnection(store.http, timeout=served_store.PATIENCE_SECONDS)
            reader.request("GET", "/v1/timelines/venezuela-2026/feed")
            answer = reader.getresponse()
            answer.readline()
            answer.close()
            reader.close()

            def metrics():
                return store.ask("GET", "/metrics")[2].decode()
            served_store.wait_until(lambda: 'annals_http_streams_cut_total{code="CANCELLED"} 1' in metrics(), metrics)
            there = set(re.findall(r"^# TYPE (\S+)", metrics(), re.MULTILINE))
            self.assertEqual(names - there, set())
            # By the labels that it says.
            for line in self.text.splitlines():
                row = re.match(r"\| `(annals_[a-z_]+)` by ([^|]+) \|", line)
                if row is None:
                    continue
                labels = re.findall("`([a-z]+)`", row.group(2))
                series = re.search(rf"^{row.group(1)}(?:_count)?{{(.*?)}} ", metrics(), re.MULTILINE)
                self.assertIsNotNone(series, line)
                self.assertCountEqual(re.findall('([a-z]+)="', series.group(1)), labels)

    def test_the_files_that_it_names_are_there(self):
        for name in set(re.findall(r"`(packaging/[a-z.-]+)`", self.text)):
            with self.subTest(name=name):
                self.assertTrue(pathlib.Path(name).exists())

    def verify(self, unit):
        """What systemd has against a unit."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "annals.service")
            path.write_text(unit.replace(PROGRAM, os.path.abspath(ANNALS)))
            result = subprocess.run(["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True,
                                    text=True, check=False)
            return result.returncode, [line for line in result.stderr.splitlines() if "annals" in line]

    def test_systemd_takes_the_unit(self):
        unit = pathlib.Path(UNIT).read_text(encoding="utf-8")
        self.assertIn(f"ExecStart={PROGRAM} serve --store", unit)
        self.assertEqual(self.verify(unit), (0, []))
        # It would have noticed.
        _, complaints = self.verify(unit.replace("ProtectClock=", "ProtectClocks="))
        self.assertIn("ProtectClocks", "".join(complaints))

    def test_the_unit_starts_what_the_command_takes(self):
        unit = pathlib.Path(UNIT).read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            before = re.search(r"^ExecStartPre=(.*)$", unit, re.MULTILINE).group(1)
            command = before.replace("%S", folder).replace(PROGRAM, os.path.abspath(ANNALS))
            os.mkdir(os.path.join(folder, "annals"))
            # The first time it makes a store; then there is one.
            for _ in range(2):
                subprocess.run(["/bin/sh", "-c", command], check=True, capture_output=True)
                self.assertTrue(os.path.exists(os.path.join(folder, "annals", "store", "FORMAT")))
            start = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE).group(1).replace("%S", folder).split()
            start[0] = os.path.abspath(ANNALS)
            with subprocess.Popen([*start, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
                self.assertTrue(server.stdout.readline().startswith("listening on http://127.0.0.1:"))
                server.terminate()
                self.assertEqual(server.wait(served_store.PATIENCE_SECONDS), 0)


if __name__ == "__main__":
    served_store.main()
