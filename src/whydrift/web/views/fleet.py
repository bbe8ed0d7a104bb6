"""The fleet: numbers, what hurts first, why, whose it is, and the applications that need somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from whydrift.core.model.finding import SEVERITIES, ApplicationName, Severity
from whydrift.ports.watching import Count, Known, Wanted
from whydrift.web.asked import Asked
from whydrift.web.site import PAGE, Site
from whydrift.web.views import Shown
from whydrift.web.views.alike import Hurt, by_application
from whydrift.web.views.pager import Pager

FIRST = 5
MOST_FIRST = 100
MOST_ROWS = 12
MOST_CHOICES = 200
NOT_READ = "not-read"
RED = ("OutOfSync", "Unknown")
RANKS = {NOT_READ: -1, "": len(SEVERITIES), **{severity.value: rank for rank, severity in enumerate(SEVERITIES)}}
ACTING = tuple(severity for severity in SEVERITIES if severity is not Severity.NOISE)


@dataclass(frozen=True, slots=True)
class Row:
    """One application in the list; `worst` is not-read, a severity, or "" where nothing is open."""

    known: Known
    worst: str
    fields: int


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of one cause or team: how many of each severity, and the sides that are right."""

    name: str
    says: str
    sides: tuple[str, ...]
    by: Counter[str]

    @property
    def fields(self) -> int:
        """All of them."""
        return self.by.total()


def fleet(site: Site, asked: Asked) -> Shown:
    """The page of the fleet."""
    known = site.store.applications(asked.visible)
    counts = site.store.counts(visible=asked.visible)
    rows = chosen(site, asked, known)
    pager = Pager(asked, len(rows), PAGE)
    by = Counter(dict.fromkeys(SEVERITIES, 0))
    for count in counts:
        by[Severity(count.severity)] += count.fields
    return Shown(
        "fleet.html",
        {
            "applications": len(known),
            "red": Counter(one.sync for one in known),
            "unread": [one for one in known if one.not_read],
            "by": by,
            "first": _first(site, asked),
            "rows": pager.of(rows),
            "pager": pager,
            "causes": by_cause(site, counts)[:MOST_ROWS],
            "teams": by_team(counts)[:MOST_ROWS],
            "choices": _choices(known),
            "troubles": site.status.trouble_lines() if site.status and asked.visible is None else [],
            "newest": max((one.at for one in known), default=""),
            "oldest": min((one.at for one in known), default=""),
            "filtered": any(asked.word(key) for key in FILTERS),
        },
    )


FILTERS = ("q", "project", "team", "severity", "sync", "cause", "show")


def _first(site: Site, asked: Asked) -> list[tuple[Severity, list[Hurt], int]]:
    """What is broken now and what a sync would hurt: the worst few of each, and how many there are."""
    found = []
    for severity in (Severity.BROKEN, Severity.LOSES):
        wanted = Wanted(severities=(severity,), visible=asked.visible, limit=MOST_FIRST)
        if few := site.store.findings(wanted):
            found.append((severity, by_application(few)[:FIRST], site.store.total(wanted)))
    return found


def chosen(site: Site, asked: Asked, known: Iterable[Known]) -> list[Row]:
    """The applications that the filters of the address leave, what hurts most first."""
    cause = asked.word("cause")
    having = {drift.application for drift in site.store.drifts(cause, asked.visible)} if cause else None
    wanted = Filter.of(asked)
    rows = [_row(one) for one in known if (having is None or one.application in having) and wanted.fits(one)]
    if not (wanted.narrows or cause or asked.word("show") == "all"):
        rows = [row for row in rows if needs_somebody(row)]
    return sorted(rows, key=_rank)


@dataclass(frozen=True, slots=True)
class Filter:
    """What an address wants of an application; "" and () want nothing."""

    projects: tuple[str, ...]
    teams: tuple[str, ...]
    syncs: tuple[str, ...]
    severities: tuple[str, ...]
    text: str

    @classmethod
    def of(cls, asked: Asked) -> Filter:
        """The filter of an address."""
        severities = tuple(one for one in asked.words("severity") if one in SEVERITIES)
        return cls(
            asked.words("project"), asked.words("team"), asked.words("sync"), severities, asked.word("q").lower()
        )

    @property
    def narrows(self) -> bool:
        """Whether it is about what is wrong or what it is called: then nobody asks for the red list."""
        return bool(self.syncs or self.severities or self.text)

    def fits(self, known: Known) -> bool:
        """Whether an application is wanted."""
        stated = ((self.projects, known.project), (self.teams, known.team), (self.syncs, known.sync))
        if any(values and value not in values for values, value in stated):
            return False
        if self.severities and not any(known.open.get(severity) for severity in self.severities):
            return False
        names = (*known.application, known.project, known.team)
        return not self.text or any(self.text in part.lower() for part in names)


def _row(known: Known) -> Row:
    worst = next((severity.value for severity in SEVERITIES if known.open.get(severity)), "")
    return Row(known, NOT_READ if known.not_read else worst, sum(known.open.values()))


def needs_somebody(row: Row) -> bool:
    """Whether an application is in the red list: not read, not Synced, or with something that somebody must act on."""
    return row.worst not in ("", Severity.NOISE) or row.known.sync in RED


def _rank(row: Row) -> tuple[int, int, str, ApplicationName]:
    many = -row.known.open.get(row.worst, 0)
    return RANKS[row.worst], many, row.known.oldest or "9", row.known.application


def by_cause(site: Site, counts: Sequence[Count]) -> list[Group]:
    """Fields by cause, those that hurt first, then the most."""
    return _groups(counts, lambda count: count.cause, site.title)


def by_team(counts: Sequence[Count]) -> list[Group]:
    """Fields by team; "" where nobody says whose they are."""
    return _groups(counts, lambda count: count.team, lambda name: "")


def _groups(counts: Sequence[Count], key: Callable[[Count], str], says: Callable[[str], str]) -> list[Group]:
    groups: dict[str, Group] = {}
    for count in counts:
        name = key(count)
        group = groups.get(name) or Group(name, says(name), (), Counter())
        sides = group.sides if not count.side or count.side in group.sides else (*group.sides, count.side)
        group.by[count.severity] += count.fields
        groups[name] = Group(name, group.says, sides, group.by)
    return sorted(groups.values(), key=lambda group: (*(-group.by[s] for s in ACTING), -group.fields, group.name))


def _choices(known: Sequence[Known]) -> dict[str, list[str]]:
    """What the filters offer."""
    found = {
        "project": {one.project for one in known},
        "team": {one.team for one in known},
        "sync": {one.sync for one in known},
    }
    return {key: sorted(values - {""})[:MOST_CHOICES] for key, values in found.items()}
