#!/usr/bin/python3
"""Checkpoints and proofs hold for a reader that was written from the standards alone
(independent.py), as they are served over HTTP and as the command line gives them.

    independent_test.py ANNALS HISTORY DOCUMENT

Every command of docs/proofs.md does what it should, too.
"""
import base64
import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "testing")]
import document_commands  # noqa: E402
import independent  # noqa: E402
import served_store  # noqa: E402

ANNALS, HISTORY, DOCUMENT = sys.argv[1:4]
TIMELINE = "venezuela-2026"


class IndependentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = served_store.ServedStore(ANNALS)
        cls.addClassCleanup(cls.store.__exit__)
        cls.store.load(HISTORY)
        cls.key = independent.Key(cls.store.run("key").strip())
        cls.store.start()
        status, _, body = cls.store.ask("POST", "/v1/verbs/ReadEvents",
                                        independent.field(1, TIMELINE.encode()),
                                        {"Content-Type": "application/protobuf"})
        assert status == 200, body
        # As another program decodes them: what it computes needs nothing else.
        cls.events = independent.framed_events(body)
        cls.leaves = [independent.leaf_hash(independent.leaf(event)) for event in cls.events]

    def get(self, path, expected=200):
        status, headers, body = self.store.ask("GET", f"/v1/timelines/{TIMELINE}/{path}")
        self.assertEqual(status, expected, body)
        if expected == 200:
            self.assertEqual(headers["Content-Type"], "text/plain; charset=utf-8")
        return body.decode()

    def verify(self, text, *options, code=0):
        """What the program itself says of a proof."""
        result = subprocess.run([ANNALS, "verify-proof", "-", "--key", self.key.text, *options], input=text,
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, code, result.stderr)
        return result.stdout

    def test_every_checkpoint_is_what_the_events_come_to(self):
        for size in range(1, len(self.leaves) + 1):
            checkpoint = independent.Checkpoint(self.get(f"checkpoint?size={size}"), self.key)
            self.assertEqual((checkpoint.origin, checkpoint.size), (f"{self.key.name}/{TIMELINE}", size))
            self.assertEqual(checkpoint.root, independent.root_of(self.leaves[:size]))
        self.assertEqual(checkpoint.note, self.get("checkpoint"))

    def test_every_event_is_proven(self):
        head = len(self.events)
        for position in range(1, head + 1):
            for size in {position, (position + head) // 2, head}:
                proof = independent.EventProof(self.get(f"proofs/events/{position}?size={size}"), self.key)
                self.assertEqual((proof.index, proof.checkpoint.size), (position - 1, size))
                self.assertEqual(independent.deterministic(proof.event),
                                 independent.deterministic(self.events[position - 1]))
                self.assertTrue(proof.holds())

    def test_consistency_is_proven(self):
        head = len(self.events)
        for older in (1, 2, 3, 4, 7, 31, 32, 33, 63, 64, 65, head - 1, head):
            for newer in sorted({older, min(older + 1, head), (older + head) // 2, head}):
                proof = independent.ConsistencyProof(
                    self.get(f"proofs/consistency?from={older}&to={newer}"), self.key)
                self.assertEqual((proof.older.size, proof.newer.size), (older, newer))
                self.assertTrue(proof.holds())

    def test_the_program_itself_accepts_what_it_serves(self):
        event = "foro-penal-and-others-verify"
        self.assertIn(event, self.verify(self.get(f"proofs/events/{event}")))
        self.assertIn(self.key.name, self.verify(self.get("proofs/events/20")))
        self.assertIn(TIMELINE, self.verify(self.get("proofs/consistency?from=5")))
        self.assertIn(TIMELINE, self.verify(self.get("checkpoint")))

    def test_an_answer_names_the_root_that_it_rests_on(self):
        for position in (10, 82):
            status, _, body = self.store.ask(
                "GET", f"/v1/timelines/{TIMELINE}/views/summary?valid=2026-01-12&position={position}")
            self.assertEqual(status, 200, body)
            as_of = json.loads(body)["asOf"]
            checkpoint = independent.Checkpoint(self.get(f"checkpoint?size={as_of['position']}"), self.key)
            self.assertEqual(base64.b64decode(as_of["rootHash"]), checkpoint.root)

    def test_what_there_is_no_proof_of_is_refused(self):
        head = len(self.events)
        beyond = 18446744073709551616
        for path, status, told in (
                ("checkpoint?size=0", 400, "1 to"),
                (f"checkpoint?size={head + 1}", 400, f"1 to {head}"),
                (f"checkpoint?size={beyond - 1}", 400, "1 to"),
                (f"checkpoint?size={beyond}", 400, "size"),
                ("checkpoint?size=-1", 400, "size"),
                ("checkpoint?from=1", 400, "from"),
                ("checkpoint?format=json", 400, "format"),
                ("proofs/events/0", 400, "position 0"),
                (f"proofs/events/{head + 1}", 400, f"position {head + 1}"),
                (f"proofs/events/{beyond}", 400, "beyond any log"),
                ("proofs/events/5?size=4", 400, "position 5"),
                ("proofs/events/nowhere", 404, "nowhere"),
                ("proofs/consistency", 400, "from"),
                ("proofs/consistency?from=0", 400, "from"),
                ("proofs/consistency?from=5&to=4", 400, "`to`"),
                (f"proofs/consistency?from={head + 1}", 400, "from")):
            with self.subTest(path=path):
                self.assertIn(told, json.loads(self.get(path, status))["detail"])

    def test_a_size_has_the_same_bytes_for_ever(self):
        with served_store.ServedStore(ANNALS) as other:
            other.load(HISTORY)
            before = [other.run("checkpoint", "--size", str(size)) for size in (1, 40, 82)]
            other.start()
            other.post(TIMELINE, [{"id": "news", "stream": "source/news",
                                   "payload": {"@type": "type.googleapis.com/annals.v1.SourceRegistered",
                                               "source": "news", "title": "News"}}])
            for size, note in zip((1, 40, 82), before):
                status, headers, body = other.ask("GET", f"/v1/timelines/{TIMELINE}/checkpoint?size={size}")
                self.assertEqual((status, body.decode()), (200, note))
                self.assertIn("immutable", headers["Cache-Control"])
            other.kill()
            self.assertEqual(before, [other.run("checkpoint", "--size", str(size)) for size in (1, 40, 82)])
            newest = independent.Key(other.run("key").strip())
            self.assertEqual(independent.Checkpoint(other.run("checkpoint"), newest).size, 83)

    def test_receipts_carry_their_proofs(self):
        with served_store.ServedStore(ANNALS) as other:
            other.run("init", "--timeline", "sea", "--zone", "UTC", "--title", "The sea")
            key = independent.Key(other.run("key").strip())
            lines = "".join(json.dumps({"id": f"s{i}", "stream": f"source/s{i}", "payload": {
                "@type": "type.googleapis.com/annals.v1.SourceRegistered", "source": f"s{i}", "title": "S"}}) + "\n"
                for i in range(5))
            folder = other.folder / "proofs"
            other.run("append", "--timeline", "sea", "--batch", "3", "--proofs", str(folder), input_text=lines)
            sizes = {2: 4, 3: 4, 4: 4, 5: 6, 6: 6}
            self.assertEqual({path.name for path in folder.iterdir()}, {f"{n}.tlog-proof" for n in sizes})
            for position, size in sizes.items():
                proof = independent.EventProof((folder / f"{position}.tlog-proof").read_text(), key)
                self.assertEqual((proof.index, proof.checkpoint.size), (position - 1, size))
                self.assertTrue(proof.holds())
            other.start()
            status, _, body = other.ask("POST", "/v1/timelines/sea/events",
                                        json.dumps({"events": [json.loads(lines.splitlines()[0])],
                                                    "withProofs": True}),
                                        {"Content-Type": "application/json"})
            self.assertEqual(status, 200, body)
            [receipt] = json.loads(body)["receipts"]
            self.assertTrue(independent.EventProof(receipt["proof"], key).holds())

    def test_every_command_of_the_document_succeeds(self):
        with document_commands.Workplace(ANNALS, HISTORY) as place:
            blocks = document_commands.commands(DOCUMENT)
            self.assertEqual(len(blocks), 3)
            for block in blocks:
                with self.subTest(block=block):
                    self.assertTrue(place.run(block).strip())


if __name__ == "__main__":
    served_store.main()
