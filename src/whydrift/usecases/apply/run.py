"""The whole apply: check every step before the first is carried out, then go through them in the plan's order."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass

from whydrift.core.model.applied import StepAnswer, StepState
from whydrift.core.model.journal import RUN, ActState
from whydrift.core.model.plan import ApplicationRef, Plan, Step
from whydrift.core.remedy.carried import Carried, applications_of, stands_on
from whydrift.errors import WhydriftError
from whydrift.usecases.apply import commits
from whydrift.usecases.apply.commits import Batch, batches, merged
from whydrift.usecases.apply.deletes import delete
from whydrift.usecases.apply.leftovers import deletable
from whydrift.usecases.apply.looking import application
from whydrift.usecases.apply.patches import annotate, annotated_unmoved, application_unmoved, patch_application
from whydrift.usecases.apply.syncs import refresh, sync, sync_unmoved
from whydrift.usecases.apply.world import Stopped, World

CARRIED_OUT = "carried out"
"""The act that ends a step."""
SELECTED = "selected"
EXPLAINED = frozenset({"sync", "delete"})
"""The kinds of step whose applications are explained anew before."""


@dataclass(frozen=True)
class Run:
    """A plan with what is selected of it; `resume` is the command that goes on with it."""

    plan: Plan
    carried: Carried
    world: World
    resume: str

    @property
    def batches(self) -> tuple[Batch, ...]:
        """The commit steps, together as they are pushed."""
        return batches(self.carried.steps, self.world.plan)

    def batch_of(self, step: str) -> Batch | None:
        """The batch that a commit step is part of."""
        return next((batch for batch in self.batches if any(member.id == step for member in batch.steps)), None)


def selected(world: World) -> tuple[str, ...]:
    """The steps that the interrupted apply was to carry out; () where none was begun."""
    found = [e for e in world.journal.entries if (e.step, e.act) == (RUN, SELECTED)]
    return tuple(found[-1].detail.split()) if found else ()


def begin(run: Run) -> None:
    """Write down what is selected: --resume goes on with it."""
    run.world.note(RUN, SELECTED, ActState.DONE, " ".join(step.id for step in run.carried.steps))


def left(run: Run) -> list[StepAnswer]:
    """The steps that are left to a person, or not chosen."""
    return [
        answer(step, StepState.LEFT, run.carried.left[step.id], step.commands)
        for step in run.plan.steps
        if step.id in run.carried.left
    ]


async def refusals(run: Run) -> list[StepAnswer]:
    """The selected steps that cannot be carried out now, each with the reason.

    Not for what was begun: an interrupted act may have changed what the others look at, and nobody has noted it yet.
    Every step looks again before it changes anything.
    """
    now = [step for step in run.carried.steps if not _waits_for_merge(run, step)]
    looked_at = {ref for step in now if step.kind in EXPLAINED for ref in applications_of(run.plan, step)}
    if looked_at:
        await run.world.again.look_ahead(looked_at)
    found: list[StepAnswer] = []
    for step in now:
        try:
            await _check(run, step)
        except WhydriftError as error:
            found.append(answer(step, StepState.REFUSED, str(error)))
    run.world.again.forget()
    return found


def _waits_for_merge(run: Run, step: Step) -> bool:
    """Whether a step comes after commits: what it finds then is not what is there now."""
    return any(run.batch_of(before) is not None for before in step.after) and step.kind != "commit"


async def _check(run: Run, step: Step) -> None:
    """Stopped where something is not as the plan saw it."""
    world = run.world
    if step.kind == "commit":
        batch = run.batch_of(step.id)
        if batch is not None and batch.first is step:
            await commits.unmoved(world, batch)
        return
    for ref in _refs(run, step):
        match step.kind:
            case "application":
                await application_unmoved(world, step, ref)
            case "annotate":
                await annotated_unmoved(world, step, ref)
            case "sync":
                await sync_unmoved(world, step, ref)
            case "delete":
                await deletable(world, step, ref)
            case _:  # a refresh changes nothing, whatever moved
                await application(world, ref)


def _refs(run: Run, step: Step) -> Sequence[ApplicationRef]:
    found = applications_of(run.plan, step)
    if not found:
        raise Stopped("the plan does not say how its applications looked: plan again")
    return found


async def carry_out(run: Run) -> AsyncGenerator[StepAnswer, None]:
    """Carry the selected steps out; each is told when it is over. What depends on one that is not done waits."""
    over: dict[str, StepState] = {}
    for step in run.carried.steps:
        told = await _told(run, step, over)
        over[step.id] = told.state
        yield told


async def _told(run: Run, step: Step, over: dict[str, StepState]) -> StepAnswer:
    """What becomes of one step."""
    try:
        if waiting := await _waiting(run, step, over):
            return answer(step, StepState.WAITS, waiting)
        says = run.world.done(step.id, CARRIED_OUT)
        if says is None:
            says = await _carry_out(run, step)
            run.world.note(step.id, CARRIED_OUT, ActState.DONE, says)
        back = () if step.kind == "delete" else step.rollback  # the way back from a delete is its dump, told in words
        return answer(step, StepState.DONE, says, back)
    except WhydriftError as error:
        return answer(step, StepState.STOPPED, str(error))


async def _waiting(run: Run, step: Step, over: dict[str, StepState]) -> str:
    """What a step waits for, "" where nothing keeps it. After a step that stopped, nothing is begun."""
    if run.world.done(step.id, CARRIED_OUT) is not None:
        return ""
    stopped = next((id for id, state in over.items() if state is StepState.STOPPED), "")
    if stopped:
        return f"for step {stopped}, which stopped; then: {run.resume}"
    for before in stands_on(run.plan, step):
        if over.get(before) is not StepState.DONE:
            return f"for step {before}"
        batch = run.batch_of(before)
        if batch is not None and step.kind != "commit" and (reason := await merged(run.world, batch)):
            return f"for step {before}: {reason}; then: {run.resume}"
    return ""


async def _carry_out(run: Run, step: Step) -> str:
    world = run.world
    if step.kind == "commit":
        batch = run.batch_of(step.id)
        assert batch is not None, "every selected commit step is part of a batch"
        pushed = world.done(batch.first.id, CARRIED_OUT)  # the whole batch goes out with its first step
        return pushed if pushed is not None else await commits.carry_out(world, batch)
    says = [await _for_application(run, step, ref) for ref in _refs(run, step)]
    return "; ".join(dict.fromkeys(says))


async def _for_application(run: Run, step: Step, ref: ApplicationRef) -> str:
    world = run.world
    match step.kind:
        case "application":
            return await patch_application(world, step, ref)
        case "annotate":
            return await annotate(world, step, ref)
        case "sync":
            return await sync(world, step, ref, await _heads(run, step.after))
        case "delete":
            return await delete(world, step, ref)
        case _:
            return await refresh(world, step, ref)


async def _heads(run: Run, after: Iterable[str]) -> tuple[str, ...]:
    """Where the branches are that the commits before a step were merged into."""
    found: dict[str, None] = {}
    for before in after:
        batch = run.batch_of(before)
        head = await run.world.clone.head(batch.repo, batch.first.branch or "HEAD") if batch is not None else ""
        if isinstance(head, str) and head:
            found[head] = None
    return tuple(found)


def answer(step: Step, state: StepState, says: str, commands: Sequence[str] = ()) -> StepAnswer:
    """What became of a step."""
    return StepAnswer(id=step.id, kind=step.kind, title=step.title, state=state, says=says, commands=tuple(commands))
