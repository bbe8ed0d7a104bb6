"""History for people: what happened, newest first, a day at a time; and what comes and goes, with who fights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from whydrift.core.model.finding import SEVERITIES, Judged, Severity, What, otherwise, turned
from whydrift.core.model.history import EventAnswer, FlapAnswer, HistoryAnswer, KnownAnswer, NameAnswer
from whydrift.core.report.ages import age
from whydrift.core.report.words import Ink, cell, code, count, ending, markdown, plain, shortened

ALARMING = frozenset({What.NEW.value, What.RETURNED.value})
SAID = {
    Severity.BROKEN: "broken",
    Severity.LOSES: "that a sync would lose",
    Severity.UNEXPLAINED: "unexplained",
    Severity.ATTENTION: "to attend to",
    Severity.NOISE: "noise",
}
COLUMNS = (
    "at",
    "what",
    "app",
    "object",
    "namespace",
    "path",
    "field",
    "cause",
    "side",
    "severity",
    "by",
    "before",
    "times returned",
)
MOST = 12
"""Objects of one moment that are told one by one."""
FLAP_COLUMNS = ("app", "object", "namespace", "field", "cause", "side", "times", "writers", "git changed", "since")


def named(name: NameAnswer) -> str:
    """An application as selectors take it."""
    stated = f"{name.namespace}/{name.name}" if name.namespace else name.name
    return plain(f"{name.instance}:{stated}" if name.instance else stated)


def history_text(answer: HistoryAnswer, ink: Ink, width: int = 110) -> str:
    """The applications that were asked for, then each day with what happened on it."""
    if not answer.applications and not answer.events:
        return "Nothing is kept yet: `whydrift watch` or `whydrift serve` keep what they see.\n"
    lines = _head(answer, ink)
    for day, events in groupby(answer.events, key=lambda event: event.at[:10]):
        lines += ["", ink.strong(f"{day}  {_day(day, answer.at)}")]
        for _, moment in groupby(events, key=lambda event: (event.at, event.application, event.what)):
            lines += _moment(list(moment), len(answer.applications) != 1, ink, width)
    if not answer.events:
        lines += ["", f"Nothing happened since {answer.since[:10]}."]
    if answer.more:
        lines += ["", "… more happened before that: --limit, or a later --since"]
    return "\n".join(lines) + "\n"


def _head(answer: HistoryAnswer, ink: Ink) -> list[str]:
    known = answer.applications
    if len(known) == 1:
        return _one(known[0], answer.at, ink)
    red = sum(one.sync == "OutOfSync" for one in known)
    happened = ", ".join(f"{number} {what.value}" for what in What if (number := _number(answer.events, what)))
    lines = [f"{count(len(known), 'application')}, {red} OutOfSync, {_open(known)}"]
    told = f"The last {count(len(answer.events), 'event')}" if answer.more else f"Since {answer.since[:10]}"
    return [*lines, f"{told}: {happened}"] if happened else lines


def _number(events: Sequence[EventAnswer], what: What) -> int:
    return sum(event.what == what for event in events)


def _one(known: KnownAnswer, now: str, ink: Ink) -> list[str]:
    """One application: Argo CD's word of it, what is open and since when, and how old all that is."""
    state = ", ".join(filter(None, (plain(known.sync), plain(known.health))))
    seen = f"seen {age(known.at, now)}"
    oldest = f", the oldest {age(known.oldest, now)}" if known.oldest else ""
    lines = [f"{ink.strong(named(known.application))}  {state}   {seen}", f"{_open([known])}{oldest}"]
    return [*lines, ink.alarm(f"not read: {plain(known.not_read)}")] if known.not_read else lines


def _open(known: Sequence[KnownAnswer]) -> str:
    """`3 findings open: 1 broken, 2 to attend to`."""
    counted = {severity: sum(one.open.get(severity, 0) for one in known) for severity in SEVERITIES}
    told = ", ".join(f"{number} {SAID[severity]}" for severity, number in counted.items() if number)
    return f"{count(sum(counted.values()), 'finding')} open" + (f": {told}" if told else "")


def _day(day: str, now: str) -> str:
    ago = age(f"{day}T00:00:00Z", f"{now[:10]}T00:00:00Z").partition(" (")[0]
    return "today" if day == now[:10] else ago


def _moment(events: Sequence[EventAnswer], with_name: bool, ink: Ink, width: int) -> Iterator[str]:
    """What one look told of one application, worst first: a line for each cause, in its own history for each object."""
    first = events[0]
    name = f"{named(first.application)}  " if with_name else ""
    rows: dict[tuple[str, ...], list[EventAnswer]] = {}
    for event in sorted(events, key=lambda event: SEVERITIES.index(Severity(event.severity))):
        one = () if with_name else (event.object, event.namespace)
        rows.setdefault((*one, event.cause, event.side, event.who, event.before), []).append(event)
    what = (ink.alarm if first.what in ALARMING else ink.quiet)(f"{first.what:<9}")
    for members in list(rows.values())[:MOST]:
        because = plain(_because(members))
        place, field = _place(members)
        room = max(width - 24 - len(because) - len(name), 30)
        told = f"{shortened(place, room)} {ending(field, max(room - len(place), 12))}".rstrip()
        yield f"  {first.at[11:16]}  {what} {name}{told}   {because}"
    if len(rows) > MOST:
        yield f"  {first.at[11:16]}  {what} {name}… {count(len(rows) - MOST, 'more line')}: -o tsv"


