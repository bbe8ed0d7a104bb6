"""`whydrift scan` for people: what was not read, what to look at first, then why, most fields first."""

from __future__ import annotations

from collections.abc import Mapping

from whydrift.core.model.triage import ApplicationAnswer, ReadAnswer
from whydrift.core.report.remedy_lines import WORDS
from whydrift.core.report.tally import (
    UNDECIDED,
    UNEXPLAINED,
    CauseTally,
    Pattern,
    Tally,
    cause_of,
    concern,
    objects_of,
)
from whydrift.core.report.unmask_text import broken_lines
from whydrift.core.report.unread import unread_lines
from whydrift.core.report.words import Ink, count, plain, plural, shortened, teaching, under_one_root
from whydrift.core.unmask.since import troubles_in

SAYS = {
    "not-read": "NOT READ",
    "not-compared": "NOT COMPARED",
    UNEXPLAINED: "UNEXPLAINED",
    "ask": "ask",
    "cluster": "cluster",
    "git": "git",
    "structure": "structure",
    UNDECIDED: "undecided",
}
ALARMING = frozenset({"not-read", "not-compared", UNEXPLAINED, "ask", "cluster"})
UNFORESEEN_SHOWN = 4
WAITS_SHOWN = 4
ROOMY = 110
"""Columns from which on the table of causes says what to do."""
EXPLAIN = "whydrift explain APP"
SIDE = 14
"""Columns of the sides of a cause."""


def triage_text(tally: Tally, read: ReadAnswer, titles: Mapping[str, str], ink: Ink, width: int = 110) -> str:
    """The first screen of a scan."""
    parts = [
        _headline(tally, read),
        *unread_lines(read, tally.unseen, tally.not_read, ink),
        *_broken(tally, ink, width),
        *_unwell(tally, ink, width),
        *_hurting(tally, ink, width),
        *_unforeseen(tally, ink, width),
        *_first(tally, ink, width),
        *_why(tally, titles, ink, width),
        *tally.safe.lines(tally.named, ink, width),
    ]
    return "\n".join([*parts, *_next(tally)]).rstrip() + "\n"


def _headline(tally: Tally, read: ReadAnswer) -> str:
    if not tally.applications and read.complete:
        return "0 applications: none to tell of.  Read completely."
    clean = not tally.fields and not tally.troubles and not tally.out_of_sync and not tally.unknown and not tally.hidden
    if clean and read.complete:
        broken = ", nothing broken" if tally.looked == tally.applications else ""
        broken += f", {tally.unwell} not well" if tally.unwell else ""
        said = f"{count(tally.applications, 'application')}, all Synced{_unhealthy(tally)}; nothing differs{broken}"
        return f"{said}.  Read completely."
    unknown = f", {tally.unknown} Unknown" if tally.unknown else ""
    hidden = f", {tally.hidden} hidden" if tally.hidden else ""
    hidden += f", {tally.accepted} accepted" if tally.accepted else ""
    compared = ", ".join(f"{name} {number}" for name, number in tally.compared_by.most_common())
    fields = f"{count(tally.fields, 'field')} {'differs' if tally.fields == 1 else 'differ'}{hidden}"
    whole = "Read completely." if read.complete else "NOT read completely."
    return (
        f"{count(tally.applications, 'application')}, {tally.out_of_sync} OutOfSync{unknown}{_unhealthy(tally)}; "
        f"{fields}.  {whole}  compared: {compared or 'nothing'}"
    )


def _unhealthy(tally: Tally) -> str:
    return f", {tally.unhealthy} not Healthy" if tally.unhealthy else ""


def _broken(tally: Tally, ink: Ink, width: int) -> list[str]:
    """What is broken now, whatever differs."""
    if not tally.troubles:
        return []
    lines = broken_lines(tally.broken, ink, width)
    shown = sum(len(troubles_in(application)) for application in tally.broken)
    more = [f"  … {tally.troubles - shown} more: whydrift unmask"] if tally.troubles > shown else []
    heading = "BROKEN NOW, behind the noise".ljust(max(width - 16, 30))
    return ["", ink.strong(f"{heading}whydrift unmask"), *lines, *more]


