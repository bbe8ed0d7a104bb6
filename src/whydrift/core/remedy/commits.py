"""Edits of files in git as the commit of a step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from whydrift.core.model.application import Application
from whydrift.core.model.plan import EditStep, Step
from whydrift.core.model.remedy import Edit
from whydrift.core.remedy import commands
from whydrift.core.remedy.batches import tracked
from whydrift.core.remedy.text.diff import unified


def committed(step: Step, edits: Iterable[Edit], home: Application, before: Iterable[Step]) -> Step:
    """A step with edits of one repository as its commit; `home` is an application that is rendered from it.

    `before` are the steps before it: a runbook clones each branch that is committed to once.
    """
    files = composed(edits)
    repo = files[0].repo
    place = next((n for n, source in enumerate(home.sources) if source.repo == repo), len(home.revisions))
    branch = tracked(home, repo)
    cloned = list(dict.fromkeys((*((each.repo, each.branch) for each in before if each.repo), (repo, branch))))
    work = commands.work_folder(cloned.index((repo, branch)) + 1)
    patch = f"patches/{step.id.zfill(4)}-{step.remedy.value}-{step.causes[0]}.patch"
    return msgspec.structs.replace(
        step,
        repo=repo,
        branch=branch,
        revision=home.revisions[place] if place < len(home.revisions) else "",
        edits=tuple(
            EditStep(file=e.file, line=e.line, how=e.how, before=_digest(e.before), diff=unified(e)) for e in files
        ),
        patch=patch,
        commands=commands.commit_commands(repo, branch, step.id, patch, work),
        rollback=commands.commit_rollback(step.id, work),
    )


def composed(edits: Iterable[Edit]) -> list[Edit]:
    """One edit a file: from what it held before the first to what it holds after the last."""
    files: dict[tuple[str, str], Edit] = {}
    for edit in edits:
        held = files.get((edit.repo, edit.file))
        files[edit.repo, edit.file] = edit if held is None else replace(held, after=edit.after)
    return list(files.values())


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
