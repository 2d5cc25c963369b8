"""What the figures were measured on."""
import os
import pathlib
import platform
import re
import subprocess


def _output(*command, cwd=None):
    try:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _disk(folder):
    found = _output("findmnt", "--noheadings", "--output", "SOURCE,FSTYPE", "--target", str(folder)).split()
    if len(found) < 2:
        return "unknown"
    device = re.sub(r"\[.*\]$", "", found[0])
    about = _output("lsblk", "--noheadings", "--nodeps", "--output", "SIZE,MODEL", device).split("\n")[0]
    return f"{' '.join(about.split()) or 'size unknown'} ({device}, {found[1]})"


def memory_bytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def describe(folder):
    """`folder`: where the stores are made."""
    model = re.search(r"^Model name:\s*(.*)$", _output("lscpu"), re.MULTILINE)
    return {
        "processor": model.group(1) if model else platform.processor() or "unknown",
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory_bytes() / 2**30, 1),
        "disk": _disk(folder),
        "system": f"{_distribution()}, Linux {platform.release()}",
    }


def _distribution():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return "unknown system"


def commit(root: pathlib.Path):
    """The commit that was measured; "+" if the sources differ from it."""
    short = _output("git", "rev-parse", "--short=10", "HEAD", cwd=root) or "unknown"
    changed = _output("git", "status", "--porcelain", "--", "engine", "proto", "bench", cwd=root)
    return short + ("+" if changed else "")


def one_line(machine):
    return (f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']:g} GiB, "
            f"{machine['disk']}; {machine['system']}")
