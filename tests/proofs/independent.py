"""Reads events, notes and proofs as docs/proofs.md and the standards that it names define
them, without any of the program's own code: RFC 9162, C2SP's signed-note, tlog-checkpoint
and tlog-proof. Signatures are openssl's affair."""
import base64
import hashlib
import pathlib
import subprocess
import tempfile

PAYLOAD, METADATA, SALT, COMMITMENT = 6, 16, 19, 20  # Fields of annals.v1.Event.
TYPE_URL, VALUE = 1, 2  # Of google.protobuf.Any.


# --- Events (protobuf's encoding) -------------------------------------------------------

def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def write_varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def fields(message):
    """(number, the whole field, its contents) of each field; numbers have no contents."""
    at = 0
    while at < len(message):
        begin = at
        tag, at = varint(message, at)
        contents = b""
        if tag & 7 == 0:
            _, at = varint(message, at)
        elif tag & 7 == 1:
            at += 8
        elif tag & 7 == 5:
            at += 4
        else:
            assert tag & 7 == 2, tag
            size, at = varint(message, at)
            contents = message[at:at + size]
            at += size
        assert at <= len(message)
        yield tag >> 3, message[begin:at], contents


def field(number, contents):
    return write_varint(number << 3 | 2) + write_varint(len(contents)) + contents


def deterministic(event):
    """The fields in the order of their numbers, metadata in the order of its keys."""
    def place(one):
        number, _, contents = one
        key = next((text for n, _, text in fields(contents) if n == 1), b"") if number == METADATA else b""
        return number, key
    return b"".join(whole for _, whole, _ in sorted(fields(event), key=place))


def leaf(event):
    """What the tree has of a serialized event."""
    commitment = value = salt = envelope = b""
    for number, whole, contents in fields(deterministic(event)):
        if number == PAYLOAD:
            value = b"".join(text for n, _, text in fields(contents) if n == VALUE)
            kept = b"".join(one for n, one, _ in fields(contents) if n == TYPE_URL)
            envelope += field(PAYLOAD, kept)
        elif number == SALT:
            salt = contents
        elif number == COMMITMENT:
            commitment = contents
        else:
            envelope += whole
    return (commitment or sha256(bytes([len(salt)]) + salt + value)) + envelope


# --- The tree (RFC 9162, section 2.1) ---------------------------------------------------

def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    return sha256(b"\0" + data)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


def root_of(hashes):
    """2.1.1: of the leaves' hashes."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def is_included(index, size, leaf_node, path, root):
    """2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf_node
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = node_hash(r, p)
        fn >>= 1
        sn >>= 1
    return sn == 0 and r == root


def is_consistent(first, second, first_root, second_root, path):
    """2.1.4.2."""
    if first == second:
        return not path and first_root == second_root
    if not path:
        return False
    if first & (first - 1) == 0:
        path = [first_root] + path
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            sr = node_hash(sr, c)
        fn >>= 1
        sn >>= 1
    return fr == first_root and sr == second_root and sn == 0


# --- Notes, checkpoints and proofs (C2SP) -----------------------------------------------

class Key:
    """NAME+HASH+KEY."""

    def __init__(self, text):
        self.text = text
        self.name, key_hash, key = text.split("+", 2)
        self.hash, key = bytes.fromhex(key_hash), base64.b64decode(key, validate=True)
        assert key[0] == 1 and len(key) == 33, "an Ed25519 key"
        self.key = key[1:]
        assert sha256(self.name.encode() + b"\n" + key)[:4] == self.hash

    def has_signed(self, note):
        text, _, signatures = note.rpartition("\n\n")
        for line in signatures.splitlines():
            mark, name, signature = line.split(" ")
            assert mark == "\u2014"
            signature = base64.b64decode(signature, validate=True)
            if name == self.name and signature[:4] == self.hash:
                return self._verifies((text + "\n").encode(), signature[4:])
        return False

    def _verifies(self, text, signature):
        # SubjectPublicKeyInfo of an Ed25519 key (RFC 8410).
        der = bytes.fromhex("302a300506032b6570032100") + self.key
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder, name) for name in ("key", "text", "signature")]
            for path, contents in zip(paths, (der, text, signature)):
                path.write_bytes(contents)
            result = subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths[0], "-rawin",
                 "-in", paths[1], "-sigfile", paths[2]], capture_output=True, check=False)
        return result.returncode == 0


class Checkpoint:
    def __init__(self, note, key):
        assert key.has_signed(note), note
        self.note = note
        self.origin, size, root = note.partition("\n\n")[0].split("\n")
        self.size, self.root = int(size), base64.b64decode(root, validate=True)
        assert str(self.size) == size and len(self.root) == 32


def hashes_of(lines):
    hashes = [base64.b64decode(line, validate=True) for line in lines]
    assert all(len(one) == 32 for one in hashes)
    return hashes


class EventProof:
    """A tlog-proof whose extra data is the event."""

    def __init__(self, text, key):
        head, _, note = text.partition("\n\n")
        title, extra, index, *path = head.split("\n")
        assert title == "c2sp.org/tlog-proof@v1"
        assert extra.startswith("extra ") and index.startswith("index ")
        self.event = base64.b64decode(extra[6:], validate=True)
        self.index = int(index[6:])
        self.path = hashes_of(path)
        self.checkpoint = Checkpoint(note, key)

    def holds(self):
        return is_included(self.index, self.checkpoint.size, leaf_hash(leaf(self.event)), self.path,
                           self.checkpoint.root)


class ConsistencyProof:
    def __init__(self, text, key):
        head, _, notes = text.partition("\n\n")
        title, *path = head.split("\n")
        assert title == "annals/consistency-proof@v1"
        self.path = hashes_of(path)
        older_text, older_signatures, newer = notes.split("\n\n", 2)
        self.older = Checkpoint(f"{older_text}\n\n{older_signatures}\n", key)
        self.newer = Checkpoint(newer, key)

    def holds(self):
        return self.older.origin == self.newer.origin and is_consistent(
            self.older.size, self.newer.size, self.older.root, self.newer.root, self.path)


def framed_events(body):
    """The serialized events of an answer to ReadEvents."""
    at, events, ended = 0, [], False
    while at < len(body):
        kind = body[at]
        size, at = varint(body, at + 1)
        message = body[at:at + size]
        at += size
        if kind == 1:
            ended = True
            assert not message, message
        else:
            events += [contents for number, _, contents in fields(message) if number == 1]
    assert ended
    return events
