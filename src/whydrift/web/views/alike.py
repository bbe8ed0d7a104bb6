"""What is told together: findings of one object, for one reason, with one way out; events of one look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whydrift.core.model.finding import ApplicationName, Event, Finding

MOST_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Alike:
    """A few findings that share object, cause, side, severity and remedy; at least one."""

    members: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one that speaks for all."""
        return self.members[0]

    @property
    def shown(self) -> tuple[Finding, ...]:
        """Those whose fields are told."""
        return self.members[:MOST_FIELDS]

    @property
    def since(self) -> str:
        """Since when the first of them is there."""
        return min(member.since for member in self.members)

    @property
    def returned(self) -> int:
        """How often the one that came back most often did."""
        return max(member.times_returned for member in self.members)

    @property
    def places(self) -> tuple[str, ...]:
        """Where in git to change something, each once."""
        return tuple(dict.fromkeys(member.found.where for member in self.members if member.found.where))


@dataclass(frozen=True, slots=True)
class Happened:
    """The same that happened to several fields of an object in one look; at least one."""

    members: tuple[Event, ...]

    @property
    def first(self) -> Event:
        """The one that speaks for all."""
        return self.members[0]

    @property
    def shown(self) -> tuple[Event, ...]:
        """Those whose fields are told."""
        return self.members[:MOST_FIELDS]


@dataclass(frozen=True, slots=True)
class Hurt:
    """What hurts in one application: the worst, and how many more."""

    application: ApplicationName
    first: Finding
    more: int


def alike(findings: Iterable[Finding]) -> list[Alike]:
    """Findings told together, in the order of their first."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        found = finding.found
        key = (finding.application, found.key.about, found.key.object, found.key.namespace)
        why = (found.cause, found.side, found.severity, found.remedy, found.accepted, found.shown, finding.gone)
        groups.setdefault((*key, *why), []).append(finding)
    return [Alike(tuple(members)) for members in groups.values()]


def happened(events: Iterable[Event]) -> list[Happened]:
    """Events told together, in the order of their first."""
    groups: dict[tuple[object, ...], list[Event]] = {}
    for event in events:
        found = event.found
        key = (
            event.at,
            event.what,
            event.application,
            found.key.object,
            found.key.namespace,
            found.cause,
            event.before,
        )
        groups.setdefault(key, []).append(event)
    return [Happened(tuple(members)) for members in groups.values()]


def by_application(findings: Iterable[Finding]) -> list[Hurt]:
    """The first finding of each application, with the number of the others."""
    groups: dict[ApplicationName, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.application, []).append(finding)
    return [Hurt(name, members[0], len(members) - 1) for name, members in groups.items()]
