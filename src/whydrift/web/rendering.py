"""Templates → HTML. Everything is escaped, and control characters and direction marks are spelled out, never sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from whydrift.core.model.finding import Event, Found, Severity, judged, otherwise, turned
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.report.ages import age
from whydrift.core.report.remedy_lines import WORDS
from whydrift.core.report.words import count, ending, plain, shortened, value
from whydrift.web.asked import application_path
from whydrift.web.assets import address_of

SEVERE = {
    Severity.BROKEN: ("broken now", "bad"),
    Severity.LOSES: ("a sync would hurt", "bad"),
    Severity.UNEXPLAINED: ("unexplained", "bad"),
    Severity.ATTENTION: ("somebody must act", "warn"),
    Severity.NOISE: ("nobody must act", ""),
}
"""What each severity says to people, and how it is marked."""
SIDES = {"ask": "bad", "cluster": "bad", "git": "warn", "structure": "warn", "equivalent": "good", "controller": "good"}


def render(template: str, context: Mapping[str, object], root: str = "") -> str:
    """A page; `root` is the path at which a proxy serves it."""
    return _templates().get_template(template).render(context, root=root)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("whydrift.web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "age": age,
        "short_age": short_age,
        "count": count,
        "ending": ending,
        "remedy": _remedy,
        "severe": lambda severity: SEVERE[Severity(severity)][0],
        "severe_mark": lambda severity: SEVERE[Severity(severity)][1],
        "shortened": shortened,
        "side_mark": lambda side: SIDES.get(side, ""),
        "side_value": side_value,
        "thing": thing,
        "was": was,
    }
    made.globals |= {"asset": address_of, "application_path": application_path}
    return made


def _harmless(said: object) -> object:
    """What an expression gives: HTML of ours as it is, text without anything that acts on a terminal or a page."""
    return said if isinstance(said, Markup | int | float) else plain(str(said))


def short_age(since: str, now: str) -> str:
    """`5 days`: an age for a table, whose row tells the date as well; "" where it is not known."""
    return age(since, now).partition(" ago")[0]


def side_value(stated: str, longest: int = 120) -> str:
    """A side's value out of its JSON text, in a line; – where the side has none."""
    if not stated:
        return "–"
    try:
        return value(msgspec.json.decode(stated), longest)
    except (msgspec.DecodeError, RecursionError):
        return shortened(stated, longest)  # a long one was cut


def thing(found: Found) -> str:
    """`Kind namespace/name` of what a finding is about."""
    _, kind, name = (*found.key.object.split("/", 2), "", "")[:3]
    return f"{kind} {found.key.namespace}/{name}" if found.key.namespace else f"{kind} {name}"


def was(event: Event) -> str:
    """What changed in how a finding is judged: `was CAUSE`, `now hidden`; "" where nothing did."""
    before = otherwise(event.before, judged(event.found))
    return ", ".join(filter(None, (f"was {before}" if before else "", turned(event.before))))


def _remedy(kind: str) -> str:
    """What to do, in words; "" where nothing was said."""
    return WORDS[RemedyKind(kind)] if kind in set(RemedyKind) else kind
