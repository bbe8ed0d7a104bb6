"""Commit steps: all of one repository become commits on one branch, one push and one request."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from whydrift.core.model.journal import ActState, Entry
from whydrift.core.model.plan import Step
from whydrift.core.remedy.commands import line
from whydrift.core.remedy.json_patch import holds_mask
from whydrift.core.remedy.patching import patched
from whydrift.core.report.patches import commit_message
from whydrift.core.report.words import plain
from whydrift.errors import NotPatched
from whydrift.ports import NotRead, Outcome, Proposal
from whydrift.usecases.apply.world import Act, Stopped, World, act

COMMIT, PUSH, PROPOSE = "commit", "push", "propose"


@dataclass(frozen=True)
class Batch:
    """The commit steps of one repository that go onto one branch, in the plan's order."""

    steps: tuple[Step, ...]
    branch: str

    @property
    def first(self) -> Step:
        """The step under whose name push and request stand in the journal."""
        return self.steps[0]

    @property
    def repo(self) -> str:
        """The repository's URL."""
        return self.first.repo


def batches(steps: Sequence[Step], plan: str) -> tuple[Batch, ...]:
    """Commit steps by repository and tracked branch; each batch has a branch of its own, named by the plan's digest."""
    gathered: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        if step.kind == "commit":
            gathered.setdefault((step.repo, step.branch), []).append(step)
    return tuple(Batch(tuple(members), f"whydrift/{plan[:10]}-{members[0].id}") for members in gathered.values())


async def unmoved(world: World, batch: Batch) -> tuple[dict[str, str], ...]:
    """The files that each step makes. Stopped where the branch moved since the plan, or an edit does not fit."""
    first = batch.first
    head = await world.clone.head(first.repo, first.branch or "HEAD")
    if isinstance(head, NotRead):
        raise Stopped(f"{first.repo}: {head.why}")
    if not head:
        raise Stopped(f"{first.repo} has no branch {first.branch}: a tag or a commit cannot be committed to")
    for step in batch.steps:
        if head != step.revision:
            seen, at = step.revision[:8] or "no commit", head[:8]
            moved = f"{step.branch or 'HEAD'} is at {at}, the plan saw {seen}, as Argo CD did"
            raise Stopped(f"{step.repo}: {moved}: plan again once it looked at {at} ({refreshed(step.applications)})")
    held: dict[str, str] = {}
    return tuple([await _files(world, step, held) for step in batch.steps])


def refreshed(applications: Sequence[str]) -> str:
    """How Argo CD is made to look at git now, for the first of several."""
    more = f", and {len(applications) - 1} more" if len(applications) > 1 else ""
    return f"{line('argocd', 'app', 'get', applications[0].rpartition(':')[2], '--refresh')}{more}"


async def _files(world: World, step: Step, held: dict[str, str]) -> dict[str, str]:
    """The files of a step after its edits; `held` are those that steps before it made, and takes up these."""
    found: dict[str, str] = {}
    for edit in step.edits:
        before: str | NotRead | None = held.get(edit.file)
        if before is None:
            before = await world.clone.content(step.repo, step.revision, edit.file)
        if isinstance(before, NotRead):
            raise Stopped(f"{edit.file}: {before.why}")
        if hashlib.sha256(before.encode()).hexdigest() != edit.before:
            raise Stopped(f"{edit.file} is not what the plan saw: plan again")
        try:
            found[edit.file] = held[edit.file] = patched(before, edit.diff)
        except NotPatched as error:
            raise Stopped(f"{edit.file}: {error}: was the plan changed by hand?") from error
        if holds_mask(edit.diff):
            raise Stopped(f"{edit.file}: the plan would write a masked value: this change is made by hand")
    return found


async def carry_out(world: World, batch: Batch) -> str:
    """Commit, push, and open the request; what came of it. Stopped where one of that is refused."""
    commit = world.done(batch.first.id, PUSH)
    if commit is None:
        commit = await _commits(world, batch, await unmoved(world, batch))
        await act(world, _push(world, batch, commit))
    return f"pushed {batch.branch} ({commit[:8]}): {await _request(world, batch)}"


async def _commits(world: World, batch: Batch, files: Sequence[dict[str, str]]) -> str:
    """The hash of the last commit; commits that the journal knows and the clone still holds are not made again."""
    parent = batch.first.revision
    for step, made_of in zip(batch.steps, files, strict=True):
        known = world.done(step.id, COMMIT)
        if known is None or not await world.clone.has(step.repo, known):
            known = await _committed(world, step, parent, made_of)
        parent = known
    return parent


async def _committed(world: World, step: Step, parent: str, files: dict[str, str]) -> str:
    made = await world.clone.commit(step.repo, parent, files, commit_message(step))
    if isinstance(made, NotRead):
        raise Stopped(f"step {step.id}: {made.why}")
    return world.note(step.id, COMMIT, ActState.DONE, made).detail


def _push(world: World, batch: Batch, commit: str) -> Act:
    async def send() -> Outcome:
        return await world.clone.push(batch.repo, commit, batch.branch)

    async def happened(_: Entry) -> str | NotRead:
        there = await world.clone.head(batch.repo, batch.branch)
        return there if isinstance(there, NotRead) or there == commit else ""

    return Act(batch.first.id, PUSH, send, happened, tells=bytes.decode)


async def _request(world: World, batch: Batch) -> str:
    """Open the pull or merge request; without a token, or where the forge refuses, say where a person opens it."""
    base = batch.first.branch
    if base in ("", "HEAD"):
        found = await world.clone.default_branch(batch.repo)
        if isinstance(found, NotRead):
            return f"open the request yourself ({found.why})"
        base = found
    wanted = Proposal(batch.repo, batch.branch, base, _title(batch), _body(batch))

    async def send() -> Outcome:
        return await world.forge.propose(wanted)

    async def happened(_: Entry) -> str | NotRead:
        return await world.forge.proposed(wanted)

    try:
        return await act(world, Act(batch.first.id, PROPOSE, send, happened, tells=bytes.decode))
    except Stopped as error:
        page = world.forge.page(wanted)
        return f"open the request yourself{': ' + page if page else ''} ({error})"


def _title(batch: Batch) -> str:
    more = len(batch.steps) - 1
    return plain(f"{batch.first.title}, and {more} more" if more else batch.first.title)


def _body(batch: Batch) -> str:
    """The messages of all commits; Markdown keeps them as they are in a block of code."""
    return "\n".join(f"```\n{commit_message(step).replace('```', '')}```\n" for step in batch.steps)


async def merged(world: World, batch: Batch) -> str:
    """Why the commits of a batch do not count as merged yet; "" where the tracked branch holds what they made."""
    commit = world.done(batch.steps[-1].id, COMMIT)
    if commit is None:
        return "it is not committed"
    head = await world.clone.head(batch.repo, batch.first.branch or "HEAD")
    if isinstance(head, NotRead):
        return head.why
    for file in dict.fromkeys(edit.file for step in batch.steps for edit in step.edits):
        wanted, there = [await world.clone.content(batch.repo, at, file) for at in (commit, head)]
        if isinstance(wanted, NotRead) or isinstance(there, NotRead) or wanted != there:
            return f"{batch.branch} is not merged yet"
    return ""
