"""`whydrift explain` for people: every field with both sides, the cause, its proof, and which side is right."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

import msgspec

from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import ApplicationAnswer, AskAnswer, DifferenceAnswer, ObjectAnswer, SyncAnswer
from whydrift.core.report.guard_verdict import GuardVerdict, guard_verdict
from whydrift.core.report.remedy_lines import remedy_lines
from whydrift.core.report.sync_lines import at_difference, beside, told
from whydrift.core.report.tally import called, objects_of
from whydrift.core.report.unmask_text import broken_lines
from whydrift.core.report.words import Ink, count, ending, plain, shortened, teaching, value, wrapped

MEANS = {
    Side.GIT: "git is right",
    Side.CLUSTER: "the cluster is right; a sync would undo it",
    Side.EQUIVALENT: "both mean the same",
    Side.CONTROLLER: "the controller is right",
    Side.STRUCTURE: "neither is: who owns it, or how it is rendered, is wrong",
    Side.ASK: "ask whoever did it; nothing that was read decides it",
}
STRENGTH = {"replayed": "proven", "attributed": "attributed", "coincides": "coincides only"}
COMPARED = {
    "three-way": "three-way merge",
    "structured-merge": "structured merge (ServerSideApply=true)",
    "server-side": "server-side diff",
}
FAILING = re.compile(r"(?<![^ ])(fails|is refused): ")
"""What the verdict says already."""
MORE = 8
"""How many further effects are told."""


def application_text(application: ApplicationAnswer, ink: Ink, width: int = 110) -> str:
    """One application with everything that differs."""
    lines = [*_head(application, ink), *_broken(application, ink, width)]
    for item in objects_of(application):
        lines += ["", *_object(item, application.sync, ink, width)]
    if not objects_of(application) and not application.not_read:
        lines += [
            "",
            f"  nothing differs: Argo CD says {application.argocd.sync or 'nothing'}, and no field contradicts it",
        ]
    return "\n".join([*lines, *_besides(application, ink, width)]) + "\n"


def _broken(application: ApplicationAnswer, ink: Ink, width: int) -> list[str]:
    """What is broken now, whatever differs."""
    lines = broken_lines([application], ink, width)
    return ["", ink.strong("broken now"), *lines] if lines else []


def _besides(application: ApplicationAnswer, ink: Ink, width: int) -> list[str]:
    """What a sync does to objects that no difference was told of."""
    found = beside(application, objects_of(application))
    lines = [line for effect in found[:MORE] for line in wrapped(told(effect), width, "  ")]
    more = [f"  … {len(found) - MORE} more: -o json"] if len(found) > MORE else []
    return ["", ink.strong("a sync also"), *lines, *more] if lines else []


def _head(application: ApplicationAnswer, ink: Ink) -> list[str]:
    said = application.argocd
    revision = f"   revision {short_revisions(said.revision)}" if said.revision else ""
    how = COMPARED.get(application.compared_by, application.compared_by)
    name = ink.strong(plain(called(application)))
    lines = [f"{name}  {said.sync or 'not compared yet'}, {said.health or 'no health'}{revision}   compared by {how}"]
    if application.not_read:
        lines.append(ink.alarm(f"  NOT READ  {plain(application.not_read)}"))
    if application.agrees == "not-compared":
        lines.append(ink.alarm("  NOT COMPARED  Argo CD could not compare: nothing below is known to be clean"))
    elif application.agrees == "stale":
        lines.append(
            ink.alarm(f"  STALE  Argo CD's verdict is older than its inputs (reconciled {said.reconciled_at})")
        )
    if application.agrees is False and not application.not_read:
        lines.append(
            ink.alarm("  NOT CALIBRATED  compared again, it is not Argo CD's verdict: nothing below rests on that")
        )
    lines += [f"  {shortened(line, 300)}" for line in (*said.conditions, *application.notes)]
    lines += [f"  {line}" for line in _not_replayed(application)]
    return lines + _sync_now(application, ink)


def _not_replayed(application: ApplicationAnswer) -> list[str]:
    """What could not be compared again, by reason."""
    reasons = Counter(each.why for each in application.not_replayed)
    return [f"not compared again: {count(number, 'object')}: {shortened(why, 200)}" for why, number in reasons.items()]


def _sync_now(application: ApplicationAnswer, ink: Ink) -> list[str]:
    """Whether it may be synced, in a line."""
    sync = application.sync
    if isinstance(sync, msgspec.UnsetType):
        return []
    lines = [f"  a sync now  {_verdict(application, sync, ink)}"]
    return [*lines, f"              {ink.alarm(sync.automatic)}"] if isinstance(sync.automatic, str) else lines


def _verdict(application: ApplicationAnswer, sync: SyncAnswer, ink: Ink) -> str:
    verdict, because = guard_verdict(application), plain(sync.because)
    match verdict:
        case GuardVerdict.SAFE:
            return f"safe: {because}"
        case GuardVerdict.FAILS:
            return f"{ink.alarm(verdict)}: {FAILING.sub('', because, count=1)} (nothing is lost)"
        case _:
            return f"{ink.alarm(verdict)}: {because}"


def _object(item: ObjectAnswer, sync: SyncAnswer | msgspec.UnsetType, ink: Ink, width: int) -> list[str]:
    group, kind, name = item.id.split("/", 2)
    place = f"{plain(item.namespace)}/{plain(name)}" if item.namespace else plain(name)
    hidden = all(not difference.shown for difference in item.differences)
    lines = [
        ink.strong(f"{f'{group} ' if group else ''}{kind} {place}")
        + (ink.quiet("   hidden: Argo CD says Synced") if hidden else "")
    ]
    for _, group_ in groupby(item.differences, key=_claim):
        alike = list(group_)
        lines += [f"  {line}" for line in _fields(alike, width)]
        lines += [f"    {line}" for line in _reasons(alike[0], ink)]
        lines += [f"    {line}" for line in _sync_at(item, alike, sync, width)]
        lines += [f"    {line}" for line in remedy_lines(alike, width)]
    return lines


def _sync_at(
    item: ObjectAnswer, alike: list[DifferenceAnswer], sync: SyncAnswer | msgspec.UnsetType, width: int
) -> list[str]:
    """What a sync does at differences that are told together, each thing once."""
    if isinstance(sync, msgspec.UnsetType):
        return []
    does = dict.fromkeys(at_difference(item, difference, sync) for difference in alike)
    return [line for says in does if says for line in wrapped(says, width - 4, "sync     ")]


def _claim(difference: DifferenceAnswer) -> tuple[object, ...]:
    """What makes neighbours alike, so that they are told once: same causes, same side, same shown."""
    causes = tuple(e.cause for e in difference.explanations)
    return causes, difference.side, difference.shown, tuple(u.cause for u in difference.undecided), difference.order


def _fields(alike: list[DifferenceAnswer], width: int) -> list[str]:
    longest = min(max(len(difference.field) for difference in alike), max(width - 46, 30))
    return [_field(difference, longest, width) for difference in alike]


def _field(difference: DifferenceAnswer, longest: int, width: int) -> str:
    if not difference.path:
        return {"missing": "not in the cluster", "extra": "not in git"}.get(difference.kind, "differs as a whole")
    name = ending(difference.field, longest).ljust(longest)
    if not isinstance(difference.order, msgspec.UnsetType):
        return f"{name}   the same items in another order"
    room = max((width - longest - 20) // 2, 12)
    return f"{name}   git {value(difference.target, room).ljust(12)}  live {value(difference.live, room)}"


def _unknown_writer(difference: DifferenceAnswer) -> list[str]:
    """Who wrote what nobody explains, when, and how to say what that is: an unknown manager is named, never guessed."""
    if not isinstance(difference.by, str):
        return []
    when = f"at {difference.since}" if isinstance(difference.since, str) else "at a time that is not recorded"
    return [
        f"           {plain(difference.by)} wrote it {when}; if you know what that is, say so in whydrift.toml,",
        f"           as one of .controllers, .people, .pipelines:  {plain(teaching(difference.by))}",
    ]


def _reasons(difference: DifferenceAnswer, ink: Ink) -> list[str]:
    lines = []
    for place, explanation in enumerate(difference.explanations):
        word = "because" if place == 0 else "or     "
        lines.append(
            f"{word}  {ink.strong(explanation.cause)}: {plain(explanation.why)} ({STRENGTH[explanation.strength]})"
        )
        if place == 0:
            lines += [ink.quiet(f"           {plain(e.fact)}: {plain(e.says)}") for e in explanation.evidence]
    if not difference.explanations and not difference.undecided:
        lines.append(ink.alarm("unexplained: no cause could prove itself"))
        lines += _unknown_writer(difference)
    if not difference.explanations:
        lines += [
            f"undecided  {f'{u.cause}: ' if u.cause else ''}needs {plain(u.needs)} ({plain(u.why)})"
            for u in difference.undecided
        ]
    if isinstance(difference.side, Side):
        lines.append(f"side     {difference.side.value}: {MEANS[difference.side]}")
        lines += [f"         {clause}" for clause in [plain(further_reasons(difference))] if clause]
    if isinstance(difference.asks, AskAnswer):
        lines.append(f"ask      {'; '.join(map(plain, difference.asks.whom))}")
        lines.append(f"         {plain(difference.asks.question)}")
    return lines


def further_reasons(difference: DifferenceAnswer) -> str:
    """What speaks for the side beside the first cause's own sentence; "" where nothing does."""
    if not isinstance(difference.because, str) or not difference.explanations:
        return ""
    return difference.because.removeprefix(difference.explanations[0].why).removeprefix("; ")


def short_revisions(stated: str) -> str:
    """Commits as people name them: seven characters; versions as they are."""
    return ", ".join(part[:7] if len(part) == 40 else shortened(part, 20) for part in stated.split(", "))
