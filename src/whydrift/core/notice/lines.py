"""A group of findings → one line of a message: what people read, and the command to go on with."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from whydrift.core.model.finding import SEVERITIES, About, ApplicationName, What
from whydrift.core.model.notice import Line
from whydrift.core.model.triage import Value
from whydrift.core.notice.told import Told
from whydrift.core.report.words import plain, shortened, value

EXAMPLES = 4
NAMES = 3
LONGEST_SIDE = 40
LONGEST_NAME = 120
LONGEST_SENTENCE = 300
WHOLE = {"extra": "only in the cluster", "missing": "only in git"}
"""What is said of a difference that has no values: a whole object."""


@dataclass(frozen=True)
class Telling:
    """What lines are made with: causes in a few words, and the address of an application's page ("" = none)."""

    titles: Mapping[str, str] = field(default_factory=dict)
    link: Callable[[ApplicationName], str] = lambda _: ""


def line_of(group: Sequence[Told], telling: Telling) -> Line:
    """The line of findings that one thing happened to, with one cause; of one application or of several."""
    worst = min(group, key=lambda one: SEVERITIES.index(one.found.severity))
    found, applications = worst.found, dict.fromkeys(one.application for one in group)
    several = len(applications) > 1
    return Line(
        what=worst.what.value,
        application=worst.application,
        also=len(applications) - 1,
        project=_same(one.project for one in group),
        team=_same(one.team for one in group),
        cause=found.cause,
        before=worst.before,
        view=_same(one.view for one in group),
        side=found.side,
        severity=found.severity,
        title=telling.titles.get(found.cause, ""),
        who=_some((one.found.who for one in group), NAMES),
        why=shortened(found.why, LONGEST_SENTENCE),
        sync=shortened(found.sync, LONGEST_SENTENCE),
        remedy=shortened(" ".join(filter(None, (found.remedy, found.where))), LONGEST_SENTENCE),
        objects=len({(one.application, one.found.key.object, one.found.key.namespace) for one in group}),
        fields=len(group),
        examples=tuple(_example(one, several) for one in group[:EXAMPLES]),
        command=_command(group, worst, several),
        link="" if several else telling.link(worst.application),
        events=tuple(sorted(event for one in group for event in one.events)),
        since=min(one.since for one in group),
    )


def _same(words: Iterable[str]) -> str:
    """The one word that all have, "" where they differ."""
    found = set(words)
    return found.pop() if len(found) == 1 else ""


def _some(words: Iterable[str], most: int) -> str:
    """The first words, each once, and how many more there are."""
    found = [shortened(word, LONGEST_NAME) for word in dict.fromkeys(words) if word]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def _example(one: Told, several: bool) -> str:
    """Object, field and both sides, as in `Deployment/web spec.replicas: git 3, live 5`."""
    found = one.found
    named = shortened(_object(found.key.object), LONGEST_NAME)
    place = f"{shortened(str(one.application), LONGEST_NAME)} {named}" if several else named
    where = f"{place} {shortened(found.field, LONGEST_NAME)}".rstrip()
    if found.key.about is About.TROUBLE:
        return where
    if not (found.target or found.live):
        return f"{where}: {WHOLE.get(found.kind, found.kind)}"
    return f"{where}: git {_side(found.target)}, live {_side(found.live)}"


def _object(named: str) -> str:
    """KIND/NAME of group/Kind/name."""
    return named.partition("/")[2] or named


def _side(spelled: str) -> str:
    """A side of a finding (JSON, maybe cut) in a few characters."""
    if not spelled:
        return "–"
    try:
        decoded = msgspec.json.decode(spelled, type=Value)
        return value(" ".join(decoded.split()) if isinstance(decoded, str) else decoded, LONGEST_SIDE)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return shortened(spelled, LONGEST_SIDE)


def _command(group: Sequence[Told], worst: Told, several: bool) -> str:
    """What to go on with, to be pasted."""
    broken = worst.found.key.about is About.TROUBLE
    if several:
        return "whydrift unmask" if broken else _line("scan", "--cause", worst.found.cause)
    application = str(worst.application)
    if worst.what is What.GONE:
        return _line("history", application)
    if broken:
        return _line("unmask", application)
    if not any(one.found.shown for one in group):
        return _line("hidden", application)
    objects = {_object(one.found.key.object) for one in group}
    return _line("explain", application, *(objects if len(objects) == 1 else ()))


def _line(*words: str) -> str:
    return " ".join(("whydrift", *(shlex.quote(shortened(plain(word), LONGEST_NAME)) for word in words)))
