"""What became of a plan: for each difference that a step was to close, whether it is gone, there, or back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from whydrift.core.model.plan import FieldRef, Plan, Step
from whydrift.core.model.triage import (
    Answered,
    ApplicationAnswer,
    DifferenceAnswer,
    GapAnswer,
    ReadAnswer,
    Value,
)
from whydrift.core.prove.edits import AFTER_SYNC
from whydrift.core.remedy.commands import line
from whydrift.core.report.tally import objects_of
from whydrift.core.report.words import Ink, count, plain, value, wrapped

SCHEMA = "whydrift.verification/1"
Became = Literal["converged", "left", "returned", "not-read"]
WORST_FIRST: tuple[Became, ...] = ("returned", "left", "not-read", "converged")
SPELLED: dict[Became, str] = {"converged": "converged", "left": "left", "returned": "returned", "not-read": "not read"}
NOTHING_PLANNED = "Nothing to verify: the plan has no step that was to close something"
INDENT = " " * 16
LONGEST = 500
"""Letters of a value, however wide a line may be."""
PLANNED = frozenset({"commit", "application", "annotate", "sync", "refresh", "delete", "manual"})
"""Steps that close something; what somebody has to decide first is not verified."""
Found = Mapping[str, ApplicationAnswer]
"""Applications by NAMESPACE/NAME, as they are now."""


class FieldVerified(Answered, frozen=True):
    """One difference of a step, and what became of it: what live holds now, who wrote it, and when."""

    field: FieldRef
    became: Became
    live: Value | msgspec.UnsetType = msgspec.UNSET
    by: str = ""
    since: str = ""
    waits: bool = False
    """git says what was planned, and a sync has to bring it."""


class StepVerified(Answered, frozen=True, omit_defaults=False):
    """One step with its differences."""

    id: str
    title: str
    became: Became
    fields: tuple[FieldVerified, ...]


class Verification(Answered, frozen=True, kw_only=True, omit_defaults=False):
    """The whole look."""

    plan: str
    read: ReadAnswer
    steps: tuple[StepVerified, ...]
    gaps: tuple[GapAnswer, ...] = ()
    schema: str = SCHEMA

    @property
    def exit_code(self) -> int:
        """0 all of it converged, 1 something is left or came back, 3 something was not read."""
        became = {step.became for step in self.steps}
        return 1 if became & {"left", "returned"} else 3 if "not-read" in became else 0


def verified(plan: Plan, found: Found) -> tuple[StepVerified, ...]:
    """What became of each step that was to close something."""
    return tuple(_step(step, found) for step in plan.steps if step.kind in PLANNED)


def mends(step: Step) -> bool:
    """Whether a step is about something broken, not about differences: `unmask` says whether it still is."""
    return step.kind in PLANNED and not step.fields


def _mended(step: Step, found: Found) -> Became:
    """Whether what was broken still is, by its object and its kind of trouble."""
    applications = [found.get(name) for name in step.applications]
    objects = {(item.id, item.namespace) for item in step.objects}
    for application in applications:
        if application is None or application.not_read or isinstance(application.unmasked, msgspec.UnsetType):
            return "not-read"
        if any((t.object, t.namespace) in objects and t.category in step.causes for t in application.unmasked):
            return "left"
    return "converged"


def _step(step: Step, found: Found) -> StepVerified:
    if mends(step):
        return StepVerified(id=step.id, title=step.title, became=_mended(step, found), fields=())
    fields = tuple(_field(step, field, found.get(field.application)) for field in step.fields)
    became = min((field.became for field in fields), key=WORST_FIRST.index, default=WORST_FIRST[-1])
    return StepVerified(id=step.id, title=step.title, became=became, fields=fields)


def _field(step: Step, field: FieldRef, application: ApplicationAnswer | None) -> FieldVerified:
    if application is None or application.not_read:
        return FieldVerified(field=field, became="not-read")
    now = _difference(field, application)
    if now is None:
        return FieldVerified(field=field, became="converged")
    by = now.by if isinstance(now.by, str) else ""
    since = now.since if isinstance(now.since, str) else ""
    became: Became = "returned" if _is_back(step, field, now) else "left"
    waits = became == "left" and _is_in_git(step, field, now)
    return FieldVerified(field=field, became=became, live=now.live, by=by, since=since, waits=waits)


def _difference(field: FieldRef, application: ApplicationAnswer) -> DifferenceAnswer | None:
    """The difference at the same place of the same object, shown or hidden; None where there is none any more."""
    for item in objects_of(application):
        if (item.id, item.namespace) == (field.object, field.namespace):
            for difference in item.differences:
                if difference.path == field.path:
                    return difference
    return None


def _is_back(step: Step, field: FieldRef, now: DifferenceAnswer) -> bool:
    """Whether the step was done and the difference is there all the same.

    Live is no longer what it was when the plan was made, or git says what was wanted, which needed no sync to close it.
    """
    wanted = not isinstance(field.wanted, msgspec.UnsetType)
    return now.live != field.live or (wanted and _is_in_git(step, field, now) and not _needs_sync(step))


def _is_in_git(step: Step, field: FieldRef, now: DifferenceAnswer) -> bool:
    """Whether git says what a commit was to make it say."""
    return step.kind == "commit" and now.target != field.target and now.target == field.wanted


def _needs_sync(step: Step) -> bool:
    return any(line.endswith(AFTER_SYNC) for line in step.proof.closes)


def verification_text(found: Verification, ink: Ink, width: int = 110) -> str:
    """One line a step, then what is left or back in it, with who wrote it; then what to do next."""
    counted = {each: sum(step.became == each for step in found.steps) for each in WORST_FIRST}
    head = f"{counted['converged']} of {count(len(found.steps), 'step')} converged"
    more = [f"{counted[each]} {SPELLED[each]}" for each in ("left", "returned", "not-read") if counted[each]]
    lines = [ink.strong(", ".join((head, *more)) if found.steps else NOTHING_PLANNED)]
    lines += [f"not read: {plain(gap.what)}: {plain(gap.why)}" for gap in found.gaps]
    for step in found.steps:
        mark = ink.quiet if step.became == "converged" else ink.alarm
        done = sum(field.became == "converged" for field in step.fields)
        told = f"{done} of {count(len(step.fields), 'field')}" if step.fields else "unmask looked again"
        first, *rest = wrapped(f"{step.title}   {told}", width, INDENT)
        lines += [f"{step.id:>3}  {mark(f'{SPELLED[step.became]:<10}')} {first[len(INDENT) :]}", *rest]
        lines += [line for each in _open(step, width) for line in wrapped(each, width, INDENT)]
    lines += [f"Next: {each}" for each in _next(found)]
    return "\n".join(lines) + "\n"


def _next(found: Verification) -> Iterator[str]:
    """What is left was not carried out, or not merged and synced yet; what came back has a writer."""
    back = [f.field.application for step in found.steps for f in step.fields if f.became == "returned"]
    for application in list(dict.fromkeys(back))[:3]:
        yield f"{line('whydrift', 'explain', application)}   what wrote it again"
    left = [field for step in found.steps for field in step.fields if field.became == "left"]
    if left and all(field.waits for field in left):
        for application in list(dict.fromkeys(field.field.application for field in left))[:3]:
            yield line("argocd", "app", "sync", application)
    elif any(step.became == "left" for step in found.steps):
        yield f"{line('whydrift', 'apply', found.plan)}, merge and sync; then {line('whydrift', 'verify', found.plan)}"


def _open(step: StepVerified, width: int) -> Iterator[str]:
    still = [field for field in step.fields if field.became != "converged"]
    for field in still[:5]:
        about = f"{field.field.application} {field.field.object} {field.field.path}".rstrip()
        who = f"; {field.by} wrote it{f' at {field.since}' if field.since else ''}" if field.by else ""
        live = (
            ""
            if isinstance(field.live, msgspec.UnsetType)
            else f", live is {value(field.live, min(max(width // 3, 30), LONGEST))}"
        )
        waits = "; git says what was planned: a sync brings it" if field.waits else ""
        yield f"{SPELLED[field.became]}: {about}{live}{who}{waits}"
    if len(still) > 5:
        yield f"… {len(still) - 5} more: -o json"
