#!/usr/bin/env python3
"""The tidy test: what the tree promises about its own form.

Checks the files that git knows and prints `file:line: what is wrong`. The rules
are the constants below and the functions named `check_…`; CONTRIBUTING.md says
why they are there.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Each layer, and the layers that it may include. Generated code of proto/ is
# open to all; tests/ and bench/ may include anything.
LAYERS = {
    "engine/base": [],
    "engine/time": ["engine/base"],
    "engine/storage": ["engine/base"],
    "engine/log": ["engine/base", "engine/time", "engine/storage", "engine/proof"],
    "engine/index": ["engine/base", "engine/time", "engine/storage", "engine/log"],
    "engine/query": ["engine/base", "engine/time", "engine/storage", "engine/keys", "engine/log",
                     "engine/index"],
    "engine/render": ["engine/base", "engine/time", "engine/storage", "engine/log", "engine/index",
                      "engine/query"],
    "engine/feed": ["engine/base", "engine/time", "engine/storage", "engine/log", "engine/index",
                    "engine/query"],
    "engine/access": ["engine/base", "engine/storage"],
    "engine/proof": ["engine/base"],
    "engine/keys": ["engine/base", "engine/storage", "engine/proof"],
    "engine/service": ["engine/base", "engine/time", "engine/storage", "engine/log",
                       "engine/index", "engine/query", "engine/feed", "engine/access",
                       "engine/proof", "engine/keys"],
    "projections": ["engine/base", "engine/time", "engine/index", "engine/query"],
    # Transport: it knows none of the verbs.
    "server/http": ["engine/base"],
    "server/process": ["engine/base"],
    "server/grpc": ["engine"],
    "server": ["engine", "projections"],
    "client": ["engine"],
    "cli": ["engine", "projections", "server", "client"],
}
# A library that only some folders may see.
CONFINED = {
    "rocksdb/": ["engine/storage", "tests", "bench"],
    "grpcpp/": ["server", "tests", "bench"],
    "boost/": ["server", "client", "bazel/boost", "tests", "bench"],
    "CLI/": ["cli"],
}
DOMAIN = re.compile(r"venezuela", re.IGNORECASE)
NAMES_THAT_SAY_NOTHING = re.compile(
    r"(^|[/_])(utils?|common|misc|helpers?|manager|processor)([/_.]|$)", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(TO" + "DO|FIX" + "ME|X" + "XX|HA" + r"CK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|work|Users)/\w")
FUNCTION_LINES = 70
HEADER_LINES = 250
SOURCE_LINES = 600

complaints = []


def complain(path, line, what):
    complaints.append(f"{path}:{line}: {what}")


def tracked_files():
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [pathlib.PurePosixPath(p) for p in listing.splitlines() if (ROOT / p).is_file()]


def layer_of(path):
    return next((layer for layer in sorted(LAYERS, key=len, reverse=True)
                 if str(path).startswith(layer + "/")), None)


def check_includes(path, lines):
    """Dependencies point one way."""
    layer = layer_of(path)
    for number, line in enumerate(lines, 1):
        match = re.match(r'#include ["<]([^">]+)[">]', line)
        if not match:
            continue
        target = match.group(1)
        for library, folders in CONFINED.items():
            if target.startswith(library) and not str(path).startswith(tuple(folders)):
                complain(path, number, f"only {', '.join(folders)} may include {library}")
        if layer is None or target.startswith("proto/"):
            continue
        other = layer_of(target)
        allowed = LAYERS[layer] + [layer]
        if other and not any(other == a or other.startswith(a + "/") for a in allowed):
            complain(path, number, f"{layer} may not include {other}")
        if target.startswith("tests/"):
            complain(path, number, "only tests may include tests/")


def check_domain(path, lines):
    """The engine knows nothing of its first domain."""
    if not str(path).startswith("engine/"):
        return
    for number, line in enumerate(lines, 1):
        if DOMAIN.search(line) and "//" not in line:
            complain(path, number, "the engine may not know a domain")


def check_header(path, lines):
    if path.suffix != ".h":
        return
    guard = "ANNALS_" + re.sub(r"[/.]", "_", str(path)).upper() + "_"
    text = "\n".join(lines)
    if f"#ifndef {guard}\n#define {guard}\n" not in text:
        complain(path, 1, f"the include guard should be {guard}")
    if not lines[0].startswith("//"):
        complain(path, 1, "a header opens with a comment that says what it is for")
    if len(lines) > HEADER_LINES:
        complain(path, 1, f"{len(lines)} lines; a header has at most {HEADER_LINES}")


def check_function_lengths(path, lines):
    """A top-level definition runs from a line that ends in { to a } in column 0."""
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"^[^\s#/}].*\{\s*$", line) and not re.match(
                r"^(namespace|class|struct|enum|union|extern|const|constexpr|static const)\b", line):
            start = number
        if line.startswith("}"):
            if start and number - start > FUNCTION_LINES:
                complain(path, start, f"a function of {number - start} lines; at most {FUNCTION_LINES}")
            start = None


def check_text(path, lines):
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line):
            complain(path, number, "unfinished by its own words")
        if MACHINE_PATH.search(line):
            complain(path, number, "a path of somebody's machine")
        if line != line.rstrip() and path.suffix != ".md":
            complain(path, number, "spaces at the end of the line")


def check_name(path):
    if NAMES_THAT_SAY_NOTHING.search(str(path)):
        complain(path, 1, "a name that says nothing of the purpose")


def check_test_has_its_place(path, files):
    """tests/ mirrors the tree."""
    match = re.match(r"tests/((?:engine|projections|cli|server)/.*)_test\.cc$", str(path))
    if not match:
        return
    folder = pathlib.PurePosixPath(match.group(1)).parent
    if not any(f.parent == folder for f in files):
        complain(path, 1, f"there is no folder {folder} that this could test")


def check_links(path, lines):
    """Every relative link of the documentation leads somewhere."""
    for number, line in enumerate(lines, 1):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (ROOT / path.parent / target).exists():
                complain(path, number, f"a link to {target}, which isn't there")


def main():
    files = tracked_files()
    for path in files:
        check_name(path)
        check_test_has_its_place(path, files)
        try:
            lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        if path.suffix in (".cc", ".h") and lines:
            check_includes(path, lines)
            check_domain(path, lines)
            check_header(path, lines)
            check_function_lengths(path, lines)
            if len(lines) > SOURCE_LINES:
                complain(path, 1, f"{len(lines)} lines; a file has at most {SOURCE_LINES}")
        if path.suffix in (".cc", ".h", ".py", ".sh", ".proto", ".md", ".bzl", ".bazel"):
            check_text(path, lines)
        if path.suffix == ".md":
            check_links(path, lines)
    print("\n".join(sorted(complaints)), end="\n" if complaints else "")
    print(f"tidy: {len(files)} files, {len(complaints)} complaints", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
