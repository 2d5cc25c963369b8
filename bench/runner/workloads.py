"""The workloads: what is generated, who is asked what.

Claims and questions come from bench/as_of/claim_stream.h; every run of a workload
has the same ones, from the seeds that as_of_benchmark.cc names.
"""
import dataclasses
import re

# Everyone that a peer's name on the command line stands for.
PEERS = {
    "postgresql": ("postgresql",),
    "duckdb": ("duckdb", "duckdb-sorted"),
    "sqlite": ("sqlite",),
}


@dataclasses.dataclass(frozen=True)
class Workload:
    """`options` are as_of_benchmark's, `asks` the questions of each contender."""
    name: str
    title: str
    options: dict
    asks: dict

    def arguments(self, contender, seconds):
        options = {**self.options, "contender": contender, "ask": ",".join(self.asks[contender]),
                   "seconds": seconds}
        return [f"--{key}={value}" for key, value in options.items()]


def _asks(ours, peers, contenders):
    return {"annals": ours, "model": peers, **{peer: peers for peer in contenders}}


def size_text(size):
    """10_000_000 as "10 M"."""
    for unit, letter in ((1_000_000, " M"), (1_000, " k")):
        if size >= unit and size % unit == 0:
            return f"{size // unit}{letter}"
    return f"{size:,}"


def growth_sizes(size, quick):
    return [size // 10, size] if quick else [size // 10, size, size * 10]


def shares(quick):
    return (1.0,) if quick else (0.1, 0.5, 1.0)


def corrections(quick):
    """Of a corrected entity. A thousand take their time to load."""
    return (0, 1, 10, 100) if quick else (0, 1, 10, 100, 1000)


AXES = {"valid": "the valid axis", "known": "the known axis", "both": "both axes"}


def corrections_text(number):
    return "1 correction" if number == 1 else f"{number:,} corrections"


def base_name(size):
    return f"growth-{size}"


def all_workloads(size, quick, peers):
    """In the order in which they run."""
    contenders = [c for peer in peers for c in PEERS[peer]]
    tally = {"measures": "tally"}
    found = []
    for n in growth_sizes(size, quick):
        title = f"{size_text(n)} contributions, on time"
        ours = ["group:100000", "all:300"]
        theirs = ["group:300", "all:30"]
        if n == size:
            ours = ours + ["history:5", "history-all:3"]
        # Ten times as much takes the peers' loading half an hour: one of them
        # stands for all.
        who = contenders if n <= size else [c for c in contenders if c == "duckdb"]
        asks = _asks(ours, theirs, who)
        if n == size:
            asks["model"] = theirs + ["history:2", "history-all:1"]
            if "sqlite" in asks:
                asks["sqlite"] = theirs + ["history:2"]
        if n > size and who:
            del asks["model"]
        found.append(Workload(base_name(n), title, {"size": n, **tally}, asks))
    for axis, words in AXES.items():
        for share in shares(quick):
            options = {"size": size, **tally}
            if axis != "known":
                options["late_valid"] = share
            if axis != "valid":
                options["late_known"] = share
            found.append(Workload(f"late-{axis}-{share:g}",
                                  f"{size_text(size)} contributions, {share:.0%} late on {words}",
                                  options, _asks(["group:100000", "all:100"], ["group:300", "all:10"], [])))
    corrected = min(size, 1_000_000)
    for n in corrections(quick):
        found.append(Workload(f"corrections-{n}",
                              f"{size_text(corrected)} contributions, {corrections_text(n)} an entity",
                              {"size": corrected, "corrections": n, "measures": "tally,latest"},
                              _asks(["group:100000", "latest:20000"], ["group:300", "latest:300"], [])))
    members = size // 10
    found.append(Workload("distinct", f"{size_text(size)} contributions, {size_text(members)} members",
                          {"size": size, "members": members, "measures": "tally,set"},
                          _asks(["group:100000", "members:100000"], ["members:300"], contenders)))
    found.append(Workload("rebuild", f"a rebuild of three projections, {size_text(corrected // 10)} members",
                          {"size": corrected, "members": corrected // 10, "measures": "tally,set,latest"},
                          {"annals": ["rebuild:3", "group:300"], "model": ["group:300"]}))
    found.append(Workload("why", f"one group with {size_text(corrected)} contributors",
                          {"size": corrected, "groups": 1, **tally},
                          {"annals": ["why:50"], "model": ["why:50"]}))
    return found


# Besides these: not made of claims.
LOG = "log"          # bench/log, if this tree has it.
INSERTS = "inserts"  # PostgreSQL's.


def matches(pattern, name, title=""):
    return pattern is None or re.search(pattern, f"{name} {title}", re.IGNORECASE) is not None
