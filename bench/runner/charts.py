"""The benchmark's charts, from its results."""
from runner import chart, workloads
from runner.figures import Results


def _growth(results, question, title):
    curves = {}
    for size in workloads.growth_sizes(results.size, results.quick):
        name = workloads.base_name(size)
        for contender in results.reports(name):
            micros = results.value(name, contender, question)
            if contender != "model" and micros is not None:
                curves.setdefault(contender, (results.version(name, contender), []))[1].append(
                    (size, micros))
    if not any(len(points) > 1 for _, points in curves.values()):
        return None
    values = [y for _, points in curves.values() for _, y in points]
    sizes = sorted({x for _, points in curves.values() for x, _ in points})
    return chart.draw(
        title,
        chart.Axis("contributions", True, tuple((s, workloads.size_text(s)) for s in sizes)),
        chart.Axis("p50", True, chart.decades(values, chart.micros_text)), list(curves.values()))


def _lateness(results):
    base = results.value(workloads.base_name(results.size), "annals", "group")
    curves = []
    for axis, words in workloads.AXES.items():
        points = [] if base is None else [(0, base)]
        for share in workloads.shares(results.quick):
            micros = results.value(f"late-{axis}-{share:g}", "annals", "group")
            if micros is not None:
                points.append((share * 100, micros))
        if len(points) > 1:
            curves.append((f"late on {words}", points))
    if not curves:
        return None
    values = [y for _, points in curves for _, y in points]
    return chart.draw(
        f"One group of 200, {workloads.size_text(results.size)} contributions",
        chart.Axis("late", False, tuple((p, f"{p} %") for p in range(0, 101, 20))),
        chart.Axis("Annals, p50", False, chart.steps_from_zero(values, chart.micros_text)), curves)


def _corrections(results):
    curves = []
    numbers = workloads.corrections(results.quick)[1:]
    for question, words in (("group", "one group's tally"), ("latest", "an entity's register")):
        points = [(n, results.value(f"corrections-{n}", "annals", question))
                  for n in numbers]
        points = [(n, micros) for n, micros in points if micros is not None]
        if len(points) > 1:
            curves.append((words, points))
    if not curves:
        return None
    values = [y for _, points in curves for _, y in points]
    return chart.draw(
        "Corrected entities", chart.Axis("corrections an entity", True,
                                         tuple((n, f"{n:,}") for n in numbers)),
        chart.Axis("Annals, p50", False, chart.steps_from_zero(values, chart.micros_text)), curves)


def all_charts(data):
    """File names, and SVG texts; a chart that has too few points is left out."""
    results = Results(data)
    charts = {
        "growth.svg": _growth(results, "group", "As of (v, k): one group of 200"),
        "growth_all_groups.svg": _growth(results, "all", "As of (v, k): all 200 groups"),
        "lateness.svg": _lateness(results),
        "corrections.svg": _corrections(results),
    }
    return {name: svg for name, svg in charts.items() if svg is not None}
