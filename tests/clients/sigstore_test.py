#!/usr/bin/python3
"""Sigstore's own functions, from the npm package `@sigstore/verify`, accept what is served
as proofs and checkpoints, and nothing that was changed.

    sigstore_test.py ANNALS HISTORY NODE NODE_MODULES
"""
import base64
import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "testing"), os.path.join(HERE, "..", "proofs")]
import independent  # noqa: E402
import served_store  # noqa: E402
from npm_client import Node  # noqa: E402

ANNALS, HISTORY, NODE, NODE_MODULES = sys.argv[1:5]
TIMELINE = "venezuela-2026"


def in_base64(data):
    return base64.b64encode(data).decode()


class SigstoreTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Node(NODE, NODE_MODULES)
        cls.store = served_store.ServedStore(ANNALS)
        cls.addClassCleanup(cls.store.__exit__)
        cls.store.load(HISTORY)
        cls.key = independent.Key(cls.store.run("key").strip())
        cls.store.start()

    def case(self, position, size):
        status, _, body = self.store.ask("GET", f"/v1/timelines/{TIMELINE}/proofs/events/{position}?size={size}")
        self.assertEqual(status, 200, body)
        proof = independent.EventProof(body.decode(), self.key)
        return {"leaf": in_base64(independent.leaf(proof.event)), "index": proof.index, "size": size,
                "root": in_base64(proof.checkpoint.root), "hashes": [in_base64(one) for one in proof.path],
                "note": proof.checkpoint.note}

    def check(self, cases):
        key = bytes.fromhex("302a300506032b6570032100") + self.key.key
        output = self.node.run("check_proofs.js", input_text=json.dumps(
            {"key": in_base64(key), "keyHash": self.key.hash.hex(), "cases": cases}))
        return output.splitlines()

    def test_every_event_is_proven(self):
        cases = [self.case(position, size) for size in (1, 2, 3, 64, 65, 82) for position in range(1, size + 1)
                 if size < 82 or position % 7 == 0]
        self.assertEqual(self.check(cases), ["ok"] * len(cases))

    def test_nothing_that_was_changed_is(self):
        good = self.case(20, 82)
        other = self.case(21, 82)
        changed = [dict(good, leaf=other["leaf"]), dict(good, index=20), dict(good, hashes=good["hashes"][:-1]),
                   dict(good, hashes=other["hashes"]), dict(good, root=self.case(20, 81)["root"]),
                   dict(good, note=self.case(20, 81)["note"]),
                   dict(good, note=good["note"].replace("\n82\n", "\n83\n"))]
        self.assertNotIn("ok", self.check(changed))
        self.assertEqual(self.check([good]), ["ok"])


if __name__ == "__main__":
    served_store.main()
