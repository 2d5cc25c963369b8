#!/usr/bin/python3
"""docs/privacy.md is true: its commands do what it says, on the command line and over HTTP.

    privacy_test.py ANNALS HISTORY DOCUMENT
"""
import json
import os
import pathlib
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "testing")]
import document_commands  # noqa: E402
import served_store  # noqa: E402

ANNALS, HISTORY, DOCUMENT = sys.argv[1:4]
EVENT = "duran-brother-detained"
DECISION = {"reason": "endangers a family", "authority": "Court of Utrecht, 12/2026",
            "editor": "records-office"}


class PrivacyTest(unittest.TestCase):
    def test_every_command_succeeds(self):
        with document_commands.Workplace(ANNALS, HISTORY) as place:
            output, = [place.run(block) for block in document_commands.commands(DOCUMENT)]
        self.assertIn("redacted", output)
        self.assertIn("endangers a family", output)
        self.assertIn("hashes follow one another", output)

    def test_a_server_redacts_and_says_so(self):
        with served_store.ServedStore(ANNALS) as store:
            store.load(HISTORY)
            before = json.loads(store.run("show", EVENT, "--format", "json"))
            self.assertGreater(len(before["payload"]), 1)
            store.start()
            target = f"/v1/timelines/venezuela-2026/events/{EVENT}"
            answers = [store.ask("GET", target)[2] for _ in range(2)]
            self.assertEqual(answers[0], answers[1])

            def command(*arguments):
                return subprocess.run([ANNALS, "--server", f"http://{store.http}", *arguments],
                                      capture_output=True, text=True, check=False)
            decision = [word for name, text in DECISION.items() for word in (f"--{name}", text)]
            done = command("redact", EVENT, *decision)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("in no file of the store", done.stdout)
            # What was kept ready is not given out again.
            after = json.loads(store.ask("GET", target)[2])
            self.assertEqual(list(after["payload"]), ["@type"])
            self.assertIn("payloadCommitment", after)

            view = json.loads(command("as-of", "2026-03-01", "--format", "json").stdout)
            redacted = view["views"][0]["redacted"]
            self.assertEqual(redacted["count"], 1)
            said = redacted["payloads"][0]
            self.assertEqual(said["event"], EVENT)
            self.assertEqual({name: said[name] for name in DECISION}, DECISION)
            self.assertIn("is redacted", command("as-of", "2026-03-01").stdout)
            self.assertIn("(redacted)", command("timeline").stdout)

            again = command("redact", EVENT, *decision)
            self.assertEqual(again.returncode, 0, again.stderr)
            self.assertIn("redacted before", again.stdout)
            nobody = command("forget", "person/nobody", *decision)
            self.assertEqual(nobody.returncode, 3, nobody.stderr)
            self.assertIn("no key of this subject", nobody.stderr)
            store.stop()
            store.run("verify")
            export = store.run("export")
            self.assertIn("payloadCommitment", export)
            with served_store.ServedStore(ANNALS) as copy:
                copy.load_lines(export.splitlines(keepends=True))
                self.assertEqual(copy.run("export"), export)
                copy.run("verify")

    def test_the_sections_that_others_point_to_are_there(self):
        text = pathlib.Path(DOCUMENT).read_text(encoding="utf-8")
        for heading in ("## What erasing doesn't reach", "### The sealed form, byte by byte"):
            self.assertIn(heading, text)


if __name__ == "__main__":
    served_store.main()
