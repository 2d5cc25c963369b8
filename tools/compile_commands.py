#!/usr/bin/env python3
"""Writes compile_commands.json, for clang-tidy and clangd, from `bazel aquery`.

Builds what is generated first, since its headers have to be there.
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# So that builds are the same whenever they are made; clang-tidy warns of it.
REDEFINED = ("-D__DATE__=", "-D__TIMESTAMP__=", "-D__TIME__=")
# What CI builds with; other flags would build again what is generated.
OPTIONS = os.environ.get("ANNALS_BUILD_OPTIONS", "").split()
# What gRPC generates hides its own bases' methods.
CLANG_ALONE = ("-Wno-overloaded-virtual",)


def bazel(*arguments):
    result = subprocess.run(["bazel", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"compile_commands: bazel {arguments[0]} failed:\n{result.stderr[-4000:]}")
    return result.stdout


def main():
    generated = bazel("query", 'kind("cc_proto_library|genrule|_stubs", //...)').split()
    bazel("build", *OPTIONS, "--keep_going", *generated)
    execution_root = bazel("info", "execution_root").strip()
    actions = json.loads(bazel("aquery", *OPTIONS, "--output=jsonproto", 'mnemonic("CppCompile", //...)'))
    commands = {}
    for action in actions.get("actions", []):
        arguments = [a for a in action["arguments"] if not a.startswith(REDEFINED)]
        source = arguments[arguments.index("-c") + 1]
        if source.startswith(("bazel-out/", "external/")):
            continue
        commands[source] = {"directory": execution_root, "file": str(ROOT / source), "arguments": arguments}
        # The execution root's own links may be gone; the source is the tree's.
        arguments[arguments.index("-c") + 1] = str(ROOT / source)
        arguments[1:1] = ["-I", str(ROOT)]
        arguments += CLANG_ALONE
    text = json.dumps(list(commands.values()), indent=1)
    (ROOT / "compile_commands.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
