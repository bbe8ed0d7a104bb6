"""What each address of the API answers, out of the store. They block: documents are made in threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from whydrift.core.history.answers import event_answer, finding_answer, flap_answer, known_answer
from whydrift.core.model.finding import HIDDEN, SHOWN, TROUBLE
from whydrift.core.model.history import (
    CountAnswer,
    DayAnswer,
    EventAnswer,
    FindingAnswer,
    FlapAnswer,
    KnownAnswer,
)
from whydrift.core.model.triage import SCHEMA, Answer, ReadAnswer
from whydrift.core.report.tally import Tally
from whydrift.ports.watching import Wanted
from whydrift.web.asked import Asked
from whydrift.web.site import PAGE, Site
from whydrift.web.views.application import answer_of, days_back
from whydrift.web.views.findings import narrowed
from whydrift.web.views.fleet import chosen

MOST = 1_000
T = TypeVar("T")


class Page(msgspec.Struct, frozen=True, rename="camel"):
    """Where a page of a list is: `total` rows, from `offset` on."""

    total: int
    offset: int
    limit: int


class Applications(msgspec.Struct, frozen=True, rename="camel"):
    """Applications, what hurts most first."""

    page: Page
    applications: tuple[KnownAnswer, ...]


class Findings(msgspec.Struct, frozen=True, rename="camel"):
    """Findings, what hurts most first."""

    page: Page
    findings: tuple[FindingAnswer, ...]


class Counts(msgspec.Struct, frozen=True, rename="camel"):
    """Open findings in numbers."""

    counts: tuple[CountAnswer, ...]


class Days(msgspec.Struct, frozen=True, rename="camel"):
    """Open findings a day, by cause."""

    since: str
    days: tuple[DayAnswer, ...]


class Events(msgspec.Struct, frozen=True, rename="camel"):
    """What happened: newest first; oldest first where it is what came after an event."""

    events: tuple[EventAnswer, ...]


class Flaps(msgspec.Struct, frozen=True, rename="camel"):
    """What comes and goes, most often first."""

    since: str
    flaps: tuple[FlapAnswer, ...]


Document = Callable[[Site, Asked], msgspec.Struct]


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the API: what it answers, the type of that, and what its query may hold."""

    path: str
    says: str
    document: Document
    answers: type[msgspec.Struct]
    query: tuple[str, ...] = ()


def applications(site: Site, asked: Asked) -> Applications:
    """The applications that the query leaves."""
    shown = replace(asked, query={"show": ("all",), **asked.query})
    rows = [row.known for row in chosen(site, shown, site.store.applications(asked.visible))]
    page, some = _paged(asked, rows)
    return Applications(page, tuple(map(known_answer, some)))


def application(site: Site, asked: Asked) -> Answer:
    """One application as the last look saw it: the answer of `whydrift explain -o json`."""
    answer, at = answer_of(site, asked)
    tally = Tally()
    tally.add(answer)
    read = ReadAnswer(
        source="the store",
        at=at,
        complete=not (answer.unread or answer.not_read),
        gaps=answer.unread,
        requests=0,
        renders=0,
    )
    return Answer(read=read, summary=tally.summary(), applications=(answer,), schema=SCHEMA)


def findings(site: Site, asked: Asked) -> Findings:
    """The findings that the query leaves; `scope` is shown, hidden or trouble."""
    scope = tuple(one for one in asked.words("scope") if one in (SHOWN, HIDDEN, TROUBLE))
    accepted = {"true": True, "false": False}.get(asked.word("accepted"))
    wanted = narrowed(Wanted(scope=scope, accepted=accepted, open_only=asked.word("gone") != "true"), asked)
    page = _page(asked, site.store.total(wanted))
    some = site.store.findings(replace(wanted, limit=page.limit, offset=page.offset))
    return Findings(page, tuple(map(finding_answer, some)))


def counts(site: Site, asked: Asked) -> Counts:
    """Open findings in numbers, now."""
    return Counts(tuple(CountAnswer(**count._asdict()) for count in site.store.counts(visible=asked.visible)))


def history(site: Site, asked: Asked) -> Days:
    """Open findings a day, by cause."""
    since = days_back(asked)[:10]
    return Days(since, tuple(DayAnswer(*one) for one in site.store.daily(since, asked.visible)))


def timeline(site: Site, asked: Asked) -> Events:
    """What happened to an application's findings."""
    answer_of(site, asked)
    limit = asked.number("limit", PAGE, MOST)
    return Events(tuple(map(event_answer, site.store.timeline(asked.application, days_back(asked), limit))))


def events(site: Site, asked: Asked) -> Events:
    """What happened anywhere: the newest, or what came after an event: `after` is its id (0: from the beginning)."""
    limit = asked.number("limit", PAGE, MOST)
    if not asked.word("after"):
        return Events(tuple(map(event_answer, site.store.recent(asked.visible, limit))))
    return Events(tuple(map(event_answer, site.store.after(asked.id("after"), asked.visible, limit))))


def flaps(site: Site, asked: Asked) -> Flaps:
    """What came back in the last days."""
    since = days_back(asked)
    found = site.store.flaps(since, asked.visible)
    return Flaps(since, tuple(map(flap_answer, found)))


def _page(asked: Asked, total: int) -> Page:
    offset = asked.number("offset", 0, 10**7) if asked.word("offset") not in ("", "0") else 0
    return Page(total, offset, asked.number("limit", PAGE, MOST))


def _paged(asked: Asked, rows: Sequence[T]) -> tuple[Page, Sequence[T]]:
    page = _page(asked, len(rows))
    return page, rows[page.offset : page.offset + page.limit]


NARROWING = ("q", "project", "team", "severity")
PAGING = ("limit", "offset")
NAMED = "{instance}/{namespace}/{name}"
"""An instance "" is spelled `-` in addresses."""
ADDRESSES = (
    Address(
        "/api/v1/applications",
        "Applications, what hurts most first",
        applications,
        Applications,
        (*NARROWING, "sync", "cause", *PAGING),
    ),
    Address(f"/api/v1/applications/{NAMED}", "One application: the answer of explain -o json", application, Answer),
    Address(
        "/api/v1/findings",
        "Findings, what hurts most first",
        findings,
        Findings,
        (*NARROWING, "cause", "side", "scope", "accepted", "gone", *PAGING),
    ),
    Address("/api/v1/counts", "Open findings in numbers", counts, Counts),
    Address("/api/v1/history", "Open findings a day, by cause", history, Days, ("days",)),
    Address(
        f"/api/v1/history/{NAMED}", "What happened to an application's findings", timeline, Events, ("days", "limit")
    ),
    Address("/api/v1/events", "What happened anywhere, newest first", events, Events, ("after", "limit")),
    Address("/api/v1/flaps", "What comes and goes, most often first", flaps, Flaps, ("days",)),
)
