"""Which steps of a plan are carried out: those that a program may, or those that the user names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whydrift.core.model.plan import ApplicationRef, Plan, Step
from whydrift.core.model.remedy import Safety
from whydrift.errors import UsageError

CARRIED = frozenset({"commit", "application", "annotate", "sync", "refresh", "delete"})
"""The kinds of step that a program can carry out."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The steps to carry out, in the plan's order, and why each of the others is left (by id)."""

    steps: tuple[Step, ...]
    left: dict[str, str]


def carried(plan: Plan, only: tuple[str, ...] = ()) -> Carried:
    """What is carried out: what `only` names, else everything that is safe and proven.

    UsageError where a name is no step, or names one that no program carries out.
    """
    known = {step.id: step for step in plan.steps}
    for name in only:
        if name not in known:
            raise UsageError(f"--only {name}: the plan has no such step ({', '.join(known) or 'it has none'})")
        if reason := _never(known[name]):
            raise UsageError(f"--only {name}: {reason}")
    left = {step.id: reason for step in plan.steps if (reason := _left(step, only))}
    while more := dict(_stranded(plan, left, only)):
        left |= more
    return Carried(tuple(step for step in plan.steps if step.id not in left), left)


def _stranded(plan: Plan, left: dict[str, str], only: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Steps that come after one which is left. UsageError where the user named one of them."""
    for step in plan.steps:
        missing = next((before for before in stands_on(plan, step) if before in left), "")
        if not missing or step.id in left:
            continue
        if step.id in only:
            raise UsageError(f"--only {step.id}: it comes after step {missing}, which is not carried out: name both")
        yield step.id, f"comes after step {missing}, which is left"


def stands_on(plan: Plan, step: Step) -> tuple[str, ...]:
    """The steps without which a step cannot be carried out.

    Commits to one repository come one after the other; those that share no file and no application may do without
    each other.
    """
    return tuple(before.id for before in plan.steps if before.id in step.after and not _apart(before, step))


def _apart(before: Step, step: Step) -> bool:
    if (before.kind, step.kind) != ("commit", "commit"):
        return False
    files = {edit.file for edit in before.edits}
    return files.isdisjoint(edit.file for edit in step.edits) and set(before.applications).isdisjoint(step.applications)


def _left(step: Step, only: tuple[str, ...]) -> str:
    """Why a step is left; "" where it is carried out."""
    if only:
        return "" if step.id in only else "not selected"
    if reason := _never(step):
        return reason
    return "" if step.safety is Safety.SAFE else f"not safe without a look: --only {step.id} carries it out"


def _never(step: Step) -> str:
    """Why no program carries a step out, whoever asks."""
    if step.kind not in CARRIED:
        return "a person has to decide" if step.kind == "ask" else "to be done by hand, as the runbook says"
    if step.safety is Safety.MANUAL:
        return "to be done by hand, as the runbook says"
    if step.proof.why_not:
        return f"not proven: {step.proof.why_not}"
    if step.kind in ("application", "annotate") and not step.merge:
        return "the plan does not say what to write"
    return ""


def applications_of(plan: Plan, step: Step) -> tuple[ApplicationRef, ...]:
    """The applications that a step is about, as they were when the plan was made."""
    return tuple(ref for ref in plan.applications if ref.named in step.applications)
