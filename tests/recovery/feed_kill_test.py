#!/usr/bin/python3
"""What subscribers get of a server that is killed: a small kin of tools/load's "kills".

    feed_kill_test.py ANNALS FEED_LOAD
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).absolute().parent.parent.parent / "bench"))

from serve import load  # noqa: E402: after the path is set.

ANNALS, FEED_LOAD = (pathlib.Path(argument).absolute() for argument in sys.argv[1:3])
PATIENCE_SECONDS = 120
ROUNDS = 3


def head(server):
    """How many events the timeline has."""
    url = f"http://{server.address}/v1/timelines/load"
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
        return json.load(answer)["head"]


class FeedKillTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = load.Server({"annals": ANNALS, "feed_load": FEED_LOAD}, pathlib.Path(folder.name))
        self.addCleanup(self.server.log.close)
        self.server.start()

    def tearDown(self):
        self.server.stop()
        self.server.process.stdout.close()

    def loaded(self, *flags):
        command = [FEED_LOAD, f"--server={self.server.address}", "--timeline=load", *flags]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def found(self, running):
        output, errors = running.communicate(timeout=PATIENCE_SECONDS)
        self.assertEqual(running.returncode, 0, errors)
        return json.loads(output)

    def test_killed_under_writers_every_acknowledged_event_comes_once_and_in_order(self):
        running = self.loaded("--readers=20", "--writers=16", "--rate=300", "--seconds=15", "--resume")
        for _ in range(ROUNDS):
            before = head(self.server)
            while head(self.server) < before + 30:
                if running.poll() is not None:
                    self.fail(f"the writers stopped before the server was killed: {running.communicate()}")
            self.server.kill()
            self.server.process.stdout.close()
            self.server.start()
        found = self.found(running)
        load.check(found, "kill -9")
        self.assertGreater(found["acknowledged"], 30 * ROUNDS)
        self.assertGreaterEqual(found["delivered"], 20 * found["acknowledged"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
