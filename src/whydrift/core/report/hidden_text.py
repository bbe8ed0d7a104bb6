"""`whydrift hidden` for people: what Argo CD does not show, who wrote it, since when, and what a sync does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import (
    ApplicationAnswer,
    DifferenceAnswer,
    EffectAnswer,
    ObjectAnswer,
    ReadAnswer,
    SyncAnswer,
)
from whydrift.core.report.ages import age
from whydrift.core.report.tally import Tally, called, objects_of
from whydrift.core.report.unread import unread_lines
from whydrift.core.report.words import Ink, count, plain, shortened, value

LEAVES = "a sync leaves it"
TODO_OF_SIDE = {
    Side.CLUSTER: "Track it in git, or it may be lost",
    Side.ASK: "Still needed? Track it in git, or remove it",
    Side.GIT: "Sync, once its effects are known",
    Side.STRUCTURE: "Decide who owns it",
}


def hidden_text(
    applications: Iterable[ApplicationAnswer], read: ReadAnswer, tally: Tally, ink: Ink, width: int = 110
) -> str:
    """What is hidden, application by application; an empty answer says so."""
    parts = [_headline(read, tally), *unread_lines(read, tally.unseen, tally.not_read, ink)]
    for application in applications:
        lines = list(_application(application, read.at, ink, width))
        parts += ["", *lines] if lines else []
    return "\n".join(parts) + "\n"


def _headline(read: ReadAnswer, tally: Tally) -> str:
    whole = "Read completely." if read.complete else "NOT read completely."
    apps = count(tally.applications, "application")
    if not tally.applications:
        return f"{apps}: none to tell of.  {whole}"
    if tally.hidden:
        differ = (
            "differs and Argo CD does not show it" if tally.hidden == 1 else "differ and Argo CD does not show them"
        )
        return f"{apps}: {count(tally.hidden, 'field')} {differ}.  {whole}"
    return f"{apps}: nothing is hidden.  {whole}"


def _application(application: ApplicationAnswer, now: str, ink: Ink, width: int) -> Iterator[str]:
    hidden = [(item, d) for item in objects_of(application) for d in item.differences if not d.shown]
    if not hidden:
        return
    yield f"{ink.strong(plain(application.name))}   Argo CD says {plain(application.argocd.sync) or 'nothing'}"
    for item, d in hidden:
        place, sides = _place(item), "   ".join(_sides(d))
        if len(place) + len(sides) < width - 5:
            yield f"  {plain(place)}   {plain(sides)}"
        else:
            rows = (shortened(row, max(width - 6, 40)) for row in _sides(d))
            yield from (f"  {plain(place)}", *(f"      {row}" for row in rows))
        yield from (f"      {line}" for line in _about(application, item, d, now, ink))


def _place(item: ObjectAnswer) -> str:
    """An object as kubectl takes it."""
    _, kind, name = item.id.split("/", 2)
    return f"{kind}/{name}" + (f" -n {item.namespace}" if item.namespace else "")


def _sides(d: DifferenceAnswer) -> tuple[str, ...]:
    if not d.path:
        return ({"missing": "not in the cluster", "extra": "not in git"}.get(d.kind, "differs as a whole"),)
    if d.kind == "extra":
        return (f"{d.field} = {value(d.live)}", "git –")
    return (d.field, f"git  {value(d.target)}", f"live {value(d.live)}")


def _about(application: ApplicationAnswer, item: ObjectAnswer, d: DifferenceAnswer, now: str, ink: Ink) -> list[str]:
    lines = [f"{ink.strong(e.cause)}: {plain(e.why)}" for e in d.explanations[:1]]
    written = _written(d, now)
    after = after_sync(application, item, d)
    known = "; ".join(part for part in (written, after) if part)
    ends = ". ".join(part for part in (known, _todo(application, d, after)) if part)
    return lines + ([ends] if ends else [])


def _written(d: DifferenceAnswer, now: str) -> str:
    """Who wrote it and when: `kubectl-edit, 5 days ago (2026-11-15)`."""
    if not isinstance(d.by, str):
        return ""
    when = age(d.since, now) if isinstance(d.since, str) else "no time recorded"
    return f"{plain(d.by)}, {when}" if when else plain(d.by)


def after_sync(application: ApplicationAnswer, item: ObjectAnswer, d: DifferenceAnswer) -> str:
    """What a sync now would do to a place, out of the forecast; "" where none was made."""
    if not isinstance(application.sync, SyncAnswer):
        return ""
    own = [e for e in application.sync.effects if (e.object, e.namespace) == (item.id, item.namespace)]
    touching = [e for e in own if e.does is not Does.NOTHING and _touches(e, d.path)]
    if not touching:
        unknown = any(e.does is Does.UNKNOWN for e in own)
        return "what a sync does to it is not known" if unknown else LEAVES
    return f"a sync {plain(touching[0].says)}"


def _touches(effect: EffectAnswer, path: str) -> bool:
    """Whether an effect is about a place, about what it lies in, or about something in it; one without paths is."""
    return not effect.paths or any(_within(path, p) or _within(p, path) for p in effect.paths)


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(f"{outer}/")


def _todo(application: ApplicationAnswer, d: DifferenceAnswer, after: str) -> str:
    """What to do; a sync is none where it leaves the place as it is, or fails."""
    if d.side is Side.GIT and after.startswith((LEAVES, "a sync fails")):
        return f"Git is right, and no sync brings that: whydrift plan {plain(called(application))}"
    return TODO_OF_SIDE.get(d.side, "") if isinstance(d.side, Side) else ""
