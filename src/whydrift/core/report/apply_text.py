"""`whydrift apply`: everything that will be done, shown before anybody is asked; then what became of each step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from whydrift.core.model.applied import StepAnswer, StepState
from whydrift.core.model.dump import DumpedObject
from whydrift.core.model.plan import Plan, Step
from whydrift.core.remedy.carried import Carried
from whydrift.core.report.words import Ink, count, plain, wrapped

MARKS = {
    StepState.DONE: "done",
    StepState.WAITS: "waits",
    StepState.REFUSED: "REFUSED",
    StepState.STOPPED: "STOPPED",
    StepState.LEFT: "left",
}
ALARMS = frozenset({StepState.REFUSED, StepState.STOPPED})


def preview(plan: Plan, carried: Carried, ink: Ink, width: int = 110) -> str:
    """The steps that will be carried out, each with all that it writes; then those that are left, with the reason."""
    lines: list[str] = []
    for step in carried.steps:
        lines += [ink.strong(line) for line in wrapped(step.title, width, f"{step.id:>3}  {step.kind}  ")]
        lines += [f"     {line}" for line in _shown(step)]
    lefts = [step for step in plan.steps if step.id in carried.left]
    if lefts:
        lines += ["", "Left:"]
    for step in lefts:
        lines += wrapped(f"{step.title}: {carried.left[step.id]}", width, f"{step.id:>3}  {step.kind}  ")
    lines += [] if carried.steps else ["", "Nothing is to be carried out."]
    return "\n".join(lines).lstrip("\n") + "\n"


def _shown(step: Step) -> Iterator[str]:
    """What a step writes, whole: a diff, a patch, the objects that go."""
    yield f"because {plain(step.why)}"
    if step.safety != "safe":
        yield f"{step.safety.value}"
    for line in (*_hides(step), *_wider(step)):
        yield plain(line)
    for edit in step.edits:
        yield from (plain(line) for line in edit.diff.split("\n") if line)
    about = [f"{plain(item.id)}{' in ' + plain(item.namespace) if item.namespace else ''}" for item in step.objects]
    if step.merge:
        patched = map(plain, step.applications) if step.kind == "application" else about
        yield f"patch {', '.join(patched)}: {plain(msgspec.json.encode(step.merge).decode())}"
    if step.kind in ("delete", "sync"):
        yield from (f"{step.kind} {item}" for item in about)


def _hides(step: Step) -> Iterator[str]:
    return (f"hides {line}" for line in step.proof.hides)


def _wider(step: Step) -> Iterator[str]:
    return (f"also changes {line}" for line in step.proof.wider)


def step_line(step: StepAnswer, ink: Ink) -> str:
    """What became of one step."""
    mark = MARKS[step.state].ljust(8)
    return f"{ink.alarm(mark) if step.state in ALARMS else mark}{step.id:>3}  {plain(step.title)}: {plain(step.says)}\n"


def refused_text(refused: Sequence[StepAnswer], ink: Ink) -> str:
    """Why nothing is carried out."""
    told = "".join(step_line(step, ink) for step in refused)
    return f"{told}Nothing was changed: {count(len(refused), 'step')} cannot be carried out as planned.\n"


def exit_code(steps: Iterable[StepAnswer]) -> int:
    """0 where every chosen step is in place, 1 where one was refused, stopped, or waits."""
    return int(any(step.state not in (StepState.DONE, StepState.LEFT) for step in steps))


def restore_text(objects: Sequence[DumpedObject]) -> str:
    """What a rollback creates, and what it cannot bring back."""
    if not objects:
        return "Everything that the dump holds is there: nothing to restore.\n"
    lines = []
    for item in objects:
        lines.append(f"create {plain(item.id)}{' in ' + plain(item.namespace) if item.namespace else ''}")
        lines += [f"       not restored: {plain(lost)}" for lost in item.lost]
    return "\n".join(lines) + "\n"
