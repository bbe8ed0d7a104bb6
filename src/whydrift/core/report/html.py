"""An answer as one HTML page: what was not read, what to read first, why, then each application with all fields."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import (
    ApplicationAnswer,
    AskAnswer,
    DifferenceAnswer,
    EffectAnswer,
    ExplanationAnswer,
    ObjectAnswer,
    ReadAnswer,
    RemedyAnswer,
    SummaryAnswer,
    SyncAnswer,
    UnmaskedAnswer,
)
from whydrift.core.report.ages import age
from whydrift.core.report.explain_text import COMPARED, MEANS, STRENGTH, further_reasons, short_revisions
from whydrift.core.report.html_page import code, folded, mark, note, page, safe, table
from whydrift.core.report.remedy_html import remedy_html
from whydrift.core.report.sync_lines import losing
from whydrift.core.report.tally import ATTENTION, concern, objects_of
from whydrift.core.report.words import count, value
from whydrift.core.unmask.since import troubles_in

Applications = Callable[[], Iterator[ApplicationAnswer]]
LONGEST = 2_000
"""Characters of a value that a page shows."""
ALARMS = frozenset({"not-read", "not-compared", "unexplained", Side.ASK, Side.CLUSTER})


def html_document(
    applications: Applications,
    read: ReadAnswer,
    summary: SummaryAnswer,
    titles: Mapping[str, str],
    heading: str = "What differs, and why",
    nothing: str = "Nothing differs, and nothing is hidden.",
) -> Iterator[str]:
    """The page, piece by piece; `applications` is gone through twice, in the order in which it gives them."""
    parts = chain(_first(applications(), read, summary, heading, nothing), _rest(applications(), summary, titles))
    return page(f"whydrift: {heading}", parts)


def _first(
    applications: Iterator[ApplicationAnswer], read: ReadAnswer, summary: SummaryAnswer, heading: str, nothing: str
) -> Iterator[str]:
    yield f"<header><h1>{safe(heading)}</h1>\n{_headline(read, summary)}</header>\n"
    yield unread(read)
    yield _index(applications, nothing)


def _rest(
    applications: Iterator[ApplicationAnswer], summary: SummaryAnswer, titles: Mapping[str, str]
) -> Iterator[str]:
    yield _causes(summary, titles)
    calm: list[str] = []
    yield "<main>\n"
    for application in applications:
        if is_told(application):
            yield _application(application)
        else:
            calm.append(application.name)
    yield "</main>\n"
    if calm:
        names = "<p>" + ", ".join(map(code, calm)) + "</p>"
        yield folded(f"{count(len(calm), 'application')} with nothing to tell", names)


def _headline(read: ReadAnswer, summary: SummaryAnswer) -> str:
    unknown = f", {summary.unknown} Unknown" if summary.unknown else ""
    hidden = f", {summary.hidden} hidden" if summary.hidden else ""
    fields = f"{count(summary.fields, 'field')} shown as different{hidden}, {summary.unexplained} unexplained"
    version = f" · Argo CD {read.argocd_version}" if read.argocd_version else ""
    return (
        f"<p>{count(summary.applications, 'application')}, {summary.out_of_sync} OutOfSync{unknown} · {fields}</p>\n"
        f'<p class="quiet small">read from {code(read.source)} at {safe(read.at)}{safe(version)}</p>\n'
    )


def unread(read: ReadAnswer) -> str:
    """What was not read, or that everything was."""
    lines = [f"{gap.what}: {gap.why}{f' (needs {gap.needs})' if gap.needs else ''}" for gap in read.gaps]
    if read.complete:
        return note(read.notes, "Read completely.", "good")
    return note([*lines, *read.notes], "Not read completely: what is missing is not known to be clean.", "bad")


def is_told(application: ApplicationAnswer) -> bool:
    """Whether an application has a section of its own."""
    unsafe = isinstance(application.sync, SyncAnswer) and any(not e.safe for e in application.sync.effects)
    broken = bool(troubles_in(application) or application.recovered or application.waits)
    open_ = application.not_read or application.agrees == "not-compared"
    return bool(objects_of(application) or open_ or unsafe or broken)


def _anchor(application: ApplicationAnswer) -> str:
    named = "\0".join((application.instance, application.namespace, application.name))
    return "app-" + hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _index(applications: Iterator[ApplicationAnswer], nothing: str) -> str:
    rows = [_index_row(application) for application in applications if is_told(application)]
    if not rows:
        return note((), nothing, "good")
    columns = (("application", ""), ("Argo CD", ""), ("hurts most", ""), ("a sync", ""), ("fields", "number"))
    return f'<nav aria-label="applications"><h2 id="top">Applications</h2>\n{table(columns, rows)}</nav>\n'


def _index_row(application: ApplicationAnswer) -> tuple[str, ...]:
    found = concern(application)
    said = application.argocd
    fields = sum(len(item.differences) for item in objects_of(application))
    return (
        f'<a href="#{_anchor(application)}">{safe(application.name)}</a>',
        safe(f"{said.sync or 'not compared'}, {said.health or 'no health'}"),
        _hurts(application, found),
        _sync_mark(application),
        str(fields),
    )


def _hurts(application: ApplicationAnswer, found: str) -> str:
    if troubles_in(application):
        return mark("broken", "bad")
    if found:
        return mark(found, "bad" if found in ALARMS else "warn")
    return mark("a sync would lose something", "bad") if losing(application) else mark("nobody must act", "good")


def _sync_mark(application: ApplicationAnswer) -> str:
    sync = application.sync
    if not isinstance(sync, SyncAnswer):
        return ""
    return mark("safe", "good") if sync.safe else mark("not safe", "bad")


def _causes(summary: SummaryAnswer, titles: Mapping[str, str]) -> str:
    if not summary.causes:
        return ""
    rows = [(safe(cause), safe(titles.get(cause, "")), str(fields)) for cause, fields in summary.causes.items()]
    columns = (("because", ""), ("which says", ""), ("fields", "number"))
    return f"<h2>Why, most fields first</h2>\n{table(columns, rows)}"


def _application(application: ApplicationAnswer) -> str:
    said = application.argocd
    marks = f"{mark(said.sync or 'not compared')} {mark(said.health)} {_sync_mark(application)}"
    head = f"<h3>{safe(application.name)}</h3> {marks}"
    opened = bool(concern(application) or troubles_in(application))
    body = folded(head, "".join(application_parts(application)), opened=opened)
    return f'<section id="{_anchor(application)}">\n{body}<p class="small"><a href="#top">up</a></p></section>\n'


def application_parts(application: ApplicationAnswer) -> Iterator[str]:
    """Everything about one application: what was read, what is broken, what a sync would do, each object."""
    yield _about(application)
    if application.not_read:
        yield note([application.not_read], "Not read", "bad")
    if application.agrees == "not-compared":
        conditions = application.argocd.conditions
        yield note(conditions, "Argo CD could not compare it: nothing here is known to be clean", "bad")
    if application.agrees == "stale":
        yield note((), "Argo CD's verdict is older than its inputs")
    yield from _health(application)
    if isinstance(application.sync, SyncAnswer):
        yield _sync(application.sync)
    yield from map(_object, objects_of(application))


def _about(application: ApplicationAnswer) -> str:
    said = application.argocd
    rows = [
        ("project", safe(application.project)),
        ("cluster", code(application.cluster) if application.cluster else ""),
        ("revision", code(short_revisions(said.revision)) if said.revision else ""),
        ("compared by", safe(COMPARED.get(application.compared_by, application.compared_by))),
        *(("source", f"{code(source.repo)} {code(source.path)}") for source in application.sources),
    ]
    return definitions(rows)


def _health(application: ApplicationAnswer) -> Iterator[str]:
    """What is broken, what is not well without being called so, what nobody could look at, and what recovered."""
    yield from (_trouble(trouble, application.seen_at) for trouble in troubles_in(application))
    if application.waits:
        yield note(application.waits, "Not well, and nothing says that it is broken")
    if application.unread:
        yield note((f"{gap.what}: {gap.why}" for gap in application.unread), "Not looked at", "bad")
    if application.recovered:
        lines = (f"{trouble.object} {trouble.state}" for trouble in application.recovered)
        yield note(lines, "Broken at the earlier look, and not any more", "good")


def _trouble(trouble: UnmaskedAnswer, now: str) -> str:
    """What is broken: where, since when, and the line that says why."""
    times = f", {count(trouble.restarts, 'restart')}" if trouble.restarts else ""
    reason = f" ({trouble.reason})" if isinstance(trouble.reason, str) else ""
    since = f", begun {age(trouble.since, now)}" if trouble.since else ""
    change = f", {trouble.change}" if isinstance(trouble.change, str) else ""
    named = f"{trouble.object.split('/', 1)[-1]}{' ' + trouble.container if trouble.container else ''}"
    heading = f"Broken: {named} is {trouble.state}{reason}{times}{since}{change}"
    places = (trouble.source if isinstance(trouble.source, str) else "", trouble.near)
    where = next((f"likeliest place: {place}" for place in places if isinstance(place, str) and place), "")
    said = f"{trouble.said_by}: {trouble.line}" if trouble.line else "nothing says why"
    return note([line for line in (trouble.category, said, where) if line], heading, "bad")


def definitions(rows: list[tuple[str, str]]) -> str:
    """Names with what they are; rows without anything are left out."""
    return f"<dl>{''.join(f'<dt>{safe(name)}</dt><dd>{what}</dd>' for name, what in rows if what)}</dl>\n"


def _sync(sync: SyncAnswer) -> str:
    told = [effect for effect in sync.effects if effect.does is not Does.NOTHING]
    rows = [_effect(effect) for effect in told]
    kind = "good" if sync.safe else "bad"
    heading = "Safe to sync" if sync.safe else "Not safe to sync"
    lines = [sync.because, *([sync.automatic] if isinstance(sync.automatic, str) else [])]
    stays = [] if sync.converges else ["afterwards Argo CD would still call it OutOfSync"]
    columns = (("object", ""), ("a sync", ""), ("", ""))
    effects = folded(f"<h4>{count(len(rows), 'effect')} of a sync</h4>", table(columns, rows)) if rows else ""
    return note([line for line in (*lines, *stays) if line], heading, kind) + effects


def _effect(effect: EffectAnswer) -> tuple[str, ...]:
    loses = mark(f"loses {effect.loses}", "bad") if isinstance(effect.loses, str) else ""
    unsafe = "" if effect.safe or loses else mark("not known" if effect.does is Does.UNKNOWN else "not safe", "bad")
    return code(effect.object), safe(f"{effect.does.value}: {effect.says}"), loses + unsafe


def _object(item: ObjectAnswer) -> str:
    group, kind, name = item.id.split("/", 2)
    where = f"{item.namespace}/{name}" if item.namespace else name
    hidden = mark("Argo CD does not show it", "warn") if not any(d.shown for d in item.differences) else ""
    grouped = f' <span class="quiet small">{safe(group)}</span>' if group else ""
    head = f"<h4>{safe(kind)} {safe(where)}</h4>{grouped} {hidden} {mark(count(len(item.differences), 'field'))}"
    needing = any(not isinstance(d.side, Side) or d.side in ATTENTION for d in item.differences)
    return folded(head, "".join(map(_difference, item.differences)), opened=needing)


def _difference(d: DifferenceAnswer) -> str:
    whole = {"missing": "not in the cluster", "extra": "not in git"}.get(d.kind, "as a whole")
    order = " (the same items in another order)" if d.order is True else ""
    head = f"<p>{code(d.field) if d.field else f'<strong>{whole}</strong>'}{safe(order)} {_side(d)}</p>"
    sides = (
        '<div class="sides">'
        f'<div><b>git</b><span class="value">{safe(value(d.target, LONGEST))}</span></div>'
        f'<div><b>live</b><span class="value">{safe(value(d.live, LONGEST))}</span></div></div>'
    )
    reasons = "".join(map(_explanation, d.explanations)) or _open(d)
    fix = remedy_html(d.remedy) if isinstance(d.remedy, RemedyAnswer) else ""
    return f'<div class="field">{head}{sides if d.path else ""}{reasons}{_judged(d)}{fix}</div>\n'


def _judged(d: DifferenceAnswer) -> str:
    """What speaks for the side beside the cause, and whom to ask."""
    further = further_reasons(d)
    told = f"<p>{safe(further)}</p>" if further else ""
    if not isinstance(d.asks, AskAnswer):
        return told
    return f"{told}<p><strong>ask</strong> {safe('; '.join(d.asks.whom))}: {safe(d.asks.question)}</p>"


def _side(d: DifferenceAnswer) -> str:
    if not isinstance(d.side, Side):
        return mark("undecided" if d.undecided else "unexplained", "bad")
    kind = "bad" if d.side in ALARMS else "warn" if d.side in ATTENTION else "good"
    return f'{mark(d.side.value, kind)} <span class="quiet small">{safe(MEANS[d.side])}</span>'


def _explanation(explanation: ExplanationAnswer) -> str:
    says = "".join(f"<li>{safe(e.fact)}: {safe(e.says)}</li>" for e in explanation.evidence)
    proof = folded("evidence", f'<ul class="small">{says}</ul>') if says else ""
    strength = f'<span class="quiet small">({STRENGTH[explanation.strength]})</span>'
    why = f"because <strong>{safe(explanation.cause)}</strong>: {safe(explanation.why)} {strength}"
    return f"<p>{why}</p>{proof}"


def _open(d: DifferenceAnswer) -> str:
    if not d.undecided:
        return "<p>No cause could prove itself.</p>"
    return "".join(f"<p>{code(u.cause)} needs {safe(u.needs)} ({safe(u.why)})</p>" for u in d.undecided)
