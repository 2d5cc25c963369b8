#!/usr/bin/python3
"""A server that tells another history than it told before is found out, by whoever kept
a checkpoint or a proof, without the store; and the message says what is wrong.

    lying_server_test.py ANNALS

The liar has the key: it is the operator. Its history is a store of its own.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "testing")]
import independent  # noqa: E402
import served_store  # noqa: E402

[ANNALS] = sys.argv[1:2]
EVENTS = 20  # And the timeline's first.
DATA_LOSS, INVALID = 6, 2


def source(i):
    return {"id": f"s{i}", "stream": f"source/s{i}",
            "payload": {"@type": "type.googleapis.com/annals.v1.SourceRegistered", "source": f"s{i}",
                        "title": f"Title {i}"}}


def placed(told, events):
    """Each where the liar has it, with what the store assigned to that place."""
    names = ("position", "recordedAt", "occurredBounds", "knownBounds")
    return [dict(event, **{name: place[name] for name in names}) for event, place in zip(told, events)]


def reordered(events):
    return placed(events[:8] + [events[9], events[8]] + events[10:], events)


def dropped(events):
    return placed(events[:8] + events[9:], events)


def altered(events):
    changed = json.loads(json.dumps(events[8]))
    changed["payload"]["title"] = "Another title"
    return events[:8] + [changed] + events[9:]


def forked(events):
    """Another event where the first one was, and all else after it."""
    other = dict(events[8], id="x", stream="source/x", payload=dict(events[8]["payload"], source="x"))
    return events[:8] + [other] + events[9:]


class LyingServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.honest = served_store.ServedStore(ANNALS)
        cls.addClassCleanup(cls.honest.__exit__)
        cls.honest.run("init", "--timeline", "sea", "--zone", "UTC", "--title", "The sea")
        cls.honest.run("append", input_text="".join(json.dumps(source(i)) + "\n" for i in range(EVENTS)))
        cls.key = cls.honest.run("key").strip()
        cls.folder = cls.honest.folder
        cls.events = [json.loads(line) for line in cls.honest.run("export").splitlines()]
        cls.head = len(cls.events)
        cls.kept = cls.keep("kept", "checkpoint", "--size", "15")
        cls.proof = cls.keep("proof", "prove", "s7", "--size", "15")

    @classmethod
    def keep(cls, name, *command):
        path = cls.folder / name
        path.write_text(cls.honest.run(*command), encoding="utf-8")
        return path

    def liar(self, tell):
        """A store with the honest one's key, and what `tell` makes of its events."""
        store = served_store.ServedStore(ANNALS)
        self.addCleanup(store.__exit__)
        shutil.rmtree(pathlib.Path(store.store, "keys"))
        shutil.copytree(pathlib.Path(self.honest.store, "keys"), pathlib.Path(store.store, "keys"))
        store.load_lines([json.dumps(event) + "\n" for event in tell(self.events)])
        self.assertEqual(store.run("key").strip(), self.key)
        return store

    def run_annals(self, *arguments, text=""):
        return subprocess.run([os.path.abspath(ANNALS), *arguments], input=text, capture_output=True, text=True,
                              check=False)

    def verify(self, text, *options):
        result = self.run_annals("verify-proof", "-", "--key", self.key, *options, text=text)
        return result.returncode, result.stderr

    def test_the_honest_store_passes(self):
        proof = self.honest.run("prove", "--from", str(self.kept))
        self.assertEqual(self.verify(proof, "--checkpoint", str(self.kept)), (0, ""))
        self.assertEqual(self.verify(self.proof.read_text()), (0, ""))

    def test_whoever_tells_another_history_is_found_out(self):
        for tell in (reordered, dropped, altered, forked):
            with self.subTest(tell=tell.__name__):
                liar = self.liar(tell)
                # The liar is asked for what leads from the kept checkpoint to its own.
                result = self.run_annals("prove", "--from", str(self.kept), "--store", liar.store)
                self.assertEqual(result.returncode, DATA_LOSS, result.stderr)
                self.assertIn("two histories", result.stderr)
                # It passes its own proof on, which is sound in itself.
                size = liar.run("checkpoint").splitlines()[1]
                liar.start()
                _, _, body = liar.ask("GET", f"/v1/timelines/sea/proofs/consistency?from=15&to={size}")
                own = body.decode()
                self.assertEqual(self.verify(own), (0, ""))
                code, error = self.verify(own, "--checkpoint", str(self.kept))
                self.assertEqual(code, DATA_LOSS, error)
                self.assertIn("two histories", error)
                # It puts the kept checkpoint in.
                lie = independent.ConsistencyProof(own, independent.Key(self.key))
                mixed = own.replace(lie.older.note, self.kept.read_text())
                self.assertNotEqual(mixed, own)
                code, error = self.verify(mixed, "--checkpoint", str(self.kept))
                self.assertEqual(code, DATA_LOSS, error)
                self.assertIn("consistency: ", error)
                # It shows the changed event, with a proof by the checkpoint that was kept.
                _, _, body = liar.ask("GET", "/v1/timelines/sea/proofs/events/9?size=15")
                event = independent.EventProof(body.decode(), independent.Key(self.key))
                mixed = body.decode().replace(event.checkpoint.note, self.kept.read_text())
                self.assertNotEqual(mixed, body.decode())
                code, error = self.verify(mixed)
                self.assertEqual(code, DATA_LOSS, error)
                self.assertIn("path: ", error)

    def test_a_history_that_was_cut_short_is_found_out(self):
        liar = self.liar(lambda events: events[:12])
        result = self.run_annals("prove", "--from", str(self.kept), "--store", liar.store)
        self.assertEqual(result.returncode, DATA_LOSS, result.stderr)
        self.assertIn("cut short", result.stderr)

    def test_an_event_that_was_changed_does_not_match_its_proof(self):
        event = json.loads(self.honest.run("show", "s7", "--format", "json"))
        path = self.folder / "event.json"
        path.write_text(json.dumps(event))
        self.assertEqual(self.verify(self.proof.read_text(), "--event", str(path)), (0, ""))
        event["payload"]["title"] = "Another title"
        path.write_text(json.dumps(event))
        code, error = self.verify(self.proof.read_text(), "--event", str(path))
        self.assertEqual(code, DATA_LOSS, error)
        self.assertIn("path: ", error)
        event["position"] += 1
        path.write_text(json.dumps(event))
        code, error = self.verify(self.proof.read_text(), "--event", str(path))
        self.assertEqual(code, DATA_LOSS, error)
        self.assertIn("event: ", error)

    def test_somebody_elses_key_and_timeline_prove_nothing(self):
        with served_store.ServedStore(ANNALS) as other:
            other.run("init", "--timeline", "sea", "--zone", "UTC", "--title", "The sea")
            foreign = other.run("checkpoint")
            code, error = self.verify(foreign)
            self.assertEqual(code, DATA_LOSS, error)
            self.assertIn("signature: ", error)
            result = self.run_annals("prove", "--from", str(self.kept), "--store", other.store)
            self.assertEqual(result.returncode, INVALID, result.stderr)
            self.assertIn("timeline's checkpoints are of", result.stderr)
            path = self.folder / "foreign"
            path.write_text(foreign)
            code, error = self.verify(self.proof.read_text(), "--checkpoint", str(path))
            self.assertEqual(code, DATA_LOSS, error)
            self.assertIn("--checkpoint", error)

    def test_what_is_no_proof_is_said_to_be_none(self):
        text = self.proof.read_text()
        for bad in ("", "\n", "no proof", text[:-1], text[:len(text) // 2], text.replace("index 8", "index -8"),
                    text.replace("\u2014", "-"), "\0" * 100, text.replace("\n", "\r\n")):
            with self.subTest(bad=bad[:60]):
                code, error = self.verify(bad)
                self.assertEqual(code, INVALID, error)
        result = self.run_annals("verify-proof", str(self.proof), "--key", "nobody")
        self.assertEqual(result.returncode, INVALID, result.stderr)
        self.assertIn("--key", result.stderr)


if __name__ == "__main__":
    served_store.main()
