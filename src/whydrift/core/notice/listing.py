"""Messages and silences as lists for people."""

from __future__ import annotations

from collections.abc import Sequence

from whydrift.core.model.finding import Severity
from whydrift.core.model.notice import Delivery, Matcher, Outgoing, Silence
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.notice.message import title
from whydrift.core.report.words import plain, shortened

LONGEST = 200
SHOWN = 8
"""Characters of a key: enough to tell messages apart."""


def messages_text(messages: Sequence[Outgoing]) -> str:
    """One line a message with how its key begins, and the reason where it was not taken."""
    if not messages:
        return "no message was made yet"
    rows = [
        (m.notice.key[:SHOWN], m.state.value, m.notice.route, m.sent or m.due, _tries(m), title(m.notice))
        for m in messages
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines: list[str] = []
    for message, row in zip(messages, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row[:5], widths, strict=True)]
        lines.append("  ".join((*cells, plain(row[5]))).rstrip())
        lines += [f"    {shortened(message.error, LONGEST)}"] if message.error else []
    return "\n".join(lines)


def _tries(message: Outgoing) -> str:
    return f"{message.attempts} {'try' if message.attempts == 1 else 'tries'}"


def messages_json(messages: Sequence[Outgoing]) -> JsonObject:
    """Messages as data, with their keys."""
    rows: list[Json] = [
        {
            "id": message.id,
            "state": message.state.value,
            "route": message.notice.route,
            "key": message.notice.key,
            "at": message.notice.at,
            "due": message.due if message.state is Delivery.WAITING else "",
            "attempts": message.attempts,
            "error": message.error,
            "sent": message.sent,
            "title": title(message.notice),
        }
        for message in messages
    ]
    return {"schema": "whydrift.messages/1", "messages": rows}


def silences_text(silences: Sequence[Silence], now: str) -> str:
    """One line a silence: what it is about, until when, who said so and why."""
    if not silences:
        return "nothing is silenced"
    return "\n".join(_silence(silence, now) for silence in silences)


def _silence(silence: Silence, now: str) -> str:
    state = "until" if silence.until > now else "ended"
    said = f"{state} {silence.until}  {said_of(silence.matcher)}  ({silence.by}: {silence.reason})"
    return f"{silence.id}  {plain(said)}"


def silences_json(silences: Sequence[Silence]) -> JsonObject:
    """Silences as data."""
    rows: list[Json] = [
        {
            "id": silence.id,
            "about": said_of(silence.matcher),
            "reason": silence.reason,
            "by": silence.by,
            "since": silence.since,
            "until": silence.until,
        }
        for silence in silences
    ]
    return {"schema": "whydrift.silences/1", "silences": rows}


def said_of(matcher: Matcher) -> str:
    """What a matcher means, in words."""
    stated = {
        "cause": matcher.causes,
        "side": matcher.sides,
        "app": matcher.applications,
        "project": matcher.projects,
        "team": matcher.teams,
        "label": matcher.labels,
    }
    parts = [f"{name} {' or '.join(globs)}" for name, globs in stated.items() if globs]
    parts += [f"severity {matcher.severity.value} or worse"] if matcher.severity is not Severity.NOISE else []
    return ", ".join(parts) or "everything"
