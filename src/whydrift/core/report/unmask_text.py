"""What is broken now, for people: one block a trouble, the line that says why, and where in git to look."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from whydrift.core.model.triage import ApplicationAnswer, GapAnswer, UnmaskedAnswer
from whydrift.core.model.trouble import NOT_IN_GIT
from whydrift.core.report.words import Ink, cell, code, count, markdown, plain, shortened
from whydrift.core.unmask.since import troubles_in

MINUTE, HOUR, DAY = 60, 3600, 86_400
LONGEST_LINES = 4
WAITS_SHOWN = 12
MARKER = "<!-- whydrift: unmask -->"
COLUMNS = (
    "app", "object", "namespace", "container", "state", "reason", "exit", "restarts", "since", "category", "change",
    "pods", "line", "source", "near",
)  # fmt: skip


def unmask_exit_code(applications: Sequence[ApplicationAnswer], gaps: Sequence[GapAnswer]) -> int:
    """1 something is broken; 3 something could not be looked at; 0 nothing is broken."""
    if any(troubles_in(application) for application in applications):
        return 1
    return 3 if gaps or any(application.unseen or application.not_read for application in applications) else 0


def unmask_text(applications: Sequence[ApplicationAnswer], gaps: Sequence[GapAnswer], ink: Ink, width: int) -> str:
    """The page of `whydrift unmask`: what was not read first, then what is broken, then what recovered."""
    found = sum(len(troubles_in(application)) for application in applications)
    holders = sum(bool(troubles_in(application)) for application in applications)
    unread = _unread(applications, gaps)
    nothing = "nothing broken was seen" if unread else "nothing broken"
    broken = f"{count(found, 'thing')} broken in {count(holders, 'application')}" if found else nothing
    whole = "NOT read completely." if unread else "Read completely."
    head = f"{count(len(applications), 'application')}, {broken}.  {whole}"
    lines = [head]
    if unread:
        lines += ["", ink.alarm("NOT READ"), *(f"  {shortened(line, width - 2)}" for line in unread[:8])]
    if found:
        lines += ["", ink.strong("BROKEN NOW, behind the noise"), *broken_lines(applications, ink, width)]
    lines += _waiting(applications, ink, width)
    lines += _left(applications, ink, width)
    lines += _recovered(applications, ink, width)
    return "\n".join(lines) + "\n"


def broken_lines(applications: Iterable[ApplicationAnswer], ink: Ink, width: int) -> list[str]:
    """The blocks of everything that is broken in some applications."""
    return [
        line
        for application in applications
        for trouble in troubles_in(application)
        for line in _block(application, trouble, ink, width)
    ]


def _block(application: ApplicationAnswer, trouble: UnmaskedAnswer, ink: Ink, width: int) -> list[str]:
    new = f"{ink.alarm('NEW')}  " if trouble.change == "new" else ""
    head = f"  {ink.alarm(plain(application.name))}  {new}{plain(_about(trouble))}"
    what = f"{_state(trouble)}{_since(trouble.since, application.seen_at)}"
    together = len(application.name) + len(_about(trouble)) + len(what) + 12 <= width
    lines = [f"{head}  {plain(what)}"] if together else [head, f"      {shortened(what, width - 6)}"]
    said = [part for part in trouble.line.replace("\t", " ").split("\n") if part.strip()] or [
        _silence(application, trouble)
    ]
    room = width - len(trouble.category.value) - 8
    lines.append(f"      {ink.strong(trouble.category.value)}  {_cut(readable(said[0]), room)}")
    lines += [f"        {shortened(part, width - 8)}" for part in said[1:LONGEST_LINES]]
    return [*lines, *_place(trouble, ink)]


def _silence(application: ApplicationAnswer, trouble: UnmaskedAnswer) -> str:
    """Why there is no line: nobody could read the log, or it says nothing."""
    unread = any(
        gap.what.startswith("log of ") and any(pod in gap.what for pod in trouble.pods) for gap in application.unseen
    )
    return "its log was not read" if unread else "nothing says why"


LOGFMT = re.compile(r"\b(level|msg|message|error|err|reason)=(\"(?:[^\"\\]|\\.)*\"|\S+)")


def readable(line: str) -> str:
    """A line of a log for people: of structured ones the level, the message and the error; others as they stand."""
    parts = {key: value.strip('"') for key, value in LOGFMT.findall(line)}
    if line.startswith("{"):
        parts = _json_parts(line)
    said = [parts[key] for key in ("msg", "message", "error", "err", "reason") if parts.get(key)]
    return f"{parts.get('level', 'says')}: {': '.join(dict.fromkeys(said))}" if said else line


def _json_parts(line: str) -> dict[str, str]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(record, dict):
        return {}
    inner = {key: value.get("message") if isinstance(value, dict) else value for key, value in record.items()}
    return {str(key): value for key, value in inner.items() if isinstance(value, str)}


def _cut(text: str, room: int) -> str:
    """A text that fits: its beginning says what, its end why."""
    safe = plain(text)
    half = max(room // 2 - 1, 10)
    return safe if len(safe) <= room else f"{safe[:half]} … {safe[-(room - half - 3) :]}"


def _about(trouble: UnmaskedAnswer) -> str:
    kind, name = trouble.object.split("/", 2)[1:]
    pods = f" ({len(trouble.pods)} of {trouble.of} pods)" if trouble.of > 1 and trouble.pods else ""
    container = f" container {trouble.container}" if trouble.container and trouble.container != name else ""
    place = f"{trouble.namespace}/{name}" if trouble.namespace else name
    return f"{kind} {place}{container}{pods}"


def _state(trouble: UnmaskedAnswer) -> str:
    parts = ["restarts again and again" if trouble.state == "Running" else trouble.state]
    if isinstance(trouble.reason, str) and trouble.reason not in ("Error", trouble.state):
        parts.append(trouble.reason)
    if trouble.restarts:
        parts.append(count(trouble.restarts, "restart"))
    if isinstance(trouble.exit, int):
        parts.append(f"exit {trouble.exit}")
    return ", ".join(parts)


def _since(since: str, now: str) -> str:
    """`, since 2026-03-26 (21 days)`; "" where nothing tells."""
    return f", since {since[:10]}{f' ({age})' if (age := age_of(since, now)) else ''}" if since else ""


def age_of(since: str, now: str) -> str:
    """How long ago a time was, in its largest unit; "" where one of the times is not known."""
    try:
        passed = (datetime.fromisoformat(now) - datetime.fromisoformat(since)).total_seconds()
    except ValueError:
        return ""
    for length, unit in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if passed >= length:
            return count(int(passed // length), unit)
    return "just now"


def _place(trouble: UnmaskedAnswer, ink: Ink) -> list[str]:
    if isinstance(trouble.source, str) and trouble.source != NOT_IN_GIT:
        return [f"      {ink.quiet('from')}   {plain(trouble.source)}"]
    if isinstance(trouble.near, str):
        apart = f"  {ink.quiet('(git does not hold the cause)')}" if trouble.source == NOT_IN_GIT else ""
        return [f"      {ink.quiet('near')}   {plain(trouble.near)}{apart}"]
    return []


def _unread(applications: Sequence[ApplicationAnswer], gaps: Sequence[GapAnswer]) -> list[str]:
    lines = [f"{application.name}: {application.not_read}" for application in applications if application.not_read]
    every = [*gaps, *(gap for application in applications for gap in application.unseen)]
    lines += [f"{gap.what}: {gap.why}{f'  → needs {gap.needs}' if gap.needs else ''}" for gap in every]
    return list(dict.fromkeys(lines))


def _waiting(applications: Sequence[ApplicationAnswer], ink: Ink, width: int) -> list[str]:
    """What Argo CD does not call well, for less time than it may take, or by its nature: never called fine."""
    rows = [
        f"  {plain(application.name)}  {shortened(said, width - len(application.name) - 4)}"
        for application in applications
        for said in application.waits
    ]
    more = [f"  … {count(len(rows) - WAITS_SHOWN, 'more object')}: -o json"] if len(rows) > WAITS_SHOWN else []
    return ["", ink.strong("NOT WELL, and nothing says that it is broken"), *rows[:WAITS_SHOWN], *more] if rows else []


def _left(applications: Sequence[ApplicationAnswer], ink: Ink, width: int) -> list[str]:
    """The applications that were Progressing at the earlier look and are not any more, with what they complain of."""
    left = [a for a in applications if a.health_before == "Progressing" and a.argocd.health != "Progressing"]
    rows = [row for a in left for row in (_left_row(a), *_complaints(a, width))]
    return ["", ink.strong("NO LONGER Progressing"), *rows] if rows else []


def _left_row(application: ApplicationAnswer) -> str:
    said = _count_of(troubles_in(application))
    if not (troubles_in(application) or application.unseen or application.complaints):
        said += ", no error in its logs"
    return f"  {plain(application.name)}  is {plain(application.argocd.health)}; {said}"


def _complaints(application: ApplicationAnswer, width: int) -> list[str]:
    """What containers write that run: nobody calls it broken, and nobody looked at it while it was Progressing."""
    return [
        f"      {plain(found.object.rpartition('/')[2])} {plain(found.container)} runs, and writes  "
        f"{_cut(readable(found.line.partition(chr(10))[0]), max(width - 50, 40))}"
        for found in application.complaints
    ]


def _count_of(found: Sequence[UnmaskedAnswer]) -> str:
    return f"{count(len(found), 'thing')} broken in it" if found else "nothing broken in it"


def _recovered(applications: Sequence[ApplicationAnswer], ink: Ink, width: int) -> list[str]:
    rows = [(application.name, trouble) for application in applications for trouble in application.recovered]
    if not rows:
        return []
    lines = [
        f"  {plain(name)}  {shortened(f'{_about(t)}  was {_state(t)}', width - len(name) - 6)}" for name, t in rows
    ]
    return ["", ink.strong("RECOVERED since the earlier look"), *lines]


def unmask_tsv(applications: Iterable[ApplicationAnswer]) -> str:
    """One line a trouble, with a header; a trouble that is gone has `gone` as its change."""
    rows = [
        _row(application, trouble, change)
        for application in applications
        for found, change in ((troubles_in(application), ""), (application.recovered, "gone"))
        for trouble in found
    ]
    return "".join("\t".join(map(cell, row)) + "\n" for row in (COLUMNS, *rows))


def _row(application: ApplicationAnswer, t: UnmaskedAnswer, change: str) -> tuple[str, ...]:
    stated = [
        str(part) if isinstance(part, str | int) else "" for part in (t.reason, t.exit, t.source, t.near, t.change)
    ]
    place = (application.name, t.object, t.namespace, t.container, t.state, stated[0], stated[1], str(t.restarts))
    return (*place, t.since, t.category.value, change or stated[4], ",".join(t.pods), t.line, stated[2], stated[3])


def trouble_item(application: ApplicationAnswer, trouble: UnmaskedAnswer) -> list[str]:
    """What is broken, as an item of a Markdown list: where, since when, the line that says why."""
    where = trouble.source if isinstance(trouble.source, str) and trouble.source != NOT_IN_GIT else ""
    what = f"{trouble.category.value}, {_state(trouble)}{_since(trouble.since, application.seen_at)}"
    place = f", from {code(where)}" if where else ""
    said = [f"  {code(part.strip())}" for part in trouble.line.split("\n")[:LONGEST_LINES] if part.strip()]
    return [f"- **{markdown(application.name)}** {markdown(_about(trouble))}: {markdown(what)}{place}", *said]


def unmask_markdown(applications: Sequence[ApplicationAnswer], gaps: Sequence[GapAnswer]) -> str:
    """A page for a pull request or an issue."""
    found = [(application, trouble) for application in applications for trouble in troubles_in(application)]
    lines = [MARKER, f"### whydrift: {count(len(found), 'thing')} broken now", ""]
    unread = _unread(applications, gaps)
    lines += ["**Not read completely:**", *(f"- {markdown(line)}" for line in unread[:20]), ""] if unread else []
    lines += [line for application, trouble in found for line in trouble_item(application, trouble)]
    waits = [(application.name, said) for application in applications for said in application.waits]
    lines += ["", "Not well, and nothing says that it is broken:"] if waits else []
    lines += [f"- **{markdown(name)}** {markdown(said)}" for name, said in waits[:WAITS_SHOWN]]
    return "\n".join(lines) + "\n"
