"""Where the peers come from: a PostgreSQL of our own for a while, and DuckDB."""
import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

from runner import machine
from runner.failure import Failure

# npm's tool, at the version that the benchmark's declarations were written for.
DUCKDB_PACKAGE = "@duckdb/node-api@1.5.6-r.1"
_BINARIES = pathlib.Path("/usr/lib/postgresql/15/bin")
_WITHOUT = "or leave it out with --peers"

# One row of a log of 256-byte events, with the two keys that a log needs.
_INSERT_TABLE = """CREATE TABLE events (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream integer NOT NULL, occurred bigint NOT NULL, known bigint NOT NULL, payload text NOT NULL)"""
_INSERT_SCRIPT = """\\set stream random(1, 1000000)
\\set known random(1, 31536000000000)
INSERT INTO events (stream, occurred, known, payload)
VALUES (:stream, :known::bigint - 1000000, :known, repeat('x', 228));
"""


def install_duckdb(cache, say):
    """The path of DuckDB's shared library, fetched into `cache` if need be."""
    folder = cache / "duckdb"
    name = DUCKDB_PACKAGE.rpartition("@")[0]
    version = DUCKDB_PACKAGE.rpartition("@")[2]
    found = sorted(folder.glob("node_modules/@duckdb/*/libduckdb.so"))
    if found and f'"version": "{version}"' in (folder / "node_modules" / name / "package.json").read_text():
        return found[0]
    if shutil.which("npm") is None:
        raise Failure(f"DuckDB comes as a package of npm, which isn't here: install npm, {_WITHOUT} postgresql,sqlite")
    say(f"fetching {DUCKDB_PACKAGE} (70 MB) …")
    folder.mkdir(parents=True, exist_ok=True)
    result = subprocess.run(
        ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--no-save", DUCKDB_PACKAGE],
        capture_output=True, text=True, check=False)
    found = sorted(folder.glob("node_modules/@duckdb/*/libduckdb.so"))
    if result.returncode != 0 or not found:
        raise Failure(f"npm install {DUCKDB_PACKAGE} failed:\n{result.stderr[-2000:]}\n"
                      f"Is registry.npmjs.org reachable? Try again, {_WITHOUT} postgresql,sqlite")
    return found[0]


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _settings(folder, port):
    memory_mib = machine.memory_bytes() // 2**20
    return f"""
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
shared_buffers = {memory_mib // 4}MB
effective_cache_size = {memory_mib // 2}MB
maintenance_work_mem = {min(2048, memory_mib // 8)}MB
work_mem = 128MB
max_connections = 100
wal_level = minimal
max_wal_senders = 0
max_wal_size = 16GB
checkpoint_timeout = 30min
random_page_cost = 1.1
max_parallel_workers_per_gather = 2
max_parallel_maintenance_workers = 2
jit = off
autovacuum = off
"""


class Postgresql:
    """A running server, which is the caller's alone."""

    def __init__(self, folder, port, unprivileged):
        self.folder = folder
        self._as_user = unprivileged
        self.connection = f"host={folder} port={port} user=bench dbname=postgres"
        self.connection_over_tcp = f"host=127.0.0.1 port={port} user=bench dbname=postgres"

    def run(self, *command):
        """One of PostgreSQL's programs, as the user that may run it."""
        program = str(_BINARIES / command[0])
        result = subprocess.run([*self._as_user, program, *command[1:]], cwd="/", capture_output=True,
                                text=True, check=False)
        if result.returncode != 0:
            log = self.folder / "log"
            end = log.read_text(errors="replace")[-1500:] if log.exists() else ""
            raise Failure(f"PostgreSQL's {command[0]} failed:\n{result.stderr[-2000:]}{end}\n"
                          f"See above, {_WITHOUT} duckdb,sqlite")
        return result.stdout

    def sql(self, text):
        return self.run("psql", "-X", "-q", "-A", "-t", "-d", self.connection, "-c", text).strip()

    def measure_inserts(self, clients, seconds):
        """Rows a second: one row a transaction, synced, `clients` at a time."""
        self.sql("DROP TABLE IF EXISTS events")
        self.sql(_INSERT_TABLE)
        script = self.folder / "insert.sql"
        script.write_text(_INSERT_SCRIPT)
        script.chmod(0o644)
        output = self.run("pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2",
                          f"--time={seconds}", f"--file={script}", self.connection)
        found = re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)
        if not found:
            raise Failure(f"pgbench says no rate:\n{output}")
        return {"per_second": float(found.group(1)), "clients": clients, "seconds": seconds,
                "version": "PostgreSQL " + self.sql("SHOW server_version").partition(" (")[0]}


@contextlib.contextmanager
def postgresql(parent, say):
    """A cluster in a folder of its own under `parent`, gone afterwards."""
    if not (_BINARIES / "initdb").exists():
        raise Failure(f"PostgreSQL 15 isn't in {_BINARIES}: run tools/setup --bench, {_WITHOUT} duckdb,sqlite")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="annals-bench-postgresql-", dir=parent))
    unprivileged = []
    if os.getuid() == 0:
        # PostgreSQL refuses to run as root; its package brings a user.
        shutil.chown(folder, "postgres", "postgres")
        unprivileged = ["runuser", "-u", "postgres", "--"]
    folder.chmod(0o755)
    port = _free_port()
    server = Postgresql(folder, port, unprivileged)
    data = folder / "data"
    started = False
    try:
        say("starting a PostgreSQL of its own …")
        server.run("initdb", "--auth=trust", "--username=bench", "--encoding=UTF8", "--no-locale", "-D",
                   str(data))
        with open(data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(_settings(folder, port))
        server.run("pg_ctl", "start", "--wait", "--silent", "-D", str(data), "-l", str(folder / "log"))
        started = True
        yield server
    finally:
        if started:
            server.run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate", "-D", str(data))
        shutil.rmtree(folder, ignore_errors=True)
