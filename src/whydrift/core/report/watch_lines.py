"""What happened, a line for each thing: when, what, which application, which fields, why, whose side, who."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whydrift.core.model.finding import SEVERITIES, About, ApplicationName, Event, Severity, What, turned
from whydrift.core.report.words import Ink, plain, shortened

LONGEST_FIELD, LONGEST_OBJECT = 60, 60
Group = tuple[ApplicationName, What, str, str, str, str]


def event_lines(events: Iterable[Event], ink: Ink) -> list[str]:
    """Lines for a terminal, what hurts first: fields of one application with one cause and one writer share a line."""
    groups: dict[Group, list[Event]] = {}
    for event in events:
        found = event.found
        key = (event.application, event.what, found.cause, found.side, found.who, event.before)
        groups.setdefault(key, []).append(event)
    ordered = sorted(groups.values(), key=lambda group: min(SEVERITIES.index(e.found.severity) for e in group))
    return [_line(group, ink) for group in ordered]


def _line(group: Sequence[Event], ink: Ink) -> str:
    first = min(group, key=lambda event: SEVERITIES.index(event.found.severity))
    found = first.found
    what = f"{first.what.value}, {first.times_returned} ×" if first.what is What.RETURNED else first.what.value
    cause = f"{first.before} → {found.cause}" if first.what is What.CHANGED and first.before else found.cause
    told = [first.at, f"{what:<8}", plain(str(first.application)), _which(group), plain(cause), plain(found.side)]
    told += [turned(first.before), f"by {plain(found.who)}" if found.who else ""]
    line = "  ".join(part for part in told if part)
    if first.what is What.GONE or found.severity is Severity.NOISE:
        return ink.quiet(line)
    return ink.alarm(line) if found.severity in (Severity.BROKEN, Severity.LOSES) else line


def _which(group: Sequence[Event]) -> str:
    found = group[0].found
    objects = {(event.found.key.object, event.found.key.namespace) for event in group}
    name = plain(shortened(found.key.object.lstrip("/"), LONGEST_OBJECT))
    if len(objects) > 1:
        return f"{len(group)} fields in {len(objects)} objects ({name} …)"
    if len(group) > 1:
        return f"{name}  {len(group)} fields"
    field = found.field or ("" if found.key.about is About.TROUBLE else "the whole object")
    return f"{name}  {plain(shortened(field, LONGEST_FIELD))}"
