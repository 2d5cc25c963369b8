"""The figures as text: an aligned table, or Markdown."""


def number(value):
    """Three significant digits, without an exponent."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    digits = max(0, 2 - _magnitude(value))
    text = f"{value:,.{digits}f}"
    if _magnitude(value) > 2:
        unit = 10 ** (_magnitude(value) - 2)
        text = f"{round(value / unit) * unit:,}"
    return text


def _magnitude(value):
    return int(f"{abs(value):.2e}".partition("e")[2])


def goal_text(row):
    if row.goal is None:
        return ""
    verdict = {True: "met", False: "missed", None: "not measured"}[row.met]
    return f"≥ {row.goal:,g} ×: {verdict}"


def cells_of(rows):
    """A line of texts for each row; a name or value that repeats is left out."""
    lines = []
    before = (None, None)
    for row in rows:
        ours = f"{number(row.ours)} {row.unit}"
        same = before == (row.name, ours)
        before = (row.name, ours)
        peer = "" if row.peer is None else f"{number(row.peer)} {row.unit}"
        ratio = "" if row.ratio is None else f"{number(row.ratio)} ×"
        lines.append(["" if same else row.name, "" if same else ours, row.peer_name or "", peer, ratio,
                      goal_text(row)])
    return lines


HEADINGS = ["figure", "Annals", "against", "its figure", "better by", "goal"]
_RIGHT = {1, 3, 4}


def aligned(rows):
    lines = [HEADINGS] + cells_of(rows)
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.rjust(width) if i in _RIGHT else cell.ljust(width)
                  for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in lines) + "\n"


def markdown(rows):
    marks = ["---:" if i in _RIGHT else "---" for i in range(len(HEADINGS))]
    return "\n".join("| " + " | ".join(line) + " |" for line in [HEADINGS, marks] + cells_of(rows)) + "\n"
