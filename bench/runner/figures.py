"""From what the runs report to the figures, with their ratios and goals."""
import dataclasses

from runner import workloads

LESS, MORE = "less", "more"


@dataclasses.dataclass(frozen=True)
class Row:
    """One comparison. `goal` is the least ratio that is aimed at."""
    name: str
    unit: str
    ours: float
    peer: float = None
    peer_name: str = None
    better: str = LESS
    goal: float = None

    @property
    def ratio(self):
        """Above 1 if ours is better, whichever way the unit runs."""
        if self.peer is None or not self.ours or not self.peer:
            return None
        return self.peer / self.ours if self.better == LESS else self.ours / self.peer

    @property
    def met(self):
        return None if self.goal is None or self.ratio is None else self.ratio >= self.goal

    def as_json(self):
        return {"name": self.name, "unit": self.unit, "ours": rounded(self.ours),
                "peer": rounded(self.peer), "peerName": self.peer_name, "ratio": rounded(self.ratio)}


def rounded(value):
    """Four significant digits: more would be noise."""
    return None if value is None else float(f"{value:.4g}")


def figure(reports, contender, question):
    report = reports.get(contender)
    if report is None:
        return None
    return next((f for f in report["figures"] if f["question"] == question), None)


class Results:
    """What was measured, by workload and contender; any of it may be missing."""

    def __init__(self, data):
        self.data = data
        self.size = data["size"]
        self.quick = data["quick"]

    def reports(self, workload):
        return self.data["workloads"].get(workload, {}).get("reports", {})

    def value(self, workload, contender, question, what="p50Us"):
        found = figure(self.reports(workload), contender, question)
        return None if found is None else found[what]

    def version(self, workload, contender):
        return self.reports(workload)[contender]["version"]


def _against_peers(results, workload, question, name, what, unit, scale, goals):
    ours = results.value(workload, "annals", question, what)
    if ours is None:
        return []
    rows = []
    if "goal" in goals:
        rows.append(Row(name, unit, ours / scale, goals["goal"], "the goal", goal=1))
    for contender in results.reports(workload):
        peer = results.value(workload, contender, question, what)
        if contender in ("annals", "model") or peer is None:
            continue
        rows.append(Row(name, unit, ours / scale, peer / scale,
                        results.version(workload, contender), goal=goals.get(contender)))
    return rows or [Row(name, unit, ours / scale)]


def _against_itself(results, workload, question, name, other, other_question, other_name, goal=0.5):
    ours = results.value(workload, "annals", question)
    peer = results.value(other, "annals", other_question)
    if ours is None or peer is None:
        return []
    return [Row(name, "µs", ours, peer, other_name, goal=goal)]


def _as_of(results):
    size = workloads.size_text(results.size)
    base = workloads.base_name(results.size)
    one = f"as of (v, k), one of 200 groups, {size} contributions"
    rows = _against_peers(results, base, "group", f"{one}, p50", "p50Us", "µs", 1,
                          {"goal": 20, "postgresql": 100, "duckdb": 1000})
    rows += _against_peers(results, base, "group", f"{one}, p99", "p99Us", "µs", 1, {"goal": 200})
    rows += _against_peers(results, base, "all", f"as of (v, k), all 200 groups, {size}, p50", "p50Us",
                           "ms", 1000, {"goal": 1, "duckdb": 30})
    return rows


def _growth(results):
    sizes = workloads.growth_sizes(results.size, results.quick)
    least, most = sizes[0], sizes[-1]
    rows = []
    for question, words, unit, scale, goal in (("group", "one group", "µs", 1, 0.5),
                                               ("all", "all groups", "ms", 1000, None)):
        ours = results.value(workloads.base_name(most), "annals", question)
        peer = results.value(workloads.base_name(least), "annals", question)
        if ours is not None and peer is not None:
            rows.append(Row(f"{words}, {workloads.size_text(most)} contributions, p50", unit, ours / scale,
                            peer / scale, f"Annals, {workloads.size_text(least)}", goal=goal))
    return rows