def _unwell(tally: Tally, ink: Ink, width: int) -> list[str]:
    """What Argo CD does not call well, and nothing shows to be broken: never called fine; a few of it."""
    rows = [(tally.named(name), says) for name, says in tally.waits[:WAITS_SHOWN]]
    heading = "NOT WELL, and nothing says that it is broken"
    return _listed(heading, "whydrift unmask", rows, tally.unwell, ink, width)


def _hurting(tally: Tally, ink: Ink, width: int) -> list[str]:
    """The applications whose sync would take something away, or fail."""
    rows = [(tally.named(name), says) for name, says in tally.hurting]
    return _foreseen(f"A SYNC WOULD HURT ({count(tally.hurt, 'application')})", rows, tally.hurt, ink, width)


def _unforeseen(tally: Tally, ink: Ink, width: int) -> list[str]:
    """The applications whose sync may do what is not known, a few of them."""
    rows = [(tally.named(name), says) for name, says in tally.unforeseeable[:UNFORESEEN_SHOWN]]
    heading = f"NOT KNOWN WHAT A SYNC WOULD DO ({count(tally.unforeseen, 'application')})"
    return _foreseen(heading, rows, tally.unforeseen, ink, width)


def _foreseen(heading: str, rows: list[tuple[str, str]], found: int, ink: Ink, width: int) -> list[str]:
    return _listed(heading, EXPLAIN, rows, found, ink, width)


def _listed(heading: str, how: str, rows: list[tuple[str, str]], found: int, ink: Ink, width: int) -> list[str]:
    """What is said of some applications, below a heading with the command that says more."""
    if not rows:
        return []
    longest = min(max(len(plain(name)) for name, _ in rows), 40)
    room = max(width - longest - 4, 30)
    lines = [f"  {ink.alarm(shortened(name, longest).ljust(longest))}  {shortened(says, room)}" for name, says in rows]
    more = [f"  … {found - len(lines)} more: whydrift scan -o json"] if found > len(lines) else []
    return ["", ink.strong(f"{heading.ljust(max(width - len(how) - 2, 12))}{how}"), *lines, *more]


def _first(tally: Tally, ink: Ink, width: int) -> list[str]:
    if not tally.first:
        return []
    longest = min(max(len("READ FIRST"), *(len(tally.called(application)) for _, application in tally.first)), 40)
    lines = [_application(tally, application, longest, ink, width) for _, application in tally.first]
    needing = sum(number for found, number in tally.concerns.items() if found)
    more = [f"  … {needing - len(lines)} more: whydrift scan -o tsv"] if needing > len(lines) else []
    heading = f"{'READ FIRST'.ljust(longest + 4)}{'side'.ljust(14)}what differs, and why  ".ljust(max(width - 22, 12))
    fits = len(heading) + len(EXPLAIN) <= width
    return ["", ink.strong(f"{heading}{EXPLAIN}" if fits else heading.rstrip()), *lines, *more]


def _application(tally: Tally, application: ApplicationAnswer, longest: int, ink: Ink, width: int) -> str:
    found = concern(application)
    name = shortened(tally.called(application), longest).ljust(longest)
    mark = ink.alarm if found in ALARMING else ink.strong
    what = shortened(_example(application, found), max(width - longest - 18, 20))
    return f"  {mark(name)}  {SAYS[found].ljust(14)}{what}"


def _example(application: ApplicationAnswer, found: str) -> str:
    """What is meant, in a few words: the first difference that this concern is about, and how many more there are."""
    if found == "not-read":
        return application.not_read
    if found == "not-compared":
        return (
            "; ".join(application.argocd.conditions)
            or "Argo CD answered nothing: what it holds is not known to be clean"
        )
    alike = [
        (item, difference)
        for item in objects_of(application)
        for difference in item.differences
        if found in (difference.side, cause_of(difference))
    ]
    if not alike:
        return ""
    item, difference = alike[0]
    kind, name = item.id.split("/", 2)[1:]
    more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
    field = f" {difference.field}" if difference.field else ""
    return f"{cause_of(difference)}: {kind}/{name}{field}{more}"


