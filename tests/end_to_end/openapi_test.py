#!/usr/bin/python3
"""What /openapi.json says is true: asks every operation in it, by the examples
that it gives, and checks the answers against its schemas.

    openapi_test.py ANNALS FOLDER     the program, and a history to load
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

from jsonschema import Draft202012Validator

ANNALS, HISTORY = sys.argv[1:3]
PATIENCE_SECONDS = 60
# Of whatever a parameter is: none may be the server's fault.
HOSTILE = ["", " ", "-1", "0", "18446744073709551615", "18446744073709551616", "1e999", "NaN",
           "\u202e\U000e0001", "'\"<&>%", "../..", "a/b", "x" * 5000, "Y99999999999",
           "-9999999999-01", "2026-02-30", "2026-01-01T24:00:60Z", "[..]", "2026/",
           "now", "9999999999y", "0d", "*", "()"]


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.type = response.headers.get("Content-Type", "").split(";")[0]
        self.body = body


class OpenApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        store = os.path.join(cls.folder.name, "store")
        for command in (["init"], ["load", HISTORY]):
            subprocess.run([ANNALS, "--store", store] + command, check=True,
                           stdout=subprocess.DEVNULL)
        cls.server = subprocess.Popen(
            [ANNALS, "serve", "--store", store, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.url = cls.server.stdout.readline().removeprefix("listening on ").strip()
        cls.document = json.loads(cls.ask("GET", "/openapi.json").body)

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        code = cls.server.wait(PATIENCE_SECONDS)
        cls.server.stdout.close()
        cls.folder.cleanup()
        assert code == 0, f"the server ended with {code}"

    @classmethod
    def ask(cls, method, target, body=None, headers=None):
        request = urllib.request.Request(cls.url + target, method=method, data=body,
                                         headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
                if response.headers.get_content_type() not in ("text/event-stream",
                                                               "application/x-ndjson"):
                    return Answer(response, response.read())
                lines = []
                for line in response:
                    lines.append(line)
                    if b"caught-up" in line or b"caughtUp" in line or b"CaughtUp" in line:
                        break
                return Answer(response, b"".join(lines))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal, refusal.read())

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield path, method.upper(), operation

    def parameters(self, operation):
        for parameter in operation.get("parameters", []):
            name = parameter["$ref"].removeprefix("#/components/parameters/")
            yield self.document["components"]["parameters"][name]

    def target(self, path, operation, with_optional, changes=None):
        query = []
        for parameter in self.parameters(operation):
            if "example" not in parameter:
                continue
            value = (changes or {}).get(parameter["name"], parameter["example"])
            if parameter["in"] == "path":
                quoted = urllib.parse.quote(value, safe="")
                path = path.replace("{" + parameter["name"] + "}", quoted)
            elif parameter.get("required") or with_optional:
                query.append((parameter["name"], value))
        return path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else "")

    def check(self, answer, response, where):
        """The body is what `response` says of its media type."""
        self.assertIn(answer.type, response["content"], where)
        schema = dict(response["content"][answer.type]["schema"],
                      components=self.document["components"])
        is_json = answer.type.endswith("json") and answer.type != "application/x-ndjson"
        value = json.loads(answer.body) if is_json else answer.body.decode("utf-8", "replace")
        problems = [f"{error.json_path}: {error.message[:300]}"
                    for error in Draft202012Validator(schema).iter_errors(value)]
        self.assertEqual(problems, [], where)

    def test_every_operation_answers_as_it_says(self):
        for path, method, operation in self.operations():
            content = operation.get("requestBody", {}).get("content", {})
            body, headers = None, {}
            if content:
                body = json.dumps(content["application/json"]["example"]).encode()
                headers = {"Content-Type": "application/json"}
            for with_optional in (False, True):
                target = self.target(path, operation, with_optional)
                with self.subTest(method=method, target=target):
                    answer = self.ask(method, target, body, headers)
                    self.assertIn(str(answer.status), operation["responses"],
                                  answer.body[:500])
                    self.check(answer, operation["responses"][str(answer.status)], target)

    def test_every_form_of_an_answer_is_given(self):
        for path, method, operation in self.operations():
            if method != "GET":
                continue
            for media_type in operation["responses"]["200"]["content"]:
                target = self.target(path, operation, False)
                with self.subTest(target=target, media_type=media_type):
                    answer = self.ask(method, target, headers={"Accept": media_type})
                    self.assertEqual((answer.status, answer.type), (200, media_type))

    def test_what_it_does_not_name_is_refused_with_a_problem(self):
        for path, method, operation in self.operations():
            if method != "GET" or not path.startswith("/v1/"):
                continue
            target = self.target(path, operation, False)
            for wrong in (target + ("&" if "?" in target else "?") + "unheard-of=1",
                          target.replace("venezuela-2026", "nowhere")):
                if wrong == target:
                    continue
                with self.subTest(target=wrong):
                    answer = self.ask(method, wrong)
                    self.assertIn(answer.status, (400, 404))
                    self.check(answer, operation["responses"]["default"], wrong)

    def test_hostile_values_are_refused_or_answered(self):
        refused = 0
        for path, method, operation in self.operations():
            if method != "GET" or not path.startswith("/v1/"):
                continue
            names = [p["name"] for p in self.parameters(operation) if "example" in p]
            for name in names:
                for value in HOSTILE:
                    target = self.target(path, operation, True, {name: value})
                    answer = self.ask(method, target)
                    with self.subTest(target=target[:200]):
                        self.assertLess(answer.status, 500, answer.body[:500])
                        if answer.status == 200:
                            continue
                        refused += 1
                        self.check(answer, operation["responses"]["default"], target)
        self.assertGreater(refused, 500)

    def test_numbers_that_are_none_are_refused(self):
        for path, method, operation in self.operations():
            for parameter in self.parameters(operation):
                if method != "GET" or parameter["schema"].get("type") != "integer":
                    continue
                for value in ("-1", "+1", "1e3", "0x10", " 1", "1 ", "1.0", "\u0661", "NaN", "",
                              "18446744073709551616", "9" * 1000):
                    target = self.target(path, operation, True, {parameter["name"]: value})
                    answer = self.ask(method, target)
                    with self.subTest(target=target[:200]):
                        self.assertEqual(answer.status, 400, answer.body[:500])
                        self.assertIn(parameter["name"], json.loads(answer.body)["detail"])

    def test_the_verbs_are_those_of_the_service(self):
        path = "/v1/verbs/{verb}"
        operation = self.document["paths"][path]["post"]
        for verb in ("GetTimeline", "ListViews", "ListTypes", "GetStats", "ListEvents", "Pin",
                     "AsOf", "Diff"):
            target = self.target(path, operation, False, {"verb": verb})
            answer = self.ask("POST", target, b'{"timeline": "venezuela-2026"}',
                              {"Content-Type": "application/json"})
            with self.subTest(verb=verb):
                self.assertEqual(answer.status, 200, answer.body[:500])
                self.check(answer, operation["responses"]["200"], target)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
