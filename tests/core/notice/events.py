"""Events in few words, and whole lives of findings for laws."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.looks import SHOP, at, field
from whydrift.core.model.finding import ApplicationName, Event, Finding, Found, Severity, What

STATES = (
    ("person-edits-live", "cluster", Severity.LOSES),
    ("schema-defaults-field", "equivalent", Severity.NOISE),
    ("unexplained", "ask", Severity.UNEXPLAINED),
)


def event(number: int, what: What, finding: int = 1, found: Found | None = None, **about: Any) -> Event:
    """One event, `number` minutes after noon."""
    plain = Event(
        id=number,
        at=at(number),
        what=what,
        finding=finding,
        application=SHOP,
        project="default",
        team="",
        labels={},
        found=found or field(),
    )
    return msgspec.structs.replace(plain, **about)


def finding(number: int, found: Found | None = None) -> Finding:
    """One that is there."""
    return Finding(
        id=number,
        application=SHOP,
        project="default",
        team="",
        found=found or field(),
        first_seen=at(0),
        last_seen=at(9),
        since=at(0),
    )


def named(name: str) -> ApplicationName:
    return ApplicationName("", "argocd", name)


@st.composite
def lives(draw: st.DrawFn, findings: int = 3, most: int = 12) -> list[Event]:
    """What happens to a few findings: each comes, changes, goes and returns, in an order that can be."""
    there: dict[int, int | None] = {}
    events: list[Event] = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        finding, state = draw(st.integers(1, findings)), draw(st.integers(0, len(STATES) - 1))
        now = there.get(finding)
        if now is None:
            what, before = (What.RETURNED if finding in there else What.NEW), ""
        elif draw(st.booleans()):
            what, before, state = What.GONE, "", now
        elif state != now:
            what, before = What.CHANGED, " ".join(STATES[now])
        else:
            continue
        cause, side, severity = STATES[state]
        found = field(f"/{finding}", cause=cause, side=side, severity=severity)
        events.append(event(number, what, finding, found, before=before))
        there[finding] = None if what is What.GONE else state
    return events
