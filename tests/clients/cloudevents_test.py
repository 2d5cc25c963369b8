#!/usr/bin/python3
"""The npm package `cloudevents` takes every record of ?format=cloudevents.

    cloudevents_test.py ANNALS HISTORY NODE NODE_MODULES
"""
import http.client
import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "testing")]
import served_store  # noqa: E402
from npm_client import Node  # noqa: E402

ANNALS, HISTORY, NODE, NODE_MODULES = sys.argv[1:5]
TIMELINE = "venezuela-2026"


class CloudEventsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Node(NODE, NODE_MODULES)
        cls.store = served_store.ServedStore(ANNALS)
        cls.addClassCleanup(cls.store.__exit__)
        cls.store.load(HISTORY)
        cls.store.start()

    def records(self, media_type):
        """What the feed sends until it is live, a JSON text each."""
        connection = http.client.HTTPConnection(self.store.http, timeout=served_store.PATIENCE_SECONDS)
        self.addCleanup(connection.close)
        connection.request("GET", f"/v1/timelines/{TIMELINE}/feed?format=cloudevents",
                           headers={"Accept": media_type})
        answer = connection.getresponse()
        self.assertEqual(answer.headers["Content-Type"], media_type)
        for line in answer:
            text = line.decode().rstrip("\n")
            if media_type == "text/event-stream":
                if not text.startswith("data: "):
                    continue
                text = text.removeprefix("data: ")
            yield text
            if "annals.v1.CaughtUp" in text:
                return

    def check(self, records):
        records = list(records)
        output = self.node.run("read_cloud_events.js", input_text="".join(record + "\n" for record in records))
        read = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(len(read), 83)
        *events, notice = read
        self.assertEqual(notice["type"], "annals.v1.CaughtUp")
        self.assertEqual([int(event["sequence"]) for event in events], list(range(1, 83)))
        # What sorts as text sorts as numbers.
        self.assertEqual(sorted(events, key=lambda event: event["sequence"]), events)
        self.assertEqual({event["source"] for event in read}, {f"/v1/timelines/{TIMELINE}"})
        self.assertEqual(len({event["id"] for event in read}), 83)
        for event in events:
            data = event["data"]
            self.assertEqual((event["id"], event["subject"]), (data["id"], data["stream"]))
            # The package tells the time to the millisecond.
            self.assertEqual(event["time"][:23], data["recordedAt"][:23])
            self.assertEqual(event["type"], data["payload"]["@type"].removeprefix("type.googleapis.com/"))

    def test_every_line_is_strictly_valid(self):
        self.check(self.records("application/x-ndjson"))

    def test_every_server_sent_event_is_strictly_valid(self):
        self.check(self.records("text/event-stream"))

    def test_the_package_refuses_what_is_not_valid(self):
        valid = {"specversion": "1.0", "id": "1", "type": "t", "source": "/"}
        self.node.run("read_cloud_events.js", input_text=json.dumps(valid) + "\n")
        for wrong in ({"type": ""}, {"time": "yesterday"}, {"Sequence": "1"}, {"source": ""}):
            with self.subTest(wrong=wrong), self.assertRaises(AssertionError):
                self.node.run("read_cloud_events.js", input_text=json.dumps(dict(valid, **wrong)) + "\n")


if __name__ == "__main__":
    served_store.main()
