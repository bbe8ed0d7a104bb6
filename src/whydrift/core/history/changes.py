"""What happened to an application's findings between what is known of them and a newer look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from whydrift.core.model.finding import (
    About,
    Finding,
    FindingKey,
    Found,
    RuledOut,
    Seen,
    Severity,
    What,
    judged,
    scope_of,
)

LATE = timedelta(hours=1)
"""No look takes longer: one that is older than what is kept by more than that tells of a clock that was set back."""


class Change(NamedTuple):
    """One finding as it is after a look, and what happened to it; its id is 0 where it is new.

    `before` is what it was, where that changed (`core.model.finding.Judged`).
    """

    what: What
    finding: Finding
    before: str = ""


def is_late(kept: str, at: str) -> bool:
    """Whether a look at a time comes after one that is newer, and has nothing more to tell."""
    if at >= kept or not kept:
        return False
    return datetime.fromisoformat(kept) - datetime.fromisoformat(at) <= LATE


def changes(known: Sequence[Finding], seen: Seen) -> tuple[Change, ...]:
    """Every finding that was seen, and every open one that a whole look did not find any more.

    `known` are the open findings of the application and those that were seen again. What was not looked for, or not
    read, stays as it is and is not told. Times never go back.
    """
    there = {finding.found.key: finding for finding in known}
    still = (*seen.found, *_swallowed(there, seen))
    found = {one.key for one in still}
    came = [_came(there.get(one.key), one, seen) for one in still]
    left = [_gone(finding, seen.at) for key, finding in there.items() if key not in found and _is_gone(finding, seen)]
    return (*came, *left)


def vanished(known: Sequence[Finding], at: str) -> tuple[Change, ...]:
    """Everything that was there is gone, with the application."""
    return tuple(_gone(finding, at) for finding in known if not finding.gone)


def _swallowed(there: Mapping[FindingKey, Finding], seen: Seen) -> Iterator[Found]:
    """What is not told any more, and differs still under an ignore rule: it is hidden.

    Not noise: a rule is what is done about a controller's field.
    """
    told = {one.key for one in seen.found}
    for key, finding in there.items():
        place = next((place for place in seen.ruled_out if _is_at(key, place)), None)
        is_told = key in told or finding.gone or finding.found.severity is Severity.NOISE
        if place is not None and not is_told:
            yield _hidden(finding.found, place)


def _is_at(key: FindingKey, place: RuledOut) -> bool:
    """Whether a finding is a field at a place, or within it."""
    within = f"{key.path}/".startswith(f"{place.path}/")
    return key.about is About.FIELD and (key.object, key.namespace) == (place.object, place.namespace) and within


def _hidden(found: Found, place: RuledOut) -> Found:
    """A field that is not shown any more; syncs may leave it as it is now."""
    severity = Severity.ATTENTION if found.severity is Severity.LOSES else found.severity
    return msgspec.structs.replace(
        found, shown=False, sync=place.sync, severity=Severity.LOSES if place.hurts else severity
    )


def _is_gone(finding: Finding, seen: Seen) -> bool:
    key = finding.found.key
    looked = seen.whole and scope_of(finding.found) in seen.scope
    return looked and not finding.gone and (key.object, key.namespace) not in seen.unclear


def _came(before: Finding | None, found: Found, seen: Seen) -> Change:
    """A finding that was seen: for the first time, again, or still."""
    if before is None:
        finding = Finding(
            id=0,
            application=seen.application,
            project=seen.project,
            team=seen.team,
            labels=seen.labels,
            found=found,
            first_seen=seen.at,
            last_seen=seen.at,
            since=seen.at,
        )
        return Change(What.NEW, finding)
    at = max(seen.at, before.last_seen)
    now = msgspec.structs.replace(
        before, found=found, last_seen=at, project=seen.project, team=seen.team, labels=seen.labels
    )
    if before.gone:
        back = max(at, before.gone)
        now = msgspec.structs.replace(
            now, gone="", last_seen=back, since=back, times_returned=before.times_returned + 1
        )
        return Change(What.RETURNED, now)
    was, is_now = judged(before.found), judged(found)
    return Change(What.CHANGED, now, was.spelled(is_now)) if was != is_now else Change(What.STILL, now)


def _gone(before: Finding, at: str) -> Change:
    return Change(What.GONE, msgspec.structs.replace(before, gone=max(at, before.last_seen)))
