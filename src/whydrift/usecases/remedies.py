"""What to do about each difference: the choice, the places in git that may do it, and whether one does, rendered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from whydrift.core.explain.engine import Finding
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.remedy import Edit, Proof, Remedy
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.trouble import GitFiles
from whydrift.core.model.values import is_object
from whydrift.core.pipeline import Analysis, ApplicationOutcome, situation_of
from whydrift.core.prove.choices import prove_choice
from whydrift.core.prove.edits import prove_edit
from whydrift.core.remedy.chosen import Chosen, chosen
from whydrift.core.remedy.groups import Group, groups
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.overlay import Overlay
from whydrift.core.remedy.places import candidates
from whydrift.ports import NotRead, Renderer
from whydrift.usecases.facts import FactReader
from whydrift.usecases.renderings import Rendered, Renderings

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
    def found(self) -> tuple[tuple[ObjectSnapshot, tuple[Finding, ...]], ...]:
        """Its differing objects with what was found out about them."""
        return tuple((found.object, found.findings) for found in self.outcome.objects)

    def offer(self, group: Group) -> Offer:
        """A group of its differences as a bare offer: no edit yet, and no proof."""
        item, findings = next((item, findings) for item, findings in self.found if item.key == group.key)
        first = next(finding for finding in findings if finding.difference == group.differences[0])
        return Offer(self.situation, item, group, first.explanations[0].cause)


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
    return replace(draft, situation=situation, git=git, choices=chosen(situation, draft.found))


async def with_remedies(draft: Draft, bench: Workbench) -> ApplicationOutcome:
    """The outcome with a remedy for each explained difference, each edit made of what git holds now."""
    remedies = {}
    for group in groups(draft.choices):
        offer = await bench.offer(draft, group)
        for difference in group.differences:
            choice = draft.choices[group.key, difference]
            remedies[group.key, difference] = Remedy(choice, offer.edit, offer.proof)
    return replace(draft.outcome, remedies=remedies)


@dataclass
class Workbench:
    """Finds edits and tries them. Without a renderer the likeliest place is offered, and nothing is proven of it.

    `overlay` holds the edits so far, for a plan whose edits stand on each other.
    """

    renderer: Renderer | None = None
    overlay: Overlay = field(default_factory=Overlay)
    _renderings: dict[str, Renderings] = field(default_factory=dict)

    async def offer(self, draft: Draft, group: Group) -> Offer:
        """The first place whose edit makes exactly the wanted change; the likeliest one where nothing can be proven."""
        offer = draft.offer(group)
        target = offer.item.target
        if not group.edited or not is_object(target):
            proof = prove_choice(draft.situation, group) if self.renderer is not None else None
            return replace(offer, edit=next(self._places(draft, group), None), proof=proof)
        if self.renderer is None:
            return replace(offer, edit=next(self._places(draft, group), None))
        return await self._tried(self._renders(draft), draft, offer)

    async def _tried(self, renders: Renderings, draft: Draft, offer: Offer) -> Offer:
        """The first candidate that is proven; else the likeliest, with the reason why there is no proof."""
        places = self._places(draft, offer.group)
        before = await renders.after(draft.situation, self.overlay.edits)
        if isinstance(before, NotRead):
            return replace(offer, edit=next(places, None), proof=Proof(why_not=before.why))
        first = offer
        for edit in islice(places, MOST_CANDIDATES):
            tried = replace(offer, edit=edit, proof=await self._proof(renders, draft, offer.group, edit, before))
            if tried.proof is not None and not tried.proof.why_not:
                return tried
            first = tried if first is offer else first
        return first

    async def _proof(self, renders: Renderings, draft: Draft, group: Group, edit: Edit, before: Rendered) -> Proof:
        after = await renders.after(draft.situation, (*self.overlay.edits, edit))
        if isinstance(after, NotRead):
            return Proof(why_not=after.why)
        return prove_edit(draft.situation, group.key, group.differences, group.changes, before, after)

    def _places(self, draft: Draft, group: Group) -> Iterator[Edit]:
        """The places where the group's changes may be made, with the edits so far in place."""
        target = draft.offer(group).item.target
        if not group.changes or not is_object(target):
            return iter(())
        return candidates(draft.application, self.overlay.over(draft.git), group.key, target, group.changes)

    def _renders(self, draft: Draft) -> Renderings:
        """One for each Argo CD instance: it masks as that instance's snapshots are masked."""
        assert self.renderer is not None, "only asked where there is a renderer"
        return self._renderings.setdefault(draft.reader.instance, Renderings(self.renderer, draft.reader))

    def keep(self, offer: Offer) -> None:
        """Let later edits stand on this one."""
        if offer.edit is not None:
            self.overlay = self.overlay.with_edit(offer.edit)
