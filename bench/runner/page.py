"""Fills docs/benchmarks.md and its charts from the results.

What lies between `<!-- measured: NAME -->` and `<!-- end -->` is written here;
the rest of the page is people's.
"""
import json
import re

from runner import charts, figures, machine, table, workloads
from runner.failure import Failure

RESULTS = "docs/benchmarks/results.json"
PAGE = "docs/benchmarks.md"


def _summary(data):
    commits = sorted({w["commit"] for w in data["workloads"].values()})
    equal = sum(w["equal"] for w in data["workloads"].values())
    return (f"Machine: {machine.one_line(data['machine'])}. Commit: {', '.join(commits)}. "
            f"{equal:,} answers were compared with the naive model or a peer, and none differed.\n")


def _workloads(data):
    lines = ["| workload | options | asked | load |", "| --- | --- | --- | ---: |"]
    for name, workload in data["workloads"].items():
        options = " ".join(f"{key}={value}" for key, value in workload["options"].items())
        for contender, report in workload["reports"].items():
            if contender == "model":
                continue
            asked = ", ".join(f"{f['question']} {int(f['asked']):,}" for f in report["figures"])
            lines.append(f"| {name} | {options} | {report['version']}: {asked} | {report['loadSeconds']:.1f} s |")
    return "\n".join(lines) + "\n"


# What each chart shows, for who can't see it.
_CHARTS = {
    "growth.svg": "p50 by the number of contributions, one group",
    "growth_all_groups.svg": "p50 by the number of contributions, all groups",
    "lateness.svg": "p50 by the share of late claims",
    "corrections.svg": "p50 by the number of corrections an entity",
}


def fill(text, parts):
    """`text` with each part between its marks."""
    for name, part in parts.items():
        pattern = re.compile(rf"(<!-- measured: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not pattern.search(text):
            raise Failure(f"{PAGE} has no \"<!-- measured: {name} -->\" with an \"<!-- end -->\": put it back")
        text = pattern.sub(lambda found, part=part: found.group(1) + part + found.group(2), text)
    return text


def write(root, data):
    folder = root / "docs/benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    (root / RESULTS).write_text(json.dumps(slim(data), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    drawn = charts.all_charts(data)
    for name, svg in drawn.items():
        (folder / name).write_text(svg, encoding="utf-8")
    shown = [f"![{_CHARTS[name]}](benchmarks/{name})\n" for name in drawn]
    page = root / PAGE
    parts = {"summary": _summary(data), "figures": table.markdown(figures.rows_of(data)),
             "charts": "\n".join(shown), "workloads": _workloads(data)}
    page.write_text(fill(page.read_text(encoding="utf-8"), parts), encoding="utf-8")


def slim(data):
    """Without the answers, which were compared when they were given."""
    def report(r):
        return {**r, "figures": [{k: v for k, v in f.items() if k != "answers"} for f in r["figures"]]}

    return {**data, "workloads": {
        name: {**w, "reports": {c: report(r) for c, r in w["reports"].items()}}
        for name, w in data["workloads"].items()}}


def merge(old, new):
    """`new`, with those workloads of `old` that it lacks, if both are of one kind."""
    if old is None or any(old[key] != new[key] for key in ("size", "quick", "machine")):
        return new
    order = [w.name for w in workloads.all_workloads(new["size"], new["quick"], list(workloads.PEERS))]
    found = {**old["workloads"], **new["workloads"]}
    merged = {**old, **new}
    merged["workloads"] = {name: found[name] for name in order if name in found}
    return merged
