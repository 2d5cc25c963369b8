"""Runs the scripts of this folder with Node.js and the packages that Bazel has installed."""
import os
import pathlib
import subprocess

from served_store import PATIENCE_SECONDS, Reader

FOLDER = pathlib.Path(__file__).absolute().parent


class Node:
    def __init__(self, node, node_modules, environment=None):
        self._node = os.path.abspath(node)
        self.modules = os.path.abspath(node_modules)
        self._environment = dict(os.environ, NODE_PATH=self.modules, **(environment or {}))

    def follow(self, script, *arguments):
        return Reader([self._node, str(FOLDER / script), *arguments], env=self._environment)

    def run(self, script, *arguments, input_text=None):
        result = subprocess.run([self._node, str(FOLDER / script), *arguments], input=input_text, text=True,
                                capture_output=True, env=self._environment, timeout=PATIENCE_SECONDS, check=False)
        assert result.returncode == 0, f"{script} {arguments}: {result.stderr[-3000:]}"
        return result.stdout
