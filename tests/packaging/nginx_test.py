#!/usr/bin/python3
"""packaging/nginx-annals.conf passes on what it should: questions, feeds as they come,
and gRPC, over TLS; and nothing that records.

    nginx_test.py ANNALS HISTORY NODE NODE_MODULES CONFIGURATION
"""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", folder) for folder in ("testing", "clients")]
import served_store  # noqa: E402
from npm_client import Node  # noqa: E402

ANNALS, HISTORY, NODE, NODE_MODULES, CONFIGURATION = sys.argv[1:6]
TIMELINE = "venezuela-2026"
NAME = "annals.example.org"


class Connection(http.client.HTTPSConnection):
    """To the proxy, wherever it is, by the name that its certificate has."""

    def __init__(self, port, context, name=NAME):
        super().__init__(name, port, timeout=served_store.PATIENCE_SECONDS, context=context)

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


class NginxTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.history = served_store.History(ANNALS, HISTORY, TIMELINE)
        cls.store = served_store.ServedStore(ANNALS)
        cls.addClassCleanup(cls.store.__exit__)
        cls.history.load(cls.store, 60)
        cls.store.start()
        cls.folder = cls.store.folder
        cls.certificate = str(cls.folder / "certificate.pem")
        key = str(cls.folder / "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-days", "2",
                        "-keyout", key, "-out", cls.certificate], check=True, capture_output=True)
        cls.context = ssl.create_default_context(cafile=cls.certificate)
        cls.port = served_store.free_port()
        cls.start_nginx(key)

    @classmethod
    def start_nginx(cls, key):
        text = pathlib.Path(CONFIGURATION).read_text(encoding="utf-8")
        for said, meant in (("listen 443 ", f"listen 127.0.0.1:{cls.port} "),
                            ("127.0.0.1:7171", cls.store.http), ("127.0.0.1:7172", cls.store.grpc),
                            ("/etc/ssl/annals/fullchain.pem", cls.certificate),
                            ("/etc/ssl/annals/privkey.pem", key)):
            assert said in text, said
            text = text.replace(said, meant)
        (cls.folder / "site.conf").write_text(text)
        # What a distribution's nginx.conf has around it.
        temporary = "".join(f"{kind}_temp_path {kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.getuid() == 0 else ""
        (cls.folder / "nginx.conf").write_text(f"""{user}
            daemon off; pid nginx.pid; error_log error.log;
            events {{}}
            http {{ access_log access.log; {temporary} include site.conf; }}""")
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "nginx is missing; tools/setup installs it"
        command = [program, "-p", f"{cls.folder}/", "-c", "nginx.conf", "-e", "error.log"]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        nginx = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(nginx.wait)
        cls.addClassCleanup(nginx.send_signal, signal.SIGTERM)
        served_store.wait_until(cls.listens, lambda: (cls.folder / "error.log").read_text())

    @classmethod
    def listens(cls):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", cls.port)) == 0

    def open(self, method, target, body=None, headers=None):
        connection = Connection(self.port, self.context)
        self.addCleanup(connection.close)
        connection.request(method, target, body=body, headers=headers or {})
        return connection.getresponse()

    def node(self):
        return Node(NODE, NODE_MODULES, {"GRPC_CA": self.certificate, "GRPC_NAME": NAME})

    def grpc_arguments(self, method, request):
        return [f"127.0.0.1:{self.port}", ".", "proto/annals/v1/service.proto", "annals.v1.Timelines", method,
                json.dumps(request)]

    def call(self, method, request):
        output = self.node().run("call_grpc.js", *self.grpc_arguments(method, request))
        *answers, end = [json.loads(line) for line in output.splitlines()]
        return [answer["answer"] for answer in answers], end["end"]

    def test_a_canonical_answer_is_the_servers_own(self):
        target = f"/v1/timelines/{TIMELINE}/views/summary?valid=2026-01-12&known=2026-01-31&position=60"
        answer = self.open("GET", target)
        body = answer.read()
        status, headers, own = self.store.ask("GET", target)
        self.assertEqual((answer.status, body), (status, own))
        for name in ("ETag", "Cache-Control", "Link", "Vary"):
            self.assertEqual(answer.headers[name], headers[name])
        unchanged = self.open("GET", target, headers={"If-None-Match": headers["ETag"]})
        self.assertEqual((unchanged.status, unchanged.read()), (304, b""))

    def test_a_request_has_one_id_in_both(self):
        answer = self.open("GET", "/v1/timelines")
        answer.read()
        line = f'"request":"{answer.headers["X-Request-Id"]}"'
        # Written after the answer.
        served_store.wait_until(lambda: line in self.store.server_log(), self.store.server_log)
        self.assertRegex(answer.headers["X-Request-Id"], "^[0-9a-f]{32}$")

    def test_feeds_arrive_as_they_are_sent(self):
        for target, media_type, mark in (("feed", "text/event-stream", b"event: caught-up"),
                                         ("feed", "application/x-ndjson", b'{"caughtUp"'),
                                         ("views/summary/feed", "text/event-stream", b"event: caught-up")):
            with self.subTest(target=target, media_type=media_type):
                answer = self.open("GET", f"/v1/timelines/{TIMELINE}/{target}?after=40",
                                   headers={"Accept": media_type})
                self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, media_type))
                self.read_until(answer, mark)
                # The stream is open, and a proxy that collected would have sent nothing yet.
                self.history.post(self.store, 3)
                # Of a view it may be no more than a checkpoint.
                last = len(self.history.told)
                self.read_until(answer, (b"id: %d\n" if "event" in media_type else b'"position": %d,') % last)

    def read_until(self, answer, mark):
        until = time.monotonic() + served_store.PATIENCE_SECONDS
        for line in answer:
            if mark in line:
                return
            self.assertLess(time.monotonic(), until, f"the feed went on without {mark}")
        self.fail(f"the feed ended before {mark}")

    def test_grpc_is_passed_on(self):
        answers, end = self.call("AsOf", {"timeline": TIMELINE, "views": ["summary"]})
        self.assertEqual(end["name"], "OK", end)
        self.assertEqual(answers[0]["views"][0]["view"], "summary")
        answers, end = self.call("AsOf", {"timeline": TIMELINE, "views": ["sumary"]})
        self.assertEqual(end["name"], "NOT_FOUND")
        self.assertIn("summary", end["details"])

    def test_a_grpc_subscription_is_live(self):
        with self.node().follow("call_grpc.js", *self.grpc_arguments("Subscribe", {"timeline": TIMELINE})) as reader:
            reader.wait_for(lambda said: any(item["item"] == "caught_up" for item in said["answer"]["items"]))
            self.history.post(self.store, 3)
            last = self.history.told[-1]
            reader.wait_for(lambda said: any(item.get("event", {}).get("id") == last
                                             for item in said["answer"]["items"]))
            positions = [item["event"]["position"] for said in reader.values for item in said["answer"]["items"]
                         if item["item"] == "event"]
            self.assertEqual(positions, list(range(1, len(positions) + 1)))

    def test_what_records_or_tells_of_tokens_is_not_passed_on(self):
        _, _, before = self.store.ask("GET", f"/v1/timelines/{TIMELINE}")
        event = {"id": "sneaked", "stream": "source/sneaked",
                 "payload": {"@type": "type.googleapis.com/annals.v1.SourceRegistered", "source": "sneaked",
                             "title": "Sneaked"}}
        json_type = {"Content-Type": "application/json"}
        for method, target, body in (
                ("POST", f"/v1/timelines/{TIMELINE}/events", {"events": [event]}),
                ("POST", "/v1/timelines", {"timeline": "sneaked", "settings": {}}),
                ("POST", "/v1/verbs/Append", {"timeline": TIMELINE, "events": [event]}),
                ("POST", "/v1/verbs/CreateConsumer", {"consumer": {"timeline": TIMELINE, "name": "sneaked"}}),
                ("POST", "/v1/verbs/RebuildProjections", {}),
                ("POST", "/v1/verbs/Backup", {}),
                ("POST", "/v1/verbs/CreateToken", {"role": "ADMIN", "timelines": ["*"]}),
                ("POST", "/v1/verbs/ListTokens", {}),
                ("GET", "/metrics", None)):
            with self.subTest(target=target):
                answer = self.open(method, target, json.dumps(body) if body is not None else None, json_type)
                answer.read()
                self.assertEqual(answer.status, 403)
        answers, end = self.call("Append", {"timeline": TIMELINE, "events": [{"id": "sneaked"}]})
        self.assertEqual((answers, end["name"]), ([], "PERMISSION_DENIED"))
        answers, end = self.call("ListTokens", {})
        self.assertEqual((answers, end["name"]), ([], "PERMISSION_DENIED"))
        self.assertEqual(self.store.ask("GET", f"/v1/timelines/{TIMELINE}")[2], before)

    def test_verbs_that_ask_are_passed_on(self):
        for verb in ("GetTimeline", "ListViews", "Pin", "GetStats"):
            with self.subTest(verb=verb):
                answer = self.open("POST", f"/v1/verbs/{verb}", json.dumps({"timeline": TIMELINE}),
                                   {"Content-Type": "application/json"})
                self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/json"))
                self.assertTrue(json.loads(answer.read()))

    def test_another_name_gets_no_answer(self):
        unverified = ssl._create_unverified_context()  # pylint: disable=protected-access
        connection = Connection(self.port, unverified, "rebound.example.org")
        self.addCleanup(connection.close)
        with self.assertRaises(ssl.SSLError):
            connection.request("GET", "/v1/timelines")


if __name__ == "__main__":
    served_store.main()
