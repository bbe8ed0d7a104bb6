"""Drafts: what should be done about one application, and where in its files that may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from whydrift.core.explain.engine import Examined
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Choice, Edit
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import JsonObject, is_object
from whydrift.core.pipeline import Analysis, ApplicationOutcome, situation_of
from whydrift.core.remedy.choices.changes import empties
from whydrift.core.remedy.chosen import Chosen, chosen, subject_of
from whydrift.core.remedy.groups import Group
from whydrift.core.remedy.next_choice import next_choices
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.overlay import Overlay
from whydrift.usecases.facts import FactReader

SOMETHING = "something else"
"""Stands for a value that only somebody else can write: only its place is asked for."""


@dataclass(frozen=True)
class Draft:
    """An application with what should be done about it, and the files that it is rendered from."""

    outcome: ApplicationOutcome
    situation: Situation
    reader: FactReader
    choices: Chosen
    git: GitFiles

    @property
    def application(self) -> Application:
        """The application."""
        return self.outcome.snapshot.application

    @property
    def named(self) -> str:
        """The application as commands take it, with its instance."""
        return self.application.selector

    @property
    def found(self) -> tuple[tuple[ObjectSnapshot, tuple[Examined, ...]], ...]:
        """Its differing objects with what was found out about them."""
        return tuple((found.object, found.findings) for found in self.outcome.objects)

    @cached_property
    def _items(self) -> Mapping[ObjectKey, ObjectSnapshot]:
        objects = (*(item for item, _ in self.found), *self.situation.objects)
        return {item.key: item for item in reversed(objects)}

    @cached_property
    def _first(self) -> Mapping[tuple[ObjectKey, Difference], Examined]:
        return {(key, finding.difference): finding for key, finding in reversed(self._findings)}

    @cached_property
    def _along(self) -> Mapping[tuple[ObjectKey, Path], Examined]:
        return {(key, finding.difference.path): finding for key, finding in reversed(self._findings)}

    @cached_property
    def _findings(self) -> Sequence[tuple[ObjectKey, Examined]]:
        return [(item.key, finding) for item, findings in self.found for finding in findings]

    def offer(self, group: Group) -> Offer:
        """A group of its differences as a bare offer: no edit yet, and no proof."""
        item = self._items[group.key]
        first = self._along[group.along] if group.along is not None else self._first[group.key, group.differences[0]]
        side = self.situation.cause_side(first)
        return Offer(self.situation, item, group, first.explanations[0].cause, side.value if side else "")

    def next_choices(self, item: ObjectSnapshot, difference: Difference, why: str) -> Iterator[Choice]:
        """What else may be done about a difference where no place in git works."""
        findings = next(findings for one, findings in self.found if one.key == item.key)
        finding = next(finding for finding in findings if finding.difference == difference)
        subject = subject_of(self.situation, item, findings)
        return next_choices(self.choices[item.key, difference], finding, subject, self.situation, why)


async def drafted(outcome: ApplicationOutcome, reader: FactReader, analysis: Analysis) -> Draft:
    """Choose what to do about every explained difference; the files in git are read where there is one."""
    application = outcome.snapshot.application
    facts = lambda key: reader.facts(application, key)  # noqa: E731 - the reader with one argument filled in
    situation = situation_of(outcome, facts, analysis)
    draft = Draft(outcome, situation, reader, {}, GitFiles())
    broken = outcome.broken is not None and bool(outcome.broken.troubles)
    if not broken and not any(finding.explanations for _, findings in draft.found for finding in findings):
        return draft
    await reader.read([(application, situation.itself, RENDERED_FROM)])
    situation = situation_of(outcome, facts, analysis)
    git = situation.whole.maybe(RENDERED_FROM) or GitFiles()
    sync = None if analysis.revision else outcome.sync  # what another revision's sync would do says nothing of this one
    return replace(draft, situation=situation, git=git, choices=chosen(situation, draft.found, sync))


@dataclass(frozen=True)
class Sought:
    """What places are sought for: changes of one object of git's."""

    key: ObjectKey
    target: JsonObject
    changes: tuple[Change, ...]

    def among(self, application: Application, git: GitFiles) -> Iterator[Edit]:
        """The places in an application's files."""
        from whydrift.core.remedy.places import candidates  # here: to say what should be done takes no place

        return candidates(application, git, self.key, self.target, self.changes)


def sought_in(draft: Draft, group: Group, changes: tuple[Change, ...] = ()) -> Sought | None:
    """The changes of a group (or others) as they are sought.

    None for those of an object that git does not state, and where they would empty a list of git's which live's is not.
    """
    item = draft.offer(group).item
    target, wanted = item.target, changes or group.changes
    if not wanted or not is_object(target) or empties(wanted, target, item.live):
        return None
    return Sought(group.key, target, wanted)


def first_edits(application: Application, git: GitFiles, sought: Sequence[Sought | None]) -> list[Edit | None]:
    """The first place for each of what is sought; None where there is none, or nothing is sought."""
    return [None if each is None else next(each.among(application, git), None) for each in sought]


def places(
    draft: Draft, group: Group, changes: tuple[Change, ...] = (), overlay: Overlay | None = None
) -> Iterator[Edit]:
    """The places where changes (those of the group unless others are given) may be made, with edits in place."""
    sought = sought_in(draft, group, changes)
    git = draft.git if overlay is None else overlay.over(draft.git)
    return iter(()) if sought is None else sought.among(draft.application, git)


def own_edit(draft: Draft, group: Group, choice: Choice, edit: Edit | None) -> Edit | None:
    """The edit of a group with the line of one of its differences."""
    if edit is None or len(group.changes) == len(choice.changes):
        return edit
    alone = next((e for e in places(draft, group, choice.changes) if e.file == edit.file), edit)
    return replace(edit, line=alone.line, pointer=alone.pointer)


def place_at(draft: Draft, choice: Choice) -> str:
    """The place that a choice without an edit names, as `Edit.where` gives it; "" where it names none."""
    if choice.at is None:
        return ""
    item = next((item for item in draft.situation.snapshot.objects or () if item.key == choice.at.key), None)
    if item is None or not is_object(item.target):
        return ""
    from whydrift.core.remedy.places import candidates  # as above

    somebody_writes = Change(choice.at.path, SOMETHING)
    found = candidates(draft.application, draft.git, item.key, item.target, [somebody_writes])
    return next((edit.where for edit in found), "")
