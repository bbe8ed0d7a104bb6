"""What to do about each difference: the choice, the places in git that may do it, and whether one does, rendered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from whydrift.core.explain.engine import Finding
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import APPLICATION, Change, Choice, Edit, Proof, Remedy
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.trouble import GitFiles
from whydrift.core.model.values import is_object
from whydrift.core.pipeline import Analysis, ApplicationOutcome, situation_of
from whydrift.core.prove.choices import prove_choice
from whydrift.core.prove.edits import prove_edit, why_not_wanted
from whydrift.core.prove.together import why_not_together
from whydrift.core.remedy.batches import OPTIONS
from whydrift.core.remedy.chosen import Chosen, chosen
from whydrift.core.remedy.groups import Group, groups
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.overlay import Overlay
from whydrift.core.remedy.places import candidates
from whydrift.core.remedy.places.application import changes_of, choice_edit
from whydrift.ports import NotRead, Renderer
from whydrift.usecases.facts import FactReader
from whydrift.usecases.origins import Origin, Origins
from whydrift.usecases.renderings import Rendered, Renderings

SOMETHING = "something else"
"""Stands for a value that only somebody else can write: only its place is asked for."""
MOST_CANDIDATES = 8
"""Places that are rendered for one edit before none is said to work."""


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
        return f"{self.application.instance}:{self.application.namespace}/{self.application.name}"

    @property
    def found(self) -> tuple[tuple[ObjectSnapshot, tuple[Finding, ...]], ...]:
        """Its differing objects with what was found out about them."""
        return tuple((found.object, found.findings) for found in self.outcome.objects)

    def offer(self, group: Group) -> Offer:
        """A group of its differences as a bare offer: no edit yet, and no proof."""
        item, findings = next((item, findings) for item, findings in self.found if item.key == group.key)
        first = next(finding for finding in findings if finding.difference == group.differences[0])
        side = self.situation.cause_side(first)
        return Offer(self.situation, item, group, first.explanations[0].cause, side.value if side else "")


async def drafted(outcome: ApplicationOutcome, reader: FactReader, analysis: Analysis) -> Draft:
    """Choose what to do about every explained difference; the files in git are read where there is one."""
    application = outcome.snapshot.application
    facts = lambda key: reader.facts(application, key)  # noqa: E731 - the reader with one argument filled in
    situation = situation_of(outcome, facts, analysis)
    draft = Draft(outcome, situation, reader, {}, GitFiles())
    if not any(finding.explanations for _, findings in draft.found for finding in findings):
        return draft
    await reader.read([(application, situation.itself, RENDERED_FROM)])
    situation = situation_of(outcome, facts, analysis)
    git = situation.whole.maybe(RENDERED_FROM) or GitFiles()
    sync = None if analysis.revision else outcome.sync  # what another revision's sync would do says nothing of this one
    return replace(draft, situation=situation, git=git, choices=chosen(situation, draft.found, sync))


async def with_remedies(draft: Draft, bench: Workbench) -> ApplicationOutcome:
    """The outcome with a remedy for each explained difference, each edit made of what git holds now."""
    remedies = {}
    for group in groups(draft.choices):
        offer = await bench.offer(draft, group)
        for difference in group.differences:
            choice = draft.choices[group.key, difference]
            edit = own_edit(draft, group, choice, offer.edit)
            if edit is None and not choice.place:
                choice = replace(choice, place=place_at(draft, choice))
            remedies[group.key, difference] = Remedy(choice, edit, offer.proof)
    return replace(draft.outcome, remedies=remedies)


@dataclass
class Workbench:
    """Finds edits and tries them. Without a renderer the likeliest place is offered, and nothing is proven of it."""

    renderer: Renderer | None = None
    _renderings: dict[str, Renderings] = field(default_factory=dict)
    _origins: dict[str, Origins] = field(default_factory=dict)

    async def offer(self, draft: Draft, group: Group) -> Offer:
        """The first place whose edit makes exactly the wanted change; the likeliest one where nothing can be proven.

        What is to change in the Application itself is changed where git states that one.
        """
        offer = draft.offer(group)
        if group.choice.kind in OPTIONS:
            proof = prove_choice(draft.situation, group) if self.renderer is not None else None
            own = next(choice_edit(draft.application, group.choice), None)
            return await self._at_origin(draft, replace(offer, edit=own, proof=proof))
        if not group.edited or not is_object(offer.item.target):
            return offer
        if self.renderer is None:
            offer = replace(offer, edit=next(places(draft, group), None))
        else:
            offer = await self._tried(self._renders(draft), draft, offer)
        return await self._at_origin(draft, offer)

    async def _at_origin(self, draft: Draft, offer: Offer) -> Offer:
        """An edit of an Application as one of the files that it comes from; as it is where no git states it."""
        if offer.edit is None or offer.edit.file != APPLICATION:
            return offer
        origins = self._origins.setdefault(draft.reader.instance, Origins(draft.reader))
        origin = await origins.of(draft.application)
        changes = changes_of(offer.edit)
        edit = next(origin.edits(changes), None) if origin is not None else None
        if origin is None or edit is None:
            return offer
        proof = offer.proof
        if proof is not None and self.renderer is not None:
            why = await self._why_not_from(draft, origin, edit, changes) if not proof.why_not else proof.why_not
            proof = replace(proof, wider=(*proof.wider, *(f"Application {name}" for name in origin.also)), why_not=why)
        return replace(offer, edit=edit, parent=origin.parent, proof=proof)

    async def _why_not_from(self, draft: Draft, origin: Origin, edit: Edit, changes: Sequence[Change]) -> str:
        """Why the parent does not render exactly the wanted change of the manifest ("": it does)."""
        renders = self._renders(draft)
        before = await renders.rendered(origin.parent)
        after = await renders.rendered(origin.parent, {(edit.repo, edit.file): edit.after})
        for found in (before, after):
            if isinstance(found, NotRead):
                return found.why
        assert not isinstance(before, NotRead) and not isinstance(after, NotRead), "said above"
        stated = before.get(origin.key, origin.target)
        return why_not_wanted(origin.key, stated, origin.changes(changes), before, after)

    async def _tried(self, renders: Renderings, draft: Draft, offer: Offer) -> Offer:
        """The first candidate that is proven; else the likeliest, with the reason why there is no proof."""
        found = places(draft, offer.group)
        before = await renders.before(draft.situation)
        if isinstance(before, NotRead):
            return replace(offer, edit=next(found, None), proof=Proof(why_not=before.why))
        first = offer
        for edit in islice(found, MOST_CANDIDATES):
            tried = replace(offer, edit=edit, proof=await self._proof(renders, draft, offer.group, edit, before))
            if tried.proof is not None and not tried.proof.why_not:
                return tried
            first = tried if first is offer else first
        return first

    async def _proof(self, renders: Renderings, draft: Draft, group: Group, edit: Edit, before: Rendered) -> Proof:
        after = await renders.after(draft.situation, [edit])
        if isinstance(after, NotRead):
            return Proof(why_not=after.why)
        return prove_edit(draft.situation, group.key, group.differences, group.changes, before, after)

    async def together(self, draft: Draft, offers: Sequence[Offer], overlay: Overlay) -> str:
        """Why all edits of one application do not come out as wanted ("": they do, or nothing can render them)."""
        if self.renderer is None:
            return ""
        made = await self._renders(draft).after(draft.situation, overlay.edits)
        if isinstance(made, NotRead):
            return made.why
        changes: dict[ObjectKey, list[Change]] = {}
        for offer in offers:
            if offer.group.edited and offer.edit is not None and offer.edit.file != APPLICATION:
                changes.setdefault(offer.item.key, []).extend(offer.group.changes)
        items = {offer.item.key: offer.item for offer in offers}
        return next((why for key in changes if (why := why_not_together(items[key], changes[key], made))), "")

    async def stacked(self, draft: Draft, offer: Offer, overlay: Overlay) -> Offer:
        """The same edit, made on top of others; None where they leave no place for it."""
        edit = offer.edit
        content = overlay.content(edit) if edit is not None else None
        if edit is None or content in (None, edit.before):
            return offer
        if offer.parent is None:
            found = places(draft, offer.group, overlay=overlay)
        else:
            own = next(choice_edit(draft.application, offer.group.choice), None)
            origin = await self._origins[draft.reader.instance].of(draft.application)
            assert origin is not None and own is not None, "the offer was made from them"
            found = origin.edits(changes_of(own), overlay)
        again = next((e for e in islice(found, MOST_CANDIDATES) if e.file == edit.file), None)
        if again is not None:
            return replace(offer, edit=again)
        return replace(offer, edit=replace(edit, before=content or "", after=content or ""))

    def _renders(self, draft: Draft) -> Renderings:
        """One for each Argo CD instance: it masks as that instance's snapshots are masked."""
        assert self.renderer is not None, "only asked where there is a renderer"
        return self._renderings.setdefault(draft.reader.instance, Renderings(self.renderer, draft.reader))


def places(
    draft: Draft, group: Group, changes: tuple[Change, ...] = (), overlay: Overlay | None = None
) -> Iterator[Edit]:
    """The places where changes (those of the group unless others are given) may be made, with edits in place."""
    target = draft.offer(group).item.target
    wanted = changes or group.changes
    if not wanted or not is_object(target):
        return iter(())
    git = draft.git if overlay is None else overlay.over(draft.git)
    return candidates(draft.application, git, group.key, target, wanted)


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
    somebody_writes = Change(choice.at.path, SOMETHING)
    found = candidates(draft.application, draft.git, item.key, item.target, [somebody_writes])
    return next((edit.where for edit in found), "")
