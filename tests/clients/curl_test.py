#!/usr/bin/python3
"""curl asks a server, and every command of docs/http.md does what it should.

    curl_test.py ANNALS HISTORY DOCUMENT
"""
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "testing")]
import document_commands  # noqa: E402
import served_store  # noqa: E402

ANNALS, HISTORY, DOCUMENT = sys.argv[1:4]
TIMELINE = "venezuela-2026"


def curl(*arguments, check=True):
    result = subprocess.run(["curl", "--silent", "--show-error", "--max-time", str(served_store.PATIENCE_SECONDS),
                             *arguments], capture_output=True, check=False)
    assert result.returncode == 0 or not check, result.stderr
    return result.stdout


class CurlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = served_store.ServedStore(ANNALS)
        cls.addClassCleanup(cls.store.__exit__)
        cls.store.load(HISTORY)
        cls.store.start()
        cls.views = f"{cls.store.url}/v1/timelines/{TIMELINE}/views"

    def canonical(self, url):
        head = curl("--head", url).decode()
        return self.store.url + re.search(r"^Link: <([^>]+)>; rel=\"canonical\"", head, re.MULTILINE).group(1)

    def test_an_answer_is_json_or_csv_as_asked(self):
        url = f"{self.views}/summary?valid=2026-01-12"
        answer = json.loads(curl(url))
        self.assertEqual(answer["view"], "summary")
        lines = curl("--header", "Accept: text/csv", url).decode().splitlines()
        self.assertEqual(len(lines), 1 + len(answer["rows"]))

    def test_a_canonical_answer_is_revalidated_without_being_sent_again(self):
        url = self.canonical(f"{self.views}/summary?valid=2026-01-12")
        with tempfile.TemporaryDirectory() as folder:
            etag = os.path.join(folder, "etag")
            body = os.path.join(folder, "body")
            ask = ["--etag-save", etag, "--etag-compare", etag, "--output", body, "--write-out", "%{http_code}", url]
            self.assertEqual(curl(*ask), b"200")
            first = pathlib.Path(body).read_bytes()
            self.assertIn(b'"', pathlib.Path(etag).read_bytes())
            self.assertEqual(curl(*ask), b"304")
            self.assertEqual(pathlib.Path(body).read_bytes(), first)
        self.assertIn("immutable", curl("--head", url).decode())

    def test_a_canonical_answer_is_the_same_after_more_was_recorded(self):
        url = self.canonical(f"{self.views}/summary")
        first = curl(url)
        event = {"id": "news", "stream": "source/news",
                 "payload": {"@type": "type.googleapis.com/annals.v1.SourceRegistered", "source": "news",
                             "title": "News"}}
        created = curl("--write-out", "%{http_code}", "--output", "/dev/null", "--header",
                       "Content-Type: application/json", "--data", json.dumps({"events": [event]}),
                       f"{self.store.url}/v1/timelines/{TIMELINE}/events")
        self.assertEqual(created, b"201")
        self.assertEqual(curl(url), first)

    def test_gzip_is_what_was_sent_uncompressed(self):
        url = self.canonical(f"{self.views}/summary?valid=2026-01-12")
        plain = curl(url)
        packed = curl("--header", "Accept-Encoding: gzip", url)
        self.assertEqual(packed[:2], b"\x1f\x8b")
        self.assertLess(len(packed), len(plain) / 2)
        self.assertEqual(gzip.decompress(packed), plain)
        self.assertEqual(curl("--compressed", url), plain)

    def test_a_refusal_is_a_problem_document(self):
        for target, status, code in ((f"{self.views}/summary?valid=yesterday", 400, "INVALID_ARGUMENT"),
                                     (f"{self.views}/sumary", 404, "NOT_FOUND"),
                                     (f"{self.views}/summary?position=1000000", 400, "OUT_OF_RANGE"),
                                     (f"{self.store.url}/v2", 404, "NOT_FOUND")):
            with self.subTest(target=target):
                *body, said = curl("--write-out", "\n%{http_code} %{content_type}", target).decode().split("\n")
                self.assertEqual(said, f"{status} application/problem+json")
                problem = json.loads("\n".join(body))
                self.assertEqual((problem["status"], problem["code"]), (status, code))
                self.assertTrue(problem["detail"])


class DocumentTest(unittest.TestCase):
    def test_every_command_succeeds(self):
        with document_commands.Workplace(ANNALS, HISTORY) as place:
            blocks = document_commands.commands(DOCUMENT)
            self.assertGreaterEqual(len(blocks), 4)
            self.assertIn("annals serve", blocks[0])
            for block in blocks:
                with self.subTest(block=block):
                    self.assertTrue(place.run(block).strip())


if __name__ == "__main__":
    served_store.main()
