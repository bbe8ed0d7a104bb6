"""Looks at a fleet held against each other: what was fixed, what is new, what came back, what is left by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from whydrift.core.model.triage import Answered, ApplicationAnswer, DifferenceAnswer, ObjectAnswer, Value
from whydrift.core.report.tally import cause_of, is_accepted, objects_of
from whydrift.core.report.words import Ink, count, plain, shortened, value

SCHEMA = "whydrift.tally/1"
MOST = 20


class Place(NamedTuple):
    """A difference by name: application (with instance and namespace), object, namespace, JSON pointer."""

    application: str
    object: str
    namespace: str
    path: str


class Residual(Answered, frozen=True, kw_only=True):
    """A difference that is there now. `server` is what a dry run says of the object: "no change", "changes", ""."""

    place: Place
    field: str
    cause: str
    side: str = ""
    shown: bool = True
    target: Value | msgspec.UnsetType = msgspec.UNSET
    live: Value | msgspec.UnsetType = msgspec.UNSET
    accepted: str = ""
    server: str = ""


class LookSummary(Answered, frozen=True, omit_defaults=False):
    """One look in numbers."""

    name: str
    applications: int
    out_of_sync: int
    fields: int


class TallyAnswer(Answered, frozen=True, kw_only=True, omit_defaults=False):
    """The first and the last look. What an application that was not read held is `unknown`, never fixed."""

    before: LookSummary
    after: LookSummary
    fixed: tuple[Residual, ...]
    new: tuple[Residual, ...]
    returned: tuple[Residual, ...]
    residual: tuple[Residual, ...]
    unknown: tuple[Residual, ...]
    schema: str = SCHEMA


class Look(NamedTuple):
    """One look: its name, and its applications."""

    name: str
    applications: Sequence[ApplicationAnswer]


def tallied(looks: Sequence[Look]) -> TallyAnswer:
    """The last look held against the first; what was gone in between and is there again has returned."""
    first, last = looks[0], looks[-1]
    before, after = _residuals(first.applications), _residuals(last.applications)
    unread = {_named(a) for a in last.applications if a.not_read}
    there = {_named(a) for a in last.applications}
    gone = [place for place in before if place not in after]
    lost = {p for p in gone if p.application in unread or p.application not in there}
    back = _returned([_residuals(look.applications) for look in looks])
    return TallyAnswer(
        before=_summary(first),
        after=_summary(last),
        fixed=tuple(before[place] for place in gone if place not in lost),
        new=tuple(one for place, one in after.items() if place not in before and place not in back),
        returned=tuple(after[place] for place in after if place in back),
        residual=tuple(one for place, one in after.items() if place in before and place not in back),
        unknown=tuple(before[place] for place in gone if place in lost),
    )


def _returned(looks: Sequence[dict[Place, Residual]]) -> set[Place]:
    """What is there now, was there before, and was gone at a look in between."""
    last = looks[-1]
    return {
        place
        for place in last
        if any(
            place in looks[early] and any(place not in looks[between] for between in range(early + 1, len(looks) - 1))
            for early in range(len(looks) - 2)
        )
    }


def _named(application: ApplicationAnswer) -> str:
    instance = f"{application.instance}:" if application.instance else ""
    return f"{instance}{application.namespace}/{application.name}"


def _residuals(applications: Iterable[ApplicationAnswer]) -> dict[Place, Residual]:
    return {
        place: _residual(place, item, difference)
        for application in applications
        for item in objects_of(application)
        for difference in item.differences
        for place in (Place(_named(application), item.id, item.namespace, difference.path),)
    }


def _residual(place: Place, item: ObjectAnswer, difference: DifferenceAnswer) -> Residual:
    accepted = difference.accepted
    told = (
        ""
        if isinstance(accepted, msgspec.UnsetType)
        else f"until {accepted.until}, {accepted.owner}: {accepted.reason}"
    )
    return Residual(
        place=place,
        field=difference.field,
        cause=cause_of(difference),
        side="" if isinstance(difference.side, msgspec.UnsetType) else difference.side.value,
        shown=difference.shown,
        target=difference.target,
        live=difference.live,
        accepted=told,
        server="" if isinstance(item.server, msgspec.UnsetType) else item.server,
    )


def _summary(look: Look) -> LookSummary:
    return LookSummary(
        name=look.name,
        applications=len(look.applications),
        out_of_sync=sum(a.argocd.sync == "OutOfSync" for a in look.applications),
        fields=sum(
            d.shown and not is_accepted(d) for a in look.applications for o in objects_of(a) for d in o.differences
        ),
    )


def tally_text(found: TallyAnswer, ink: Ink, width: int = 110) -> str:
    """Before and after, the counts by cause, and what is left by name."""
    lines = [_look("before", found.before), _look("after", found.after), ""]
    for name, rows in (("fixed", found.fixed), ("new", found.new), ("returned", found.returned)):
        mark = ink.alarm if rows and name != "fixed" else ink.quiet
        lines.append(f"{mark(f'{name:<9}')} {count(len(rows), 'field')}{_by_cause(rows)}")
        if name != "fixed":
            lines += _listed(rows, width)
    lines.append(f"{ink.strong('residual ')} {count(len(found.residual), 'field')}{_by_cause(found.residual)}")
    lines += _listed(found.residual, width)
    if found.unknown:
        lines.append(f"{ink.alarm('not read ')} {count(len(found.unknown), 'field')}: their applications were not read")
    return "\n".join(lines) + "\n"


def _look(name: str, look: LookSummary) -> str:
    counted = f"{count(look.applications, 'application')}, {look.out_of_sync} OutOfSync, {count(look.fields, 'field')}"
    return f"{name:<9} {counted}   {plain(look.name)}"


def _by_cause(rows: Sequence[Residual]) -> str:
    counted = Counter(row.cause for row in rows)
    return "   " + ", ".join(f"{cause} {n}" for cause, n in counted.most_common(6)) if counted else ""


def _listed(rows: Sequence[Residual], width: int) -> Iterator[str]:
    """One line for each object and cause, with the field where there is only one."""
    grouped: dict[tuple[str, str, str, str], list[Residual]] = {}
    for row in rows:
        key = (row.place.application, row.place.namespace, row.place.object, row.cause)
        grouped.setdefault(key, []).append(row)
    for (application, _, item, cause), members in list(grouped.items())[:MOST]:
        _, kind, name = item.split("/", 2)
        yield shortened(f"  {application}  {kind}/{name} {_what(members)}   {_said(cause, members)}", width)
    if len(grouped) > MOST:
        yield f"  … {len(grouped) - MOST} more objects: -o json"


def _what(members: Sequence[Residual]) -> str:
    """The field and live's value, or how many fields there are; nothing for a whole object."""
    first = members[0]
    if len(members) > 1:
        return count(len(members), "field")
    live = "" if isinstance(first.live, msgspec.UnsetType) else f" = {value(first.live, 24)}"
    return f"{first.field}{live}"


def _said(cause: str, members: Sequence[Residual]) -> str:
    first = members[0]
    accepted = next((f"accepted {row.accepted}" for row in members if row.accepted), "")
    server = "the server itself sees no change" if first.server == "no change" else ""
    return ", ".join(part for part in (cause, first.side, accepted, server) if part)


def exit_code_of(found: TallyAnswer) -> int:
    """1 where something is new or came back, 3 where something was not read, else 0."""
    return 1 if found.new or found.returned else 3 if found.unknown else 0
