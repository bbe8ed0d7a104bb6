"""Charts as SVG, made here: no script, no inline style (the policy forbids both), colours from the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from whydrift.core.report.words import plain

WIDTH, HEIGHT = 720, 180
LEFT, BOTTOM, TOP, RIGHT = 44, 22, 10, 8
STEPS = (1, 2, 5)
SPARK_WIDTH, SPARK_HEIGHT = 120, 22


@dataclass(frozen=True, slots=True)
class Line:
    """A name, and a number a day."""

    name: str
    numbers: Sequence[int]


def plot(days: Sequence[str], lines: Sequence[Line]) -> Markup:
    """Lines over days, with a scale; what it shows is told in words for those who do not see it."""
    top = scale(max((number for line in lines for number in line.numbers), default=0))
    parts = [_grid(top), *_days(days)]
    for line in lines:
        points = [(_x(n, len(days)), _y(number, top)) for n, number in enumerate(line.numbers)]
        parts.append(f'<path class="area" d="{_area(points)}"/><path class="line" d="{_path(points)}"/>')
    told = "; ".join(_told(line, days) for line in lines)
    label = f'role="img" aria-label="{escape(plain(told))}"'
    return Markup(f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" {label}>{"".join(parts)}</svg>')


def spark(numbers: Sequence[int], name: str) -> Markup:
    """One line without a scale, as wide as a cell."""
    top = max(numbers, default=0) or 1
    wide, high = SPARK_WIDTH - 4, SPARK_HEIGHT - 4
    step = wide / max(len(numbers) - 1, 1)
    points = [(2 + n * step, 2 + high * (1 - number / top)) for n, number in enumerate(numbers)]
    return Markup(
        f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" aria-hidden="true">'
        f'<path class="line" d="{_path(points)}"/></svg>'
    )


def scale(most: int) -> int:
    """The number at the top of a scale: 1, 2 or 5 times a power of ten, not below `most`."""
    power = 1
    while True:
        for step in STEPS:
            if step * power >= most:
                return step * power
        power *= 10


def _told(line: Line, days: Sequence[str]) -> str:
    if not line.numbers:
        return f"{line.name}: nothing is known"
    return f"{line.name}: {line.numbers[0]} on {days[0]}, {line.numbers[-1]} on {days[-1]}, {max(line.numbers)} at most"


def _x(place: int, number: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * place / max(number - 1, 1)


def _y(number: int, top: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - number / top)


def _path(points: Sequence[tuple[float, float]]) -> str:
    if len(points) == 1:  # one day is a line, too
        points = [points[0], (points[0][0] + 3, points[0][1])]
    return "".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(points))


def _area(points: Sequence[tuple[float, float]]) -> str:
    if not points:
        return ""
    floor = HEIGHT - BOTTOM
    return f"M{points[0][0]:.1f} {floor}L{_path(points)[1:]}L{points[-1][0]:.1f} {floor}Z"


def _grid(top: int) -> str:
    """Lines at nothing, the half and the top, with their numbers."""
    rows = sorted({0, top // 2, top})
    return "".join(
        f'<path class="grid" d="M{LEFT} {_y(n, top):.1f}H{WIDTH - RIGHT}"/>'
        f'<text class="tick" x="{LEFT - 6}" y="{_y(n, top) + 4:.1f}" text-anchor="end">{n}</text>'
        for n in rows
    )


def _days(days: Sequence[str]) -> list[str]:
    """The first day, the middle one and the last."""
    if not days:
        return []
    places = sorted({0, len(days) // 2, len(days) - 1})
    anchor = {0: "start", len(days) - 1: "end"}
    return [
        f'<text class="tick" x="{_x(n, len(days)):.1f}" y="{HEIGHT - 6}" text-anchor="{anchor.get(n, "middle")}">'
        f"{escape(days[n])}</text>"
        for n in places
    ]
