"""What is told → messages: one line for a cause in an application, causes of many applications put together."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from whydrift.core.model.finding import SEVERITIES, ApplicationName, Finding, What
from whydrift.core.model.notice import Line, Notice
from whydrift.core.notice.lines import Telling, line_of
from whydrift.core.notice.routes import Route
from whydrift.core.notice.told import Told, standing

ALONE = 3
"""Applications with one cause that keep a line each; more are told in one line."""
KEY_LENGTH = 32
ORDER = (What.NEW, What.RETURNED, What.CHANGED, What.STILL, What.GONE)


def notices(route: Route, outcomes: Sequence[Told], at: str, telling: Telling) -> tuple[Notice, ...]:
    """The messages that tell a route of outcomes; () where there are none."""
    if not outcomes:
        return ()
    if route.apart:
        groups = _groups(each for one in outcomes for each in _both_causes(one))
        lines = [line_of(group, telling) for group in groups.values()]
        parts = [lines[start : start + route.apart] for start in range(0, len(lines), route.apart)]
        return tuple(_notice(route, at, part, ()) for part in parts)
    lines = sorted((line_of(group, telling) for group in _together(outcomes).values()), key=_rank)
    notice = _notice(route, at, lines[: route.most], lines[route.most :])
    return (msgspec.structs.replace(notice, applications=len({one.application for one in outcomes})),)


def _both_causes(one: Told) -> Iterator[Told]:
    """An outcome, and the end of the cause that the finding had before."""
    yield one._replace(before="")
    if one.before:
        found = msgspec.structs.replace(one.found, cause=one.before)
        yield one._replace(what=What.GONE, found=found, before="")


def reminders(route: Route, findings: Iterable[Finding], telling: Telling) -> tuple[Line, ...]:
    """A line for each cause in each application that is there and concerns a route."""
    groups = ((line_of(group, telling), group) for group in _groups(standing(route, findings)).values())
    return tuple(msgspec.structs.replace(line, left=len(group), worst=line.severity) for line, group in groups)


class _Group(NamedTuple):
    """What stands in one line; application None is several."""

    what: What
    cause: str
    before: str
    application: ApplicationName | None


def _groups(outcomes: Iterable[Told]) -> dict[_Group, list[Told]]:
    grouped: dict[_Group, list[Told]] = defaultdict(list)
    for one in outcomes:
        grouped[_Group(one.what, one.found.cause, one.before, one.application)].append(one)
    return grouped


def _together(outcomes: Iterable[Told]) -> Mapping[_Group, list[Told]]:
    """Groups by application, those of one cause put together where there are many."""
    groups = _groups(outcomes)
    alike: dict[_Group, list[_Group]] = defaultdict(list)
    for group in groups:
        alike[group._replace(application=None)].append(group)
    return dict(_merged(groups, alike))


def _merged(
    groups: Mapping[_Group, list[Told]], alike: Mapping[_Group, list[_Group]]
) -> Iterator[tuple[_Group, list[Told]]]:
    for together, each in alike.items():
        if len(each) > ALONE:
            yield together, [one for group in each for one in groups[group]]
        else:
            yield from ((group, groups[group]) for group in each)


def _rank(line: Line) -> tuple[int, int, int, str]:
    """What hurts most first; what is gone last."""
    gone = line.what == What.GONE
    order = (SEVERITIES.index(line.severity), ORDER.index(What(line.what)))
    return (len(SEVERITIES) if gone else order[0], order[1], -line.fields, str(line.application))


def _notice(route: Route, at: str, lines: Sequence[Line], unshown: Sequence[Line]) -> Notice:
    """A message; its key is made of everything that it tells of, shown or not, and of nothing else."""
    parts = sorted(f"{line.what} {line.cause} {line.events}" for line in (*lines, *unshown))
    key = hashlib.sha256("\n".join((route.name, *parts)).encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH]
    return Notice(key=key, route=route.name, at=at, lines=tuple(lines), more=len(unshown))
