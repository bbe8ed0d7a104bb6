"""`whydrift guard`: one verdict a line, with what speaks against a sync; for terminals and for pull requests."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

import msgspec

from whydrift.core.model.effect import Does
from whydrift.core.model.triage import ApplicationAnswer, AskAnswer, EffectAnswer, ReadAnswer, SyncAnswer
from whydrift.core.report.guard_verdict import GuardVerdict, guard_verdict
from whydrift.core.report.sync_lines import differences_about, hurting, told
from whydrift.core.report.tally import called
from whydrift.core.report.words import Ink, count, markdown, plain, shortened

MARKER = "<!-- whydrift: guard -->"
"""The first line of the comment, by which it is found and written anew."""
LONGEST = 65_536
"""Characters that GitHub and GitLab take in a comment at least."""
_TOLD = 6


def guard_text(application: ApplicationAnswer, ink: Ink, width: int = 110, revision: str = "") -> str:
    """One application: the verdict in a line, then each effect that speaks against it."""
    verdict = guard_verdict(application)
    mark = ink.strong if verdict is GuardVerdict.SAFE else ink.alarm
    of = f" of {plain(revision[:12])}" if revision else ""
    lines = [f"{mark(verdict.value.ljust(9))} {plain(application.name)}: {_headline(application, verdict, of)}"]
    indent = " " * 10
    sync = application.sync
    if isinstance(sync, SyncAnswer):
        lines += [f"{indent}{part}" for line in _details(application, sync, verdict) for part in _wrapped(line, width)]
    return "\n".join(lines) + "\n"


def _wrapped(line: str, width: int) -> list[str]:
    """A detail over as many lines as it needs; what can be pasted stays in one piece."""
    room = max(width - 10, 40)
    return wrap(plain(line), room, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _headline(application: ApplicationAnswer, verdict: GuardVerdict, of: str) -> str:
    sync = application.sync
    if isinstance(sync, msgspec.UnsetType):
        return f"what a sync{of} would do is not known: {plain(application.not_read) or 'nothing was read'}"
    first = _against(application, sync, verdict)
    if not first:
        return f"a sync{of} {_quietly(sync)}"
    colon = ":" if first[0].does is Does.UNKNOWN else ""
    return f"a sync{of}{colon} {told(first[0])}."


def _quietly(sync: SyncAnswer) -> str:
    changing = [effect for effect in sync.effects if effect.does is not Does.NOTHING]
    stays = "" if sync.converges else "; Argo CD would still call it OutOfSync afterwards"
    if not changing:
        return f"changes nothing{stays}."
    return f"has {count(len(changing), 'effect')}, all of them known, and nothing that anybody wrote is lost{stays}."


def _against(application: ApplicationAnswer, sync: SyncAnswer, verdict: GuardVerdict) -> list[EffectAnswer]:
    """The effects that make the verdict."""
    match verdict:
        case GuardVerdict.NOT_SAFE:
            return hurting(application)
        case GuardVerdict.NOT_KNOWN:
            return [effect for effect in sync.effects if not effect.safe]
        case GuardVerdict.FAILS:
            return [effect for effect in sync.effects if effect.does is Does.FAIL]
        case GuardVerdict.SAFE:
            return []


def _details(application: ApplicationAnswer, sync: SyncAnswer, verdict: GuardVerdict) -> list[str]:
    against = _against(application, sync, verdict)
    lines = [line for effect in against[:1] for line in _lost(application, effect)]
    lines += [told(effect) for effect in against[1:_TOLD]]
    if len(against) > _TOLD:
        lines.append(f"… {len(against) - _TOLD} more: whydrift explain {application.name} --hidden")
    if verdict is GuardVerdict.SAFE:
        lines += [told(effect) for effect in sync.effects[:_TOLD] if effect.does is not Does.NOTHING]
    if verdict is GuardVerdict.NOT_SAFE:
        lines += [told(effect) for effect in sync.effects if effect.does is Does.FAIL][:_TOLD]
        lines += [f"keep it: whydrift plan {called(application)}"] if any(_loses(effect) for effect in against) else []
    return [*lines, *([sync.automatic] if isinstance(sync.automatic, str) else [])]


def _lost(application: ApplicationAnswer, effect: EffectAnswer) -> list[str]:
    """What would be lost by an effect, out of the evidence for it, and whom to ask; [] where nobody wants it."""
    if not _loses(effect):
        return []
    told = [
        (difference, found)
        for difference in differences_about(application, effect)
        for found in difference.explanations[:1]
        if found.cause == effect.loses
    ]
    if not told:
        return [f"loses: {effect.loses}"]
    difference, found = told[0]
    asks = difference.asks
    asked = [f"ask {', '.join(asks.whom)}: {asks.question}"] if isinstance(asks, AskAnswer) else []
    return [f"loses: {found.why} ({found.cause})", *asked]


def _loses(effect: EffectAnswer) -> bool:
    return isinstance(effect.loses, str)


def guard_markdown(applications: Iterable[ApplicationAnswer], read: ReadAnswer, revision: str = "") -> str:
    """A pull request comment with an update marker, 65,536 characters at most: what does not fit is counted."""
    of = f" of {markdown(revision[:12])}" if revision else ""
    parts = [MARKER, f"### whydrift guard: may a sync{of} be made?", ""]
    if not read.complete:
        parts += ["**Not read completely:**", *(f"- {markdown(f'{g.what}: {g.why}')}" for g in read.gaps[:20]), ""]
    room = LONGEST - sum(len(part) + 1 for part in parts) - 200
    left = 0
    for application in applications:
        section = _section(application)
        if len(section) + 1 > room:
            left += 1
            continue
        parts.append(section)
        room -= len(section) + 1
    if left:
        parts.append(f"… {count(left, 'more application')}: `whydrift guard -o text`")
    return "\n".join(parts) + "\n"


def _section(application: ApplicationAnswer) -> str:
    verdict, sync = guard_verdict(application), application.sync
    lines = [f"#### {markdown(application.name)}: {verdict.value}", ""]
    if isinstance(sync, msgspec.UnsetType):
        return "\n".join([*lines, markdown(application.not_read or "nothing was read"), ""])
    lines += [f"A sync {markdown(_quietly(sync))}", ""] if verdict is GuardVerdict.SAFE else []
    rows = [effect for effect in sync.effects if effect.does is not Does.NOTHING]
    if rows:
        lines += ["| object | a sync | safe | loses |", "|---|---|---|---|", *map(_row, rows[:100]), ""]
    if isinstance(sync.automatic, str):
        lines += [f"**{markdown(sync.automatic)}**", ""]
    return "\n".join(lines)


def _row(effect: EffectAnswer) -> str:
    loses = effect.loses if isinstance(effect.loses, str) else ""
    safe = "yes" if effect.safe else "**not known**" if effect.does is Does.UNKNOWN else "**no**"
    return f"| {markdown(effect.object)} | {markdown(shortened(effect.says, 300))} | {safe} | {loses} |"
