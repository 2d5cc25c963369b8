#!/usr/bin/python3
"""The npm package `eventsource` follows a server through a crash.

    eventsource_test.py ANNALS HISTORY NODE NODE_MODULES
"""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "testing")]
import served_store  # noqa: E402
from npm_client import Node  # noqa: E402

ANNALS, HISTORY, NODE, NODE_MODULES = sys.argv[1:5]
TIMELINE = "venezuela-2026"


def source(name):
    return {"id": name, "stream": f"source/{name}",
            "payload": {"@type": "type.googleapis.com/annals.v1.SourceRegistered", "source": name, "title": name}}


class EventSourceTest(unittest.TestCase):
    def setUp(self):
        self.node = Node(NODE, NODE_MODULES)
        self.history = served_store.History(ANNALS, HISTORY, TIMELINE)
        self.store = served_store.ServedStore(ANNALS)
        self.addCleanup(self.store.__exit__)
        self.history.load(self.store, 50)
        self.store.start()

    def follow(self, target):
        reader = self.node.follow("follow_events.js", f"{self.store.url}/v1/timelines/{TIMELINE}/{target}")
        self.addCleanup(reader.__exit__)
        return reader

    def through_a_crash(self, reader):
        """History, live, a crash with events recorded while nobody serves, and live again."""
        reader.wait_for(lambda said: said["kind"] == "caught-up" and said["id"] == "50")
        self.history.post(self.store, 12)
        reader.wait_for(lambda said: said.get("id") == "62")
        self.store.kill()
        self.history.append(self.store, 8)
        self.store.start()
        reader.wait_for(lambda said: said.get("id") == "70")
        self.history.post(self.store, 12)
        reader.wait_for(lambda said: said.get("id") == "82")

    def test_every_event_comes_once_and_in_order_through_a_crash(self):
        reader = self.follow("feed")
        self.through_a_crash(reader)
        events = [said for said in reader.values if said["kind"] == "event"]
        self.assertEqual([event["data"]["id"] for event in events], self.history.told)
        self.assertEqual([event["id"] for event in events], [str(i) for i in range(1, 83)])
        self.assertEqual([event["data"]["position"] for event in events], list(range(1, 83)))
        kinds = [said["kind"] for said in reader.values]
        self.assertEqual(kinds.count("open"), 2)
        self.assertIn("error", kinds)
        # A crash isn't announced.
        self.assertNotIn("end", kinds)

    def test_every_change_of_a_view_comes_once_and_in_order_through_a_crash(self):
        reader = self.follow("views/summary/feed")
        self.through_a_crash(reader)
        changes = [said["data"] for said in reader.values if said["kind"] == "change"]
        positions = [change["position"] for change in changes]
        self.assertEqual(positions, sorted(set(positions)))
        # Whoever asks now is told the same: a change is the difference of two answers.
        again = self.follow("views/summary/feed")
        again.wait_for(lambda said: said["kind"] == "caught-up")
        self.assertEqual(changes, [said["data"] for said in again.values if said["kind"] == "change"])
        self.assertGreater(len(changes), 20)
        # Before and after the crash, and of what was recorded in between.
        for first, last in ((1, 50), (51, 62), (63, 70), (71, 82)):
            self.assertTrue([p for p in positions if first <= p <= last], f"no change in {first} to {last}")

    def test_a_stop_is_announced_and_got_over(self):
        reader = self.follow("feed?after=45")
        reader.wait_for(lambda said: said["kind"] == "caught-up")
        self.store.stop()
        end = reader.wait_for(lambda said: said["kind"] == "end")
        self.assertEqual(end["data"]["code"], "UNAVAILABLE")
        self.store.start()
        self.history.post(self.store, 5)
        reader.wait_for(lambda said: said.get("id") == "55")
        events = [said["id"] for said in reader.values if said["kind"] == "event"]
        self.assertEqual(events, [str(i) for i in range(46, 56)])

    def test_filters_and_a_place_to_begin_hold_across_reconnections(self):
        reader = self.follow("feed?after=6&stream=source%2Fnew-&stream=other%2F&type=SourceRegistered")
        reader.wait_for(lambda said: said["kind"] == "caught-up")
        self.store.kill()
        self.store.start()
        self.store.post(TIMELINE, [source("old-a"), source("new-a")])
        self.store.post(TIMELINE, [source("old-b"), source("new-b")])
        reader.wait_for(lambda said: said.get("id") == "54")
        events = [said["data"]["id"] for said in reader.values if said["kind"] == "event"]
        self.assertEqual(events, ["new-a", "new-b"])

    def test_a_refusal_is_final(self):
        reader = self.follow("feed?after=1000")
        refusal = reader.wait_for(lambda said: said["kind"] == "error")
        self.assertEqual((refusal["status"], refusal["closed"]), (400, True))


if __name__ == "__main__":
    served_store.main()