def _place(events: Sequence[EventAnswer]) -> tuple[str, str]:
    """The object and the field; how many there are, where it is more than one."""
    first = events[0]
    objects = {(event.object, event.namespace) for event in events}
    if len(objects) > 1:
        return f"{count(len(events), 'field')} in {count(len(objects), 'object')}", ""
    _, kind, name = first.object.split("/", 2)
    return f"{kind}/{name}", first.field if len(events) == 1 else count(len(events), "field")


def _because(events: Sequence[EventAnswer]) -> str:
    """Cause and side, what it was before, who wrote it, and how often it came back."""
    first = events[0]
    times = max(event.times_returned for event in events)
    now = Judged(first.cause, first.side, Severity(first.severity), first.shown)
    before = otherwise(first.before, now)
    was = f"was {before}" if before else ""
    by = f"by {first.who}" if first.who else ""
    back = f"back {times}×" if times and first.what == What.RETURNED else ""
    return ", ".join(filter(None, (first.cause, first.side, was, turned(first.before), by, back)))


def flaps_text(answer: HistoryAnswer, ink: Ink, width: int = 110) -> str:
    """What comes and goes, most often first, and the two that fight over it."""
    if not answer.flaps:
        return f"Nothing came back since {answer.since[:10]}.\n"
    lines = [f"Since {answer.since[:10]}, {count(len(answer.flaps), 'finding')} came back, most often first", ""]
    for flap in answer.flaps:
        found = flap.finding
        _, kind, name = found.object.split("/", 2)
        place = f"{kind}/{name} {found.field}"
        times = ink.alarm(f"{flap.times:>4}×")
        state = "gone now" if found.gone else f"there {age(found.since, answer.at)}"
        lines.append(f"{times} {shortened(f'{named(found.application)}  {place}', width - 6)}")
        lines.append(f"      {shortened(f'{_judged(flap)}; {state}', width - 6)}")
        lines.append(f"      {shortened(fight(flap), width - 6)}")
    return "\n".join(lines) + "\n"


def _judged(flap: FlapAnswer) -> str:
    return ", ".join(filter(None, (flap.finding.cause, flap.finding.side)))


def fight(flap: FlapAnswer) -> str:
    """Who writes it, and who takes it back: git where its revision was another each time that it went."""
    writers = [plain(writer) for writer in flap.writers]
    if len(writers) > 1:
        return f"{writers[0]} against {writers[1]}" + (f", and {len(writers) - 2} more" if len(writers) > 2 else "")
    one = writers[0] if writers else "somebody whom managed fields do not name"
    went = max(flap.times, 1)
    if flap.by_git >= went:
        return f"{one} against git: it goes when git changes"
    return f"{one} against git's value, which a sync or somebody writes again: git did not change meanwhile"


def history_tsv(answer: HistoryAnswer, flaps: bool) -> str:
    """One line an event, or a line each for what comes and goes."""
    columns, rows = (FLAP_COLUMNS, map(_flap, answer.flaps)) if flaps else (COLUMNS, map(_row, answer.events))
    return "".join("\t".join(map(cell, row)) + "\n" for row in (columns, *rows))


def _row(event: EventAnswer) -> tuple[str, ...]:
    place = (event.object, event.namespace or "cluster", event.path, event.field)
    judged = (event.cause, event.side, event.severity, event.who, event.before, str(event.times_returned))
    return (event.at, event.what, named(event.application), *place, *judged)


def _flap(flap: FlapAnswer) -> tuple[str, ...]:
    found = flap.finding
    place = (found.object, found.namespace or "cluster", found.field, found.cause, found.side)
    return (named(found.application), *place, str(flap.times), ", ".join(flap.writers), str(flap.by_git), found.since)


def history_markdown(answer: HistoryAnswer, flaps: bool) -> str:
    """A table of the same."""
    if flaps:
        rows = [(*_flap(flap)[:7], fight(flap)) for flap in answer.flaps]
        return _table((*FLAP_COLUMNS[:7], "who against whom"), rows, {1, 3})
    return _table(COLUMNS[:5] + COLUMNS[6:9] + COLUMNS[10:11], [_short(event) for event in answer.events], {3, 5})


def _short(event: EventAnswer) -> tuple[str, ...]:
    row = _row(event)
    return row[:5] + row[6:9] + row[10:11]


def _table(columns: Sequence[str], rows: Sequence[tuple[str, ...]], quoted: set[int]) -> str:
    """A Markdown table; the columns at `quoted` are code."""
    lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = (code(part) if place in quoted and part else markdown(part) for place, part in enumerate(row))
        lines.append("| " + " | ".join(part.replace("|", "\\|") for part in cells) + " |")
    return "\n".join(lines) + "\n"
