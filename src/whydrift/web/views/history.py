"""Over time: open findings a day, by cause; what comes and goes; what happened lately."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from whydrift.web.asked import DAYS, Asked
from whydrift.web.plots import Line, plot, spark
from whydrift.web.site import Site
from whydrift.web.views import Shown
from whydrift.web.views.alike import happened
from whydrift.web.views.application import days_back

MOST_CAUSES = 40
MOST_FLAPS = 25
MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class CauseLine:
    """One cause over time."""

    name: str
    says: str
    spark: Markup
    first: int
    last: int
    most: int


def history(site: Site, asked: Asked) -> Shown:
    """The page of history."""
    since = days_back(asked)
    days, lines = by_day(site.store.daily(since[:10], asked.visible), since[:10], asked.now[:10])
    rows = [CauseLine(c, site.title(c), spark(n, c), n[0], n[-1], max(n)) for c, n in lines.items()]
    rows.sort(key=lambda row: (-row.last, -row.most, row.name))
    total = [sum(column) for column in zip(*lines.values(), strict=True)] if lines else [0] * len(days)
    return Shown(
        "history.html",
        {
            "days": days,
            "total": total,
            "plot": plot(days, [Line("open findings", total)]),
            "causes": rows[:MOST_CAUSES],
            "flaps": site.store.flaps(since, asked.visible, MOST_FLAPS),
            "events": happened(site.store.recent(asked.visible, MOST_EVENTS)),
            "choices": DAYS,
        },
    )


def by_day(found: tuple[tuple[str, str, int], ...], since: str, until: str) -> tuple[list[str], dict[str, list[int]]]:
    """The days from `since` to `until`, and each cause's number on each of them."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    place = {day: n for n, day in enumerate(days)}
    lines: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(days))
    for day, cause, number in found:
        if day in place:
            lines[cause][place[day]] = number
    return days, dict(lines)
