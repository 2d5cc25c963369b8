"""The commands of a document, run as they stand there.

A block that begins with ``` alone, or ```sh, holds commands; one that begins with the
name of another language doesn't. Commands that name a host of somebody else,
example.org, aren't run.
"""
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile

from served_store import PATIENCE_SECONDS, free_port

HTTP = "127.0.0.1:7171"
GRPC = "127.0.0.1:7172"


def commands(document):
    text = pathlib.Path(document).read_text(encoding="utf-8")
    return [block for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
            if language in ("", "sh") and "example.org" not in block]


class Workplace:
    """A folder with what a reader of the documents has: `annals`, the bundled history,
    and in the end a store and a server. Only the ports are others than in the
    document; and curl fails where the server refuses, and waits until it has started."""

    def __init__(self, annals, history):
        self._temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._temporary.name)
        self._ports = {HTTP: f"127.0.0.1:{free_port()}", GRPC: f"127.0.0.1:{free_port()}"}
        self._programs = self.folder / "bin"
        self._programs.mkdir()
        self._add_program("annals", f"""
            if [ "$1" = serve ]; then
              set -- "$@" --http {self._ports[HTTP]} --grpc {self._ports[GRPC]}
              echo $$ >server.pid
            fi
            exec {os.path.abspath(annals)} "$@" """)
        self._add_program(
            "curl", 'exec /usr/bin/curl --fail --show-error --retry 60 --retry-delay 1 --retry-connrefused "$@"')
        (self.folder / "timelines").symlink_to(pathlib.Path(history).absolute().parent)
        self.environment = dict(os.environ, PATH=f"{self._programs}:{os.environ['PATH']}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end_server()
        self._temporary.cleanup()

    def _add_program(self, name, text):
        path = self._programs / name
        path.write_text("#!/bin/sh\n" + text + "\n")
        path.chmod(0o755)

    def _end_server(self):
        pid = self.folder / "server.pid"
        if pid.exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid.read_text()), signal.SIGKILL)
            pid.unlink()

    def run(self, block):
        """What the block prints; a feed's until it is live."""
        for said, meant in self._ports.items():
            block = block.replace(said, meant)
        output = self.folder / "output"
        is_feed = "/feed" in block or "--follow" in block
        with open(output, "w", encoding="utf-8") as out, \
                subprocess.Popen(["bash", "-euo", "pipefail", "-c", block], cwd=self.folder, text=True,
                                 env=self.environment, stdout=subprocess.PIPE if is_feed else out,
                                 stderr=subprocess.DEVNULL,
                                 start_new_session=True) as process:
            if is_feed:
                return self._until_live(process)
            code = process.wait(PATIENCE_SECONDS)
            assert code == 0, f"exit code {code}"
        return output.read_text(encoding="utf-8")

    @staticmethod
    def _until_live(process):
        lines = []
        for line in process.stdout:
            lines.append(line)
            if re.search("caught-?up|\"position\": 82\\b", line, re.IGNORECASE):
                break
        else:
            raise AssertionError(f"it ended: {lines}")
        os.killpg(process.pid, signal.SIGKILL)
        return "".join(lines)
