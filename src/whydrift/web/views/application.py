"""One application: its answer as the last look gave it, what hurts first with its age, and its timeline."""

from __future__ import annotations

import msgspec
from markupsafe import Markup

from whydrift.core.model.times import later
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.report.html import application_parts
from whydrift.ports.watching import Wanted
from whydrift.web.asked import Asked
from whydrift.web.site import PAGE, Site
from whydrift.web.views import NotFound, Shown
from whydrift.web.views.alike import alike, happened

LATELY = 30
DAY = 86_400


def application(site: Site, asked: Asked) -> Shown:
    """The page of one application. NotFound where it was never seen, or this reader may not see it."""
    answer, at = answer_of(site, asked)
    name = asked.application
    wanted = Wanted(applications=(name,), visible=asked.visible, limit=PAGE)
    rows = site.store.findings(wanted)
    values = {
        "name": name,
        "answer": answer,
        "at": at,
        "parts_html": Markup("".join(application_parts(answer))),  # escaped where it is made (core/report/html)
        "groups": alike(rows),
        "shown": len(rows),
        "total": site.store.total(wanted),
        "lately": happened(site.store.timeline(name, limit=LATELY)),
    }
    return Shown("application.html", values)


def answer_of(site: Site, asked: Asked) -> tuple[ApplicationAnswer, str]:
    """What the last look says of the application that the address names, and when that was."""
    found = site.store.answer(asked.application) if asked.sees(asked.application) else None
    if found is None:
        raise NotFound
    content, at = found
    return msgspec.json.decode(content, type=ApplicationAnswer), at


def timeline(site: Site, asked: Asked) -> Shown:
    """What happened to an application's findings, newest first."""
    _, at = answer_of(site, asked)
    since = days_back(asked)
    events = happened(site.store.timeline(asked.application, since))
    return Shown("timeline.html", {"name": asked.application, "at": at, "events": events, "since": since})


def days_back(asked: Asked) -> str:
    """The time that the address's number of days lies back."""
    return later(asked.now, -asked.days * DAY)
