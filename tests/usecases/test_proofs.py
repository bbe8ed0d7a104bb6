"""Proofs held against the corpus: the right edits, made as folders, are proven; edits in wrong places never are.

Real servers said what became of both: Synced after the right ones, OutOfSync after the others (`not_fixed`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.render.tools import tools
from tests.replay.recorded import corpus, stated

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.files.recording import Recording
from whydrift.adapters.git.bundles import RecordedRepositories
from whydrift.adapters.render.renderer import ToolRenderer
from whydrift.core.compare.differences import changes
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference
from whydrift.core.model.remedy import Change, Edit, How, Proof
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import ABSENT, is_object
from whydrift.core.pipeline import ApplicationOutcome, ObjectOutcome, situation_of
from whydrift.core.prove.edits import prove_edit
from whydrift.ports import NotRead
from whydrift.settings import Settings
from whydrift.usecases.facts import FactReader
from whydrift.usecases.renderings import Rendered, Renderings
from whydrift.usecases.scan import Read, visit
from whydrift.usecases.triage import Look, look_at
from whydrift.wiring import analysis

EVERY = int(os.environ.get("WHYDRIFT_EVERY", "4"))
CORPUS = corpus()
PROVING = CORPUS[0].parents[2] / "proving" / "scenarios" if CORPUS else Path()
Case = tuple[Path, Path]


def _cases(key: str) -> Iterator[Case]:
    """Scenarios with folders of files under a key of their own."""
    for folder in CORPUS:
        named = stated(folder).get(key) or []
        for name in [named] if isinstance(named, str) else named if isinstance(named, list) else []:
            if (PROVING / folder.name / name).is_dir():
                yield folder, PROVING / folder.name / name


FIXED, NOT_FIXED = list(_cases("fixed")), list(_cases("not_fixed"))


class Tried:
    """A recording looked at, with a folder's files in place of those of its repository."""

    def __init__(self, folder: Path, files: Path, adopts: bool = False) -> None:
        """`adopts`: what is wanted is that git says all that live says; else whatever the files change."""
        self.folder, self.files, self.adopts = folder, files, adopts
        self.proofs: list[Proof] = []
        source = Recording(folder)
        self.repositories = RecordedRepositories(source.files)
        self.renderer = ToolRenderer(self.repositories, tools())
        asyncio.run(self._visit(source))

    async def _visit(self, source: Recording) -> None:
        masker = Masker(b"k" * 16)
        reader = lambda instance: FactReader(source, masker, builtin_schemas(), instance, self.repositories)  # noqa: E731
        named = lambda application: application.name == self.folder.name  # noqa: E731
        try:
            async for _ in visit(source, analysis(Settings(), False), reader, named, Read(), self._look):
                pass
        finally:
            self.repositories.close()

    async def _look(self, application: Application, how: Look) -> None:
        outcome, _ = await look_at(application, how)
        renders = Renderings(self.renderer, how.reader)
        situation = situation_of(outcome, lambda key: how.reader.facts(application, key), how.analysis)
        before = await renders.before(situation)
        if isinstance(before, NotRead) or not outcome.objects:
            return
        after = await renders.after(situation, await self._edits(application))
        assert not isinstance(after, NotRead), after.why
        self.proofs = list(self._proofs(situation, outcome, before, after))

    async def _edits(self, application: Application) -> list[Edit]:
        repo = application.sources[0].repo
        tree = await self.repositories.tree(repo, application.revisions[0], "")
        assert not isinstance(tree, NotRead), tree.why
        there = {
            str(file.relative_to(self.files)): file.read_bytes() for file in self.files.rglob("*") if file.is_file()
        }
        edited = {name: content for name, content in there.items() if name not in tree or tree[name].content != content}
        return [Edit(repo, name, 1, How.YAML, "", content.decode()) for name, content in edited.items()]

    def _proofs(
        self, situation: Situation, outcome: ApplicationOutcome, before: Rendered, after: Rendered
    ) -> Iterator[Proof]:
        """What is proven for each object that differs on both sides."""
        for found in outcome.objects:
            target, made = found.object.target, after.get(found.key, ABSENT)
            masked = found.key.kind == "Secret"
            if masked or found.key not in before or not is_object(target) or found.object.live is ABSENT:
                continue
            if self.adopts:
                wanted = [Change(d.path, d.live) for d in _shown(found)]
            else:
                wanted = [Change(change.left, change.on_right) for change in changes(target, made)]
            yield prove_edit(situation, found.key, _touched(found, wanted), wanted, before, after)


def _shown(found: ObjectOutcome) -> list[Difference]:
    return [finding.difference for finding in found.findings if finding.difference.shown]


def _touched(found: ObjectOutcome, edited: list[Change]) -> list[Difference]:
    """The shown differences of an object at the places that are changed, above or below them."""
    return [
        d
        for d in _shown(found)
        if any(d.path[: len(c.path)] == c.path or c.path[: len(d.path)] == d.path for c in edited)
    ]


@pytest.mark.parametrize(("folder", "files"), FIXED[::EVERY], ids=lambda place: place.name)
def test_law_the_right_edit_is_proven(folder: Path, files: Path) -> None:
    """For every object that it changes."""
    refused = [proof.why_not for proof in Tried(folder, files).proofs if proof.why_not]
    assert refused == []


@pytest.mark.parametrize(("folder", "files"), NOT_FIXED, ids=lambda place: place.name)
def test_law_an_edit_in_a_wrong_place_leaves_something(folder: Path, files: Path) -> None:
    """Argo CD said OutOfSync after it: not for every object may it be proven that git says what live says."""
    proofs = Tried(folder, files, adopts=True).proofs
    assert proofs and any(proof.why_not for proof in proofs)
