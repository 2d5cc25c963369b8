#!/usr/bin/python3
"""Runs clang-tidy over sources, many of them at a time.

Most of the time of a run goes into the headers that a source includes, and sources
of one folder include the same. So they are joined, up to eight, in one translation
unit, unless both define a name that is private to each. Should a unit not compile
all the same, its sources are checked one by one.

    tools/clang_tidy.py FILE.cc …   exit code 1 if there are findings
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# As the compiler; Debian's default can't read coroutines.
CLANG_TIDY = "clang-tidy-16"
MOST_SOURCES = 8
PRIVATE = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.DOTALL | re.MULTILINE)
NOISE = re.compile(r"^\d+ (warnings?|errors?) |^Suppressed |^Use -header-filter|^Error while processing |^Found compiler error")
TAKES_A_VALUE = ("-iquote", "-isystem", "-I")


def private_names(source):
    """The names that a source defines in its unnamed namespace, at its outermost level."""
    names = set()
    text = (ROOT / source).read_text(encoding="utf-8")
    for body in PRIVATE.findall(text):
        for line in body.splitlines():
            if line and (line[0].isalpha() or line[0] == "_"):
                words = re.findall(r"\w+", re.split(r"[({=;\[]", line)[0])
                names.update(words[-1:])
    # One program has one main, whatever else it has.
    return names | set(re.findall(r"^int (main|LLVMFuzzerTestOneInput)\b", text, re.MULTILINE))


def units(sources):
    groups = {}
    for source in sources:
        names = private_names(source)
        folder = groups.setdefault(os.path.dirname(source), [])
        for members, taken in folder:
            if len(members) < MOST_SOURCES and not taken & names:
                members.append(source)
                taken |= names
                break
        else:
            folder.append(([source], names))
    return [members for folder in groups.values() for members, _ in folder]


def with_paths_of(commands, members):
    """The first member's flags, and the include paths and definitions of the others."""
    arguments = [flag for flag in commands[members[0]]["arguments"] if flag != "-MD"]
    for flag in ("-o", "-c", "-MF"):
        del arguments[arguments.index(flag):arguments.index(flag) + 2]
    for member in members[1:]:
        flags = iter(commands[member]["arguments"])
        for flag in flags:
            added = [flag, next(flags)] if flag in TAKES_A_VALUE else [flag]
            if flag in TAKES_A_VALUE or flag.startswith("-D"):
                if " ".join(added) not in " ".join(arguments):
                    arguments += added
    return arguments


def run(arguments):
    result = subprocess.run([CLANG_TIDY, f"--config-file={ROOT}/.clang-tidy", "--quiet", "--warnings-as-errors=*",
                             *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    findings = "".join(line for line in result.stdout.splitlines(True) if not NOISE.match(line))
    return result.returncode, findings


def check(commands, folder, number, members):
    """What was found in the members; empty if nothing was."""
    unit = pathlib.Path(folder) / f"unit_{number}.cc"
    unit.write_text("".join(f'#include "{member}"\n' for member in members), encoding="utf-8")
    status, findings = run([str(unit), "--", *with_paths_of(commands, members)[1:]])
    if status == 0:
        return ""
    if len(members) > 1 and "clang-diagnostic-error" in findings:
        return "".join(check(commands, folder, f"{number}_{i}", [member]) for i, member in enumerate(members))
    return findings or f"clang-tidy ended with {status} at {' '.join(members)}\n"


def command_of(commands, source):
    """A source that no target builds by default is read as its nearest neighbour is."""
    near = max(commands, key=lambda other: len(os.path.commonprefix([other, source])))
    return commands.get(source, commands[near])


def main():
    known = {os.path.relpath(command["file"], ROOT): command
                for command in json.loads((ROOT / "compile_commands.json").read_text(encoding="utf-8"))}
    sources = [os.path.relpath(source, ROOT) for source in sys.argv[1:]]
    missing = [source for source in sources if not (ROOT / source).is_file()]
    if missing:
        sys.exit(f"clang_tidy: there is no {', '.join(missing)}")
    commands = {source: command_of(known, source) for source in sources}
    groups = units(sources)
    # The longest first, so that the last to end isn't one of them.
    groups.sort(key=len, reverse=True)
    found = False
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        runs = [workers.submit(check, commands, folder, number, members) for number, members in enumerate(groups)]
        for finished in concurrent.futures.as_completed(runs):
            found = found or bool(finished.result())
            print(finished.result(), end="", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
