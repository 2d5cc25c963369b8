#!/usr/bin/python3
"""The npm package `@grpc/grpc-js` asks a server, knowing the .proto files alone.

    grpc_js_test.py ANNALS HISTORY NODE NODE_MODULES PROTOBUF
"""
import base64
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


def registration(name):
    """A SourceRegistered, in protobuf's bytes: fields 1 and 2, the source and its title."""
    text = name.encode()
    field = bytes([len(text)]) + text
    return base64.b64encode(b"\x0a" + field + b"\x12" + field).decode()


def source(name):
    return {"id": name, "stream": f"source/{name}",
            "payload": {"type_url": "type.googleapis.com/annals.v1.SourceRegistered",
                        "value": registration(name)}}


class GrpcJsTest(unittest.TestCase):
    def setUp(self):
        self.node = Node(NODE, NODE_MODULES)
        self.store = served_store.ServedStore(ANNALS)
        self.addCleanup(self.store.__exit__)
        self.store.load(HISTORY)
        self.store.start()

    def arguments(self, method, request, deadline_ms=None):
        arguments = [self.store.grpc, ".", "proto/annals/v1/service.proto", "annals.v1.Timelines", method,
                     json.dumps(request)]
        return arguments + ([str(deadline_ms)] if deadline_ms else [])

    def call(self, method, request, deadline_ms=None):
        """The answers, and the end."""
        output = self.node.run("call_grpc.js", *self.arguments(method, request, deadline_ms))
        *answers, end = [json.loads(line) for line in output.splitlines()]
        return [answer["answer"] for answer in answers], end["end"]

    def items(self, method, request, deadline_ms):
        """What a subscription delivers, and the end."""
        answers, end = self.call(method, request, deadline_ms)
        return [item for answer in answers for item in answer["items"]], end

    def answer(self, method, request):
        answers, end = self.call(method, request)
        self.assertEqual(end["name"], "OK", end)
        self.assertEqual(len(answers), 1)
        return answers[0]

    def test_a_view_as_of_a_date_is_what_http_answers(self):
        answer = self.answer("AsOf", {"timeline": TIMELINE, "views": ["summary"],
                                      "as_of": {"valid": "2026-01-12", "known": "2026-01-31"}})
        [result] = answer["views"]
        _, _, body = self.store.ask(
            "GET", f"/v1/timelines/{TIMELINE}/views/summary?valid=2026-01-12&known=2026-01-31")
        self.assertEqual([row["key"] for row in result["rows"]], [row["key"] for row in json.loads(body)["rows"]])
        self.assertGreater(len(result["rows"]), 5)

    def test_the_whole_log_is_read_in_order(self):
        answers, end = self.call("ReadEvents", {"timeline": TIMELINE, "after": 2})
        self.assertEqual(end["name"], "OK")
        events = [event for answer in answers for event in answer["events"]]
        self.assertEqual([event["position"] for event in events], list(range(3, 83)))
        self.assertTrue(all(event["payload"]["type_url"].startswith("type.googleapis.com/") for event in events))

    def test_an_append_is_acknowledged_and_sending_it_again_is_safe(self):
        request = {"timeline": TIMELINE, "events": [source("a"), source("b")]}
        first = self.answer("Append", request)
        self.assertEqual([event["position"] for event in first["receipts"]], [83, 84])
        self.assertEqual([event["position"] for event in self.answer("Append", request)["receipts"]], [83, 84])
        _, _, body = self.store.ask("GET", f"/v1/timelines/{TIMELINE}/events/b")
        self.assertEqual(json.loads(body)["payload"]["title"], "b")
        self.assertEqual(self.answer("GetTimeline", {"timeline": TIMELINE})["head"], 84)

    def test_a_subscription_reads_history_and_goes_on_live(self):
        reader = self.node.follow("call_grpc.js", *self.arguments("Subscribe", {"timeline": TIMELINE}))
        self.addCleanup(reader.__exit__)
        reader.wait_for(lambda said: any(item["item"] == "caught_up" for item in said["answer"]["items"]))
        self.answer("Append", {"timeline": TIMELINE, "events": [source("a"), source("b")]})
        reader.wait_for(lambda said: any(item.get("event", {}).get("id") == "b" for item in said["answer"]["items"]))
        events = [item["event"] for said in reader.values for item in said["answer"]["items"]
                  if item["item"] == "event"]
        self.assertEqual([event["position"] for event in events], list(range(1, 85)))
        # Whoever stops it says so, and resumes after the last item.
        self.store.stop()
        end = reader.wait_for(lambda said: "end" in said)["end"]
        self.assertEqual(end["name"], "UNAVAILABLE")
        self.assertIn("stopping", end["details"])
        self.store.start()
        items, _ = self.items("Subscribe", {"timeline": TIMELINE, "after": 84}, deadline_ms=2000)
        self.assertEqual([item["item"] for item in items if item["item"] == "event"], [])

    def test_a_subscription_to_a_view_tells_what_each_event_changed(self):
        items, end = self.items("SubscribeView", {"timeline": TIMELINE, "view": "summary", "after": 60},
                                deadline_ms=5000)
        changes = [item["change"] for item in items if item["item"] == "change"]
        self.assertGreater(len(changes), 3)
        self.assertEqual([change["position"] for change in changes],
                         sorted({change["position"] for change in changes}))
        self.assertEqual(end["name"], "DEADLINE_EXCEEDED")

    def test_a_deadline_ends_a_subscription(self):
        items, end = self.items("Subscribe", {"timeline": TIMELINE, "after": 80}, deadline_ms=2000)
        self.assertEqual([item["item"] for item in items], ["event", "event", "caught_up"])
        self.assertEqual(end["name"], "DEADLINE_EXCEEDED")

    def test_errors_have_a_code_and_say_what_there_is(self):
        for method, request, code, telling in (
                ("AsOf", {"timeline": TIMELINE, "views": ["sumary"]}, "NOT_FOUND", "summary"),
                ("AsOf", {"timeline": TIMELINE, "as_of": {"valid": "yesterday"}}, "INVALID_ARGUMENT", "yesterday"),
                ("Subscribe", {"timeline": TIMELINE, "after": 1000}, "OUT_OF_RANGE", "beyond the head, 82"),
                ("ReadEvents", {"timeline": "nowhere"}, "NOT_FOUND", TIMELINE),
                ("Append", {"timeline": TIMELINE, "events": [dict(source("a"), id="timeline-created")]},
                 "ALREADY_EXISTS", "timeline-created"),
                ("Append", {"timeline": TIMELINE, "events": [source("a")], "expected_revision": "7"},
                 "ABORTED", "source/a")):
            with self.subTest(method=method, code=code):
                answers, end = self.call(method, request)
                self.assertEqual((answers, end["name"]), ([], code))
                self.assertIn(telling, end["details"])

    def test_it_tells_its_health_and_its_services(self):
        output = self.node.run("call_grpc.js", self.store.grpc, HERE, "health.proto", "grpc.health.v1.Health",
                               "Check", json.dumps({"service": "annals.v1.Timelines"}))
        self.assertEqual(json.loads(output.splitlines()[0]), {"answer": {"status": "SERVING"}})
        output = self.node.run("call_grpc.js", self.store.grpc, HERE, "reflection.proto",
                               "grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo",
                               json.dumps({"list_services": "*"}))
        listed = json.loads(output.splitlines()[0])["answer"]["list_services_response"]["service"]
        self.assertIn({"name": "annals.v1.Timelines"}, listed)


if __name__ == "__main__":
    served_store.main()
