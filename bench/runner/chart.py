"""A chart of a few curves, as SVG that reads on white and on dark pages."""
import dataclasses
import math
from xml.sax.saxutils import escape

_COLOURS = ("#1f5fbf", "#c2571a", "#3a8a3a", "#8a4fb0", "#7a6a1a", "#a33a4a")
_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 190, 44, 52


@dataclasses.dataclass(frozen=True)
class Axis:
    label: str
    logarithmic: bool
    ticks: tuple  # (value, text), ascending; the first and last are the axis' ends.

    def place(self, value, begin, end):
        scale = math.log10 if self.logarithmic else float
        low, high = scale(self.ticks[0][0]), scale(self.ticks[-1][0])
        return begin + (scale(value) - low) / (high - low) * (end - begin)


def decades(values, text):
    """Ticks at the powers of ten around all of `values`."""
    low = math.floor(math.log10(min(values)))
    high = max(low + 1, math.ceil(math.log10(max(values))))
    return tuple((10.0 ** e, text(10.0 ** e)) for e in range(low, high + 1))


def steps_from_zero(values, text):
    """About five round steps from 0 to above all of `values`."""
    most = max(values) * 1.05
    unit = 10.0 ** math.floor(math.log10(most / 5))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m * 5 >= most)
    count = math.ceil(most / step)
    return tuple((step * i, text(step * i)) for i in range(count + 1))


def micros_text(micros):
    for unit, name in ((1e6, "s"), (1e3, "ms")):
        if micros >= unit:
            return f"{micros / unit:g} {name}"
    return f"{micros:g} µs"


def draw(title, x_axis, y_axis, series):
    """`series`: (name, [(x, y), …]) each. A name stands at its curve's end."""
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13" fill="#222">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for value, text in y_axis.ticks:
        y = y_axis.place(value, bottom, _TOP)
        parts.append(f'<line x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>')
    for value, text in x_axis.ticks:
        x = x_axis.place(value, _LEFT, right)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 5}" stroke="#222"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{escape(text)}</text>')
    middle = (_LEFT + right) / 2
    parts.append(f'<text x="{middle:.1f}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(x_axis.label)}</text>')
    parts.append(f'<text x="16" y="{(_TOP + bottom) / 2:.1f}" text-anchor="middle" '
                 f'transform="rotate(-90 16 {(_TOP + bottom) / 2:.1f})">{escape(y_axis.label)}</text>')
    ends = []
    for number, (name, points) in enumerate(series):
        colour = _COLOURS[number % len(_COLOURS)]
        placed = [(x_axis.place(x, _LEFT, right), y_axis.place(y, bottom, _TOP)) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in placed]
        ends.append((placed[-1][1], name, colour))
    parts += [f'<text x="{right + 12}" y="{y + 4:.1f}" fill="{colour}">{escape(name)}</text>'
              for y, name, colour in _apart(ends)]
    return "\n".join(parts + ["</svg>"]) + "\n"


def _apart(ends):
    """Moves names down where they would overlap."""
    placed = []
    for y, name, colour in sorted(ends):
        if placed:
            y = max(y, placed[-1][0] + 16)
        placed.append((y, name, colour))
    return placed