def _why(tally: Tally, titles: Mapping[str, str], ink: Ink, width: int) -> list[str]:
    if not tally.causes:
        return []
    rows = sorted(tally.causes.items(), key=lambda row: (row[0] in (UNEXPLAINED, UNDECIDED), -row[1].fields, row[0]))
    name, doing = _columns(width)
    head = f"{'WHY, most fields first'.ljust(name + 2)}{'fields':>6}  {'objects':>7}  {'apps':>4}  side"
    head = f"{head.ljust(len(head) + SIDE - 4)}  what to do" if doing else head
    lines = [line for cause, row in rows for line in _cause(cause, row, titles, ink, width)]
    if UNEXPLAINED not in tally.causes:
        lines.append(f"  {UNEXPLAINED.ljust(name)}{0:>6}")
    return ["", ink.strong(head), *lines]


def _columns(width: int) -> tuple[int, bool]:
    """How wide the names of causes are, and whether there is room for what to do."""
    return (width - 62, True) if width >= ROOMY else (max(width - 50, 38), False)


def _cause(cause: str, row: CauseTally, titles: Mapping[str, str], ink: Ink, width: int) -> list[str]:
    name, doing = _columns(width)
    named = f"{cause}  ({titles[cause]})" if cause in titles else cause
    named = shortened(named, name - 2).ljust(name)
    sides = ", ".join(side for side, _ in row.sides.most_common() if side)
    mark = ink.alarm if cause == UNEXPLAINED else ink.strong
    numbers = f"{row.fields:>6}  {row.objects:>7}  {row.applications:>4}  {sides}"
    if doing and row.remedies:
        numbers = f"{numbers.ljust(23 + SIDE)}  {shortened(WORDS[row.remedies.most_common(1)[0][0]], width - 89)}"
    told = [*_patterns(row, width), *(_writers(row, width) if cause == UNEXPLAINED else ())]
    return [f"  {mark(named)}{numbers}", *(f"      {ink.quiet(line)}" for line in told)]


def _writers(row: CauseTally, width: int) -> list[str]:
    """Who wrote what nobody explains, and how to say what that is."""
    return [
        shortened(f"{number} written by {writer}: what is it? In whydrift.toml: {teaching(writer)}", width - 6)
        for writer, number in row.writers.most_common(3)
    ]


def _patterns(row: CauseTally, width: int) -> list[str]:
    """What many objects share: `16 ExternalSecrets in 10 apps, one cause, one fix: spec.data[].remoteRef.…`."""
    wide = sorted(row.patterns.items(), key=lambda each: (-each[1].objects, each[0]))
    return [shortened(_pattern(kind, pattern, row), width - 6) for kind, pattern in wide[:3] if pattern.objects > 1]


def _pattern(kind: str, pattern: Pattern, row: CauseTally) -> str:
    """One line for a kind: the fields that most of its objects share are named, the others counted."""
    wide = pattern.applications > 1
    ranked = sorted((name for name in pattern.fields if name), key=lambda name: (-pattern.fields[name], name))
    shared = [name for name in ranked if 2 * pattern.fields[name] > pattern.objects] or ranked[:1]
    alike = len(row.sides) == 1 and bool(ranked) and 2 * pattern.fields[ranked[0]] > pattern.objects
    parts = (
        f"{pattern.objects} {plural(kind)}",
        f" in {count(pattern.applications, 'app')}" if wide else "",
        ", one cause, one fix" if wide and alike else "",
        f": {under_one_root(shared)}" if shared else "",
        f" and {count(len(ranked) - len(shared), 'more field')}" if len(ranked) > len(shared) else "",
    )
    return "".join(parts)


def _next(tally: Tally) -> list[str]:
    """The commands that go on from here, the one for the worst first."""
    worst = _worst(tally)
    steps = [f"whydrift explain {plain(worst)}"] if worst else []
    steps += ["whydrift plan   the fixes, each proven by comparing again"] if worst and tally.fields else []
    if tally.unhealthy and not tally.looked:
        are = "application is" if tally.unhealthy == 1 else "applications are"
        steps.append(f"whydrift unmask   why {tally.unhealthy} {are} not Healthy")
    return ["", "Next: " + "\n      ".join(steps)] if steps else []


def _worst(tally: Tally) -> str:
    """The application to look at first: the first one that a section names, the worst section first; "" without any."""
    if tally.first:
        return tally.called(tally.first[0][1])
    foreseen = [name for name, _ in (*tally.hurting, *tally.unforeseeable)]
    wide = sorted(tally.causes.items(), key=lambda row: (-row[1].fields, row[0]))
    having = [row.example for _, row in wide if row.example]
    return next(map(tally.named, (*foreseen, *having)), "")