def _late(results):
    rows = []
    for axis, words in workloads.AXES.items():
        for share in workloads.shares(results.quick):
            rows += _against_itself(results, f"late-{axis}-{share:g}", "group",
                                    f"one group, {share:.0%} late on {words}, p50",
                                    workloads.base_name(results.size), "group", "Annals, on time")
    for n in workloads.corrections(results.quick)[1:]:
        for question, words in (("group", "one group"), ("latest", "the latest of an entity")):
            rows += _against_itself(results, f"corrections-{n}", question,
                                    f"{words}, {workloads.corrections_text(n)} an entity, p50", "corrections-0",
                                    question, "Annals, none corrected")
    return rows


def _distinct(results):
    name = (f"distinct members as of (v, k), {workloads.size_text(results.size)} contributions, "
            f"{workloads.size_text(results.size // 10)} members, p50")
    rows = _against_itself(results, "distinct", "members", name, "distinct", "group", "Annals, a tally")
    return rows + [r for r in _against_peers(results, "distinct", "members", name, "p50Us", "µs", 1, {})
                   if r.peer is not None]


# bench/log's rows that have a goal, by their names.
_LOG_GOALS = {
    "append, batches of 1,000, three projections on": 0.5,
    "append, 64 writers": 0.8,
    "replay": 1,
}


def _log(results):
    rows = []
    for row in results.data.get("log", []):
        rows.append(Row(row["name"], row["unit"], row["ours"], row["peer"], row["peerName"], MORE,
                        _LOG_GOALS.get(row["name"])))
        inserts = results.data.get("inserts")
        if row["name"] == "append, 64 writers" and inserts:
            rows.append(Row(row["name"], row["unit"], row["ours"], inserts["per_second"],
                            inserts["version"] + ", one row a transaction", MORE, 2.5))
    return rows


def _rebuild(results):
    micros = results.value("rebuild", "annals", "rebuild")
    if micros is None:
        return []
    events = int(results.reports("rebuild")["annals"]["size"])
    return [Row("rebuild of three projections", "events/s", events / micros * 1e6, 500_000, "the goal",
                MORE, 1)]


def _space(results):
    sizes = workloads.growth_sizes(results.size, results.quick)
    rows = []
    for size in sizes:
        report = results.reports(workloads.base_name(size)).get("annals")
        if report is None:
            continue
        # What doesn't grow weighs most in the small ones.
        goal = 1 if size == sizes[-1] else None
        text = workloads.size_text(size)
        rows.append(Row(f"index on disk, a contribution of {text}", "B", int(report["storedBytes"]) / size,
                        20, "the goal", goal=goal))
        rows.append(Row(f"resident memory, {text} contributions", "GiB",
                        int(report["residentBytes"]) / 2**30, 1, "the goal", goal=goal))
    return rows


def _verbs(results):
    base = workloads.base_name(results.size)
    size = workloads.size_text(results.size)
    rows = _against_peers(results, base, "history", f"a history of 1,000 steps, one group, {size}",
                          "p50Us", "ms", 1000, {})
    rows += _against_peers(results, base, "history-all", f"a history of 1,000 steps, 200 groups, {size}",
                           "p50Us", "ms", 1000, {})
    rows += _against_peers(results, "why", "why", "first page of why, a cell with "
                           f"{workloads.size_text(min(results.size, 1_000_000))} contributors", "p50Us",
                           "ms", 1000, {})
    return rows


def rows_of(data):
    """Every row that the results hold, in the order in which they are shown."""
    results = Results(data)
    rows = []
    for part in (_as_of, _growth, _late, _distinct, _log, _rebuild, _space, _verbs):
        rows += part(results)
    return rows


def compare_answers(reports):
    """The number of equal answers, and a message for each that differs.

    Every contender's answers are compared with the model's, or with the first
    peer's where there is no model. Whoever was asked less is compared as far.
    """
    equal, wrong = 0, []
    questions = sorted({f["question"] for r in reports.values() for f in r["figures"]})
    for question in questions:
        asked = {c: figure(reports, c, question) for c in reports}
        asked = {c: f["answers"] for c, f in asked.items() if f is not None}
        judge = next((c for c in ("model", *asked) if c in asked and c != "annals"), None)
        for contender, answers in asked.items():
            if judge is None or contender == judge:
                continue
            for number, (answer, right) in enumerate(zip(answers, asked[judge]), 1):
                if answer == right:
                    equal += 1
                else:
                    wrong.append(f"question {question} {number}: {contender} answers {_start(answer)}, "
                                 f"{judge} {_start(right)}")
    return equal, wrong


def _start(answer):
    return answer if len(answer) <= 60 else answer[:57] + "…"
