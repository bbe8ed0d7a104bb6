"""Rows for programs and for pull requests: TSV and Markdown. One row a difference."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import (
    ApplicationAnswer,
    AskAnswer,
    DifferenceAnswer,
    ObjectAnswer,
    ReadAnswer,
    SummaryAnswer,
)
from whydrift.core.report.guard_verdict import guard_verdict
from whydrift.core.report.remedy_lines import WORDS
from whydrift.core.report.tally import cause_of, objects_of
from whydrift.core.report.unmask_text import trouble_item
from whydrift.core.report.words import cell, code, count, markdown, value
from whydrift.core.unmask.since import troubles_in

COLUMNS = (
    "app",
    "object",
    "namespace",
    "path",
    "kind",
    "shown",
    "cause",
    "strength",
    "side",
    "git",
    "live",
    "by",
    "since",
    "fix",
    "where",
)
MARKDOWN_LIMIT = 65_000
"""Characters; a GitHub comment takes 65,536."""
MARKER = "<!-- whydrift -->"
"""Stands first in the Markdown, so that a later run finds its comment again and updates it."""


def tsv_header() -> str:
    """The first line of the TSV."""
    return "\t".join(COLUMNS) + "\n"


def tsv_rows(application: ApplicationAnswer) -> str:
    """One line a difference; an application that was not read or compared has a line that says so."""
    rows = [_row(application, item, d) for item in objects_of(application) for d in item.differences]
    if application.not_read or application.agrees == "not-compared":
        why = application.not_read or "; ".join(application.argocd.conditions)
        what = "not-read" if application.not_read else "not-compared"
        rows.append((application.name, *("",) * 5, what, *("",) * 3, why, *("",) * 4))
    return "".join("\t".join(map(cell, row)) + "\n" for row in rows)


def _row(application: ApplicationAnswer, item: ObjectAnswer, d: DifferenceAnswer) -> tuple[str, ...]:
    strength = d.explanations[0].strength.value if d.explanations else ""
    side = d.side.value if isinstance(d.side, Side) else ""
    place = (application.name, item.id, item.namespace or "cluster", d.path, d.kind, "yes" if d.shown else "no")
    written = tuple(part if isinstance(part, str) else "" for part in (d.by, d.since))
    fix = ("", "") if isinstance(d.remedy, msgspec.UnsetType) else (d.remedy.kind.value, d.remedy.where)
    return (*place, cause_of(d), strength, side, value(d.target, 200), value(d.live, 200), *written, *fix)


def markdown_document(applications: Iterator[ApplicationAnswer], read: ReadAnswer, summary: SummaryAnswer) -> str:
    """A page that fits a pull request comment; what does not fit is counted, never cut in the middle."""
    head = [
        MARKER,
        f"### whydrift: {count(summary.applications, 'application')}, {summary.out_of_sync} OutOfSync, "
        f"{count(summary.fields, 'field')}, {summary.unexplained} unexplained",
        "",
    ]
    if not read.complete:
        head += ["**Not read completely:**", *(f"- {markdown(f'{gap.what}: {gap.why}')}" for gap in read.gaps[:20]), ""]
    parts, length, left = head, sum(map(len, head)), 0
    for application in applications:
        section = _section(application)
        if section and length + len(section) > MARKDOWN_LIMIT:
            left += 1
        elif section:
            parts.append(section)
            length += len(section) + 1
    if left:
        parts.append(f"… {count(left, 'more application')}: `whydrift scan -o tsv`")
    return "\n".join(parts) + "\n"


def _section(application: ApplicationAnswer) -> str:
    rows = [_markdown_row(item, d) for item in objects_of(application) for d in item.differences]
    broken = [line for trouble in troubles_in(application) for line in trouble_item(application, trouble)]
    if not rows and not application.not_read and not broken:
        return ""
    said = application.argocd
    lines = [f"#### {markdown(application.name)} — {said.sync or 'not compared'}, {said.health or 'no health'}", ""]
    if application.not_read:
        lines += [f"**Not read:** {markdown(application.not_read)}", ""]
    if application.agrees == "not-compared":
        lines += ["**Argo CD could not compare it:** nothing below is known to be clean.", ""]
    if broken:
        lines += ["**Broken now:**", "", *broken, ""]
    if not isinstance(application.sync, msgspec.UnsetType):
        lines += [f"**A sync now:** {guard_verdict(application)}: {markdown(application.sync.because)}", ""]
    if rows:
        lines += ["| object | field | git | live | because | side | fix |", "|---|---|---|---|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _fix(d: DifferenceAnswer) -> str:
    """What to do, and where."""
    remedy = d.remedy
    if isinstance(remedy, msgspec.UnsetType):
        return ""
    return WORDS[remedy.kind] + (f" {code(remedy.where)}" if remedy.where else "")


def _markdown_row(item: ObjectAnswer, d: DifferenceAnswer) -> str:
    why = d.because if isinstance(d.because, str) else d.explanations[0].why if d.explanations else ""
    because = f"**{cause_of(d)}**" + (f": {markdown(why)}" if why else "")
    side = d.side.value if isinstance(d.side, Side) else ""
    if isinstance(d.asks, AskAnswer):
        side += f" {markdown('; '.join(d.asks.whom))}: {markdown(d.asks.question)}"
    field = code(d.field) if d.field else "the whole object"
    cells = (code(item.id), field, code(value(d.target)), code(value(d.live)), because, side, _fix(d))
    return "| " + " | ".join(part.replace("|", "\\|") for part in cells) + " |"
