"""`whydrift postmortem`: a Markdown page for the follow-up, out of a plan and perhaps what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from whydrift.core.model.plan import FieldRef, Plan, Step
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.model.triage import Value
from whydrift.core.report.verification import Verification
from whydrift.core.report.words import code, count, markdown, value

BY_HAND = frozenset(
    {
        "person-edits-live",
        "person-adds-what-diff-ignores",
        "ignore-rule-hides-change",
        "explicit-zero-hides-change",
        "both-sides-changed",
        "rolled-back-in-argocd",
        "another-pipeline-applies",
        "kubectl-stamps-annotation",
    }
)
"""Causes that are somebody's doing beside git: a person's, a script's, another pipeline's."""
UNDECIDED = frozenset({RemedyKind.ASK, RemedyKind.OUT_OF_BAND})
LONGEST = 300
"""Letters of a value in the table: where two of them part must be seen."""
Row = tuple[Step, FieldRef]
Named = tuple[str, str, str, str]


def postmortem(plan: Plan, found: Verification | None) -> str:
    """The page. `found` says what became of each step; without it the plan alone speaks."""
    rows = [(step, field) for step in plan.steps for field in step.fields]
    became = _became(found)
    by_hand = sorted(
        (row for row in rows if row[1].cause in BY_HAND), key=lambda row: (row[1].since, row[1].application)
    )
    lines = ["# Postmortem: what differed from git", "", _head(plan, found), ""]
    lines += _section("Changed beside git", _changes(by_hand, became), "Nothing was changed by hand.")
    lines += _section("Taken over into git", _done(rows, (RemedyKind.ADOPT,), became), "Nothing was taken over.")
    lines += _section("Put back to what git says", _done(rows, (RemedyKind.SYNC,), became), "Nothing was put back.")
    lines += _section("Still to be decided", _open(plan), "Nothing is open.")
    lines += _section("Everything else", _rest(plan), "")
    lines += ["## Follow-up", "", *_follow_up(by_hand)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(plan: Plan, found: Verification | None) -> str:
    rows = [field for step in plan.steps for field in step.fields]
    of = {name for step in plan.steps for name in step.applications}
    looked = f" Looked at again at {markdown(found.read.at)}." if found else ""
    return (
        f"{count(len(rows), 'field')} in {count(len(of), 'application')} of {code(plan.source)} at "
        f"{markdown(plan.at)} (Argo CD {markdown(plan.argocd) or 'of an unknown version'}).{looked}"
    )


def _section(title: str, lines: Iterator[str], nothing: str) -> list[str]:
    body = list(lines)
    if not body and not nothing:
        return []
    return [f"## {title}", "", *(body or [nothing]), ""]


def _became(found: Verification | None) -> Mapping[Named, str]:
    """What became of each difference, by name."""
    if found is None:
        return {}
    return {_named(each.field): each.became for step in found.steps for each in step.fields}


def _named(field: FieldRef) -> Named:
    return field.application, field.object, field.namespace, field.path


def _changes(rows: Sequence[Row], became: Mapping[Named, str]) -> Iterator[str]:
    """A table: when, who, what, from, to, and what is to become of it."""
    if rows:
        yield "| when | who | application | object | field | git | cluster | then |"
        yield "|---|---|---|---|---|---|---|---|"
    for step, field in rows:
        cells = (
            markdown(field.since or "not recorded"),
            markdown(field.by or "not recorded"),
            code(field.application),
            code(field.object),
            code(field.path or "(whole)"),
            _value(field.target),
            _value(field.live),
            markdown(_then(step, became.get(_named(field), ""))),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(side: Value | msgspec.UnsetType) -> str:
    return "–" if isinstance(side, msgspec.UnsetType) else code(value(side, LONGEST))


def _then(step: Step, became: str) -> str:
    planned = {
        RemedyKind.ADOPT: "adopted in git",
        RemedyKind.SYNC: "put back by a sync",
        RemedyKind.ASK: "to be decided",
    }.get(step.remedy, step.remedy.value)
    return f"{planned} (step {step.id}{': ' + became if became else ''})"


def _done(rows: Sequence[Row], kinds: tuple[RemedyKind, ...], became: Mapping[Named, str]) -> Iterator[str]:
    for step, field in rows:
        if step.remedy in kinds:
            state = became.get(_named(field), "planned")
            about = f"{code(field.application)} {code(field.object)} {code(field.path or '(whole)')}"
            yield f"- {about}{' in ' + code(field.where) if field.where else ''}: {markdown(state)}"


def _open(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        if step.remedy in UNDECIDED or step.kind in ("ask", "manual"):
            yield f"- [ ] {markdown(step.title)}: {markdown(step.why)}"
    for row in plan.left:
        if row.why.startswith(("unexplained", "undecided")):
            about = f"{code(row.application)} {code(row.object)} {code(row.path or '(whole)')}"
            yield f"- [ ] {about}: {markdown(row.why)}"


def _rest(plan: Plan) -> Iterator[str]:
    shown = {RemedyKind.ADOPT, RemedyKind.SYNC} | UNDECIDED
    for step in plan.steps:
        if step.remedy not in shown and step.kind not in ("ask", "manual"):
            yield f"- {markdown(step.title)} ({', '.join(map(code, step.causes))})"


def _follow_up(rows: Sequence[Row]) -> Iterator[str]:
    """Questions that the next meeting answers; the names are those of the managed fields."""
    writers = sorted({field.by for _, field in rows if field.by})
    if rows:
        yield "- Why was the change made in the cluster and not in git? Was the way through git too slow?"
    if writers:
        yield f"- Who or what are {', '.join(map(code, writers))}, and should they write there at all?"
    if any(not field.since for _, field in rows):
        yield "- Some changes have no recorded time (scale writes none): is the API server's audit log kept?"
    yield "- Should automated self-heal, or an alert on OutOfSync with its cause, have told of this earlier?"
