#!/usr/bin/env python3
"""Copies a feed, of a timeline or of a view, to an SQLite database: the item and the
checkpoint in one transaction, so that each is there exactly once.

    mirror.py http://127.0.0.1:7171/v1/timelines/venezuela-2026/feed mirror.db
"""
import http.client
import json
import random
import sqlite3
import sys
import time
import urllib.error
import urllib.request

SILENCE_SECONDS = 60  # A comment comes every 15.


def events(lines):
    """Server-Sent Events: (id, kind, data), as they come."""
    fields = {}
    for line in lines:
        name, _, value = line.decode().rstrip("\n").partition(":")
        if name:
            fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            yield fields.get("id"), fields.get("event"), json.loads(fields["data"])
            fields = {}


def read_feed(url, database):
    """Returns when the feed breaks off: how long the server asks to wait, and whether
    anything came."""
    [after] = database.execute("SELECT position FROM checkpoint").fetchone()
    request = urllib.request.Request(url, headers={"Accept": "text/event-stream", "Last-Event-ID": str(after)})
    try:
        with urllib.request.urlopen(request, timeout=SILENCE_SECONDS) as answer:
            for position, kind, data in events(answer):
                if kind == "end":
                    print(f"the server ended the feed: {data['detail']}", file=sys.stderr)
                    return 0
                with database:  # One transaction.
                    if kind in ("event", "change"):
                        database.execute("INSERT OR IGNORE INTO item VALUES (?, ?)", (position, json.dumps(data)))
                    database.execute("UPDATE checkpoint SET position = ?", (position,))
    except urllib.error.HTTPError as refusal:
        # What the server calls wrong stays wrong; 429 and 503 pass.
        if refusal.code not in (429, 500, 502, 503, 504):
            sys.exit(f"{url}: {refusal.code} {refusal.read().decode(errors='replace')}")
        return float(refusal.headers.get("Retry-After", 0))
    except (OSError, http.client.HTTPException) as failure:
        print(f"the feed broke off: {failure}", file=sys.stderr)
    return 0


def main(url, path):
    database = sqlite3.connect(path)
    with database:
        database.execute("CREATE TABLE IF NOT EXISTS item (position INTEGER PRIMARY KEY, json TEXT NOT NULL)")
        database.execute("CREATE TABLE IF NOT EXISTS checkpoint (position INTEGER NOT NULL)")
        database.execute("INSERT INTO checkpoint SELECT 0 WHERE NOT EXISTS (SELECT * FROM checkpoint)")
    pause = 0.5
    while True:
        before = database.execute("SELECT position FROM checkpoint").fetchone()
        asked_to_wait = read_feed(url, database)
        moved = database.execute("SELECT position FROM checkpoint").fetchone() != before
        pause = 0.5 if moved else min(2 * pause, 30)
        # Not all at the same moment, when a server comes back to many.
        time.sleep(max(asked_to_wait, pause * random.uniform(0.5, 1)))


if __name__ == "__main__":
    main(*sys.argv[1:3])
