"""Lists of findings: hidden, broken, accepted, of one cause, searched for."""

from __future__ import annotations

from dataclasses import replace

from whydrift.core.model.finding import HIDDEN, SEVERITIES, TROUBLE, Severity
from whydrift.core.report.cause_page import CausePage
from whydrift.ports.watching import Wanted
from whydrift.web.asked import Asked
from whydrift.web.site import PAGE, Site
from whydrift.web.views import NotFound, Shown
from whydrift.web.views.alike import alike
from whydrift.web.views.fleet import by_cause, chosen
from whydrift.web.views.pager import Pager

MOST_FOUND = 20
UNNAMED = {
    "unexplained": "No cause could prove itself. It stays on the list under its own name until one can.",
    "undecided": "A cause may apply, but a fact that decides it was not read. `whydrift doctor` says what to grant.",
}


def hidden(site: Site, asked: Asked) -> Shown:
    """What differs and Argo CD does not show."""
    about = "Hand edits, leftovers and values under ignore rules, in applications that Argo CD may well call Synced."
    return _listed(site, asked, Wanted(scope=(HIDDEN,)), "Hidden", about, "Nothing hidden is known of.")


def unmasked(site: Site, asked: Asked) -> Shown:
    """What is broken now, behind the noise."""
    about = "What does not run, and the first line that says why."
    return _listed(site, asked, Wanted(scope=(TROUBLE,)), "Broken", about, "Nothing broken is known of.")


def residuals(site: Site, asked: Asked) -> Shown:
    """What is accepted, by whom and until when."""
    about = "What is lived with: accepted in whydrift-accepted.toml, with a reason, an owner and an end."
    return _listed(site, asked, Wanted(accepted=True), "Residuals", about, "Nothing is accepted.")


def findings(site: Site, asked: Asked) -> Shown:
    """Every open finding, narrowed by the address."""
    about = "Every field that differs and everything that is broken, what hurts most first."
    return _listed(site, asked, Wanted(), "Findings", about, "Nothing that fits is known of.")


def _listed(site: Site, asked: Asked, wanted: Wanted, title: str, about: str, nothing: str) -> Shown:
    return Shown("findings.html", {"title": title, "about": about, "nothing": nothing, **_page(site, asked, wanted)})


def _page(site: Site, asked: Asked, wanted: Wanted) -> dict[str, object]:
    """One page of findings, as the address narrows them."""
    wanted = narrowed(wanted, asked)
    pager = Pager(asked, site.store.total(wanted), PAGE)
    rows = site.store.findings(replace(wanted, limit=PAGE, offset=pager.offset))
    return {"pager": pager, "groups": alike(rows)}


def narrowed(wanted: Wanted, asked: Asked) -> Wanted:
    """What is wanted, with the filters of the address and no more than the reader may see."""
    severities = tuple(Severity(one) for one in asked.words("severity") if one in SEVERITIES)
    return replace(
        wanted,
        causes=wanted.causes or asked.words("cause"),
        sides=asked.words("side"),
        severities=severities,
        projects=asked.words("project"),
        teams=asked.words("team"),
        text=asked.word("q"),
        visible=asked.visible,
    )


def causes(site: Site, asked: Asked) -> Shown:
    """The catalogue, what is open of it first."""
    found = by_cause(site, site.store.counts(visible=asked.visible))
    open_ones = {group.name for group in found}
    rest = [page for name, page in site.causes.items() if name not in open_ones]
    return Shown("causes.html", {"groups": found, "rest": rest})


def cause(site: Site, asked: Asked) -> Shown:
    """One cause: its documentation, and what is open because of it."""
    name = asked.names["cause"]
    page: CausePage | None = site.causes.get(name)
    shown = _page(site, asked, Wanted(causes=(name,)))
    if page is None and name not in UNNAMED and not shown["groups"]:
        raise NotFound
    return Shown("cause.html", {"name": name, "page": page, "says": UNNAMED.get(name, ""), **shown})


def search(site: Site, asked: Asked) -> Shown:
    """Applications and findings that hold a text."""
    if not asked.word("q"):
        return Shown("search.html", {"applications": [], "found": 0, "groups": [], "pager": None})
    applications = chosen(site, asked, site.store.applications(asked.visible))
    found = {"applications": applications[:MOST_FOUND], "found": len(applications)}
    return Shown("search.html", {**found, **_page(site, asked, Wanted())})
