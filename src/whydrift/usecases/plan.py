"""Plan: the proven fixes of a fleet or a selection, in the order in which they should be carried out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from whydrift.core.model.accepted import Accepted
from whydrift.core.model.application import Application
from whydrift.core.model.digest import digest
from whydrift.core.model.plan import ApplicationRef, Left
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.model.values import text
from whydrift.core.pipeline import Analysis
from whydrift.core.prove.claims import each_its_own
from whydrift.core.remedy.batches import BLOCKING, apart, rank
from whydrift.core.remedy.mending import Mend
from whydrift.core.remedy.offers import Offer, looked_at_first
from whydrift.core.remedy.overlay import Overlay
from whydrift.core.remedy.text.comments import commented
from whydrift.core.remedy.unplanned import unplanned, without_accepted
from whydrift.usecases.drafts import Draft, drafted, place_at
from whydrift.usecases.mends import Mending
from whydrift.usecases.triage import Look, look_at
from whydrift.usecases.wider import Bystanders
from whydrift.usecases.workbench import Workbench


@dataclass(frozen=True)
class Planned:
    """Offers in the order in which their edits stand on each other, and what there is none for."""

    offers: tuple[Offer, ...]
    applications: tuple[ApplicationRef, ...]
    left: tuple[Left, ...]
    mends: tuple[Mend, ...]
    newest: str
    """The time of the newest comparison (RFC 3339): of a recording that states no other time."""


@dataclass
class Drafting:
    """Makes drafts, and keeps why applications could not be read (by their name).

    Nothing is to be done about what is `accepted` today.
    """

    progress: Callable[[int, str], None]
    accepted: Sequence[Accepted] = ()
    not_read: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    async def draft(self, application: Application, how: Look) -> Draft:
        """What should be done about one application; what was read of it is kept for the proofs."""
        outcome, not_read = await look_at(application, how)
        self.seen += 1
        self.progress(self.seen, application.name)
        if not_read:
            self.not_read[application.selector] = not_read
        draft = await drafted(outcome, how.reader, how.analysis)
        return replace(draft, choices=without_accepted(self.accepted, application, draft.choices))


@dataclass(frozen=True)
class Planning:
    """What is planned for (`wanted` takes a cause, or a kind of trouble), and whether edits say why they are made.

    `bystanders` are whom edits may touch, `analysis` is how they are looked at; `accepted` counts today.
    """

    wanted: Callable[[str], bool]
    bystanders: Bystanders
    analysis: Analysis
    comment: bool = False
    accepted: Sequence[Accepted] = ()


async def planned(drafts: AsyncGenerator[Draft, None], bench: Workbench, how: Planning) -> Planned:
    """Offers for all drafts.

    Every edit is made on top of those before it, so that their patches apply one after the other.
    """
    offered = await _offered(drafts, bench)
    kept = [draft for draft, _ in offered]
    found = [(draft, offer) for draft, mine in offered for offer in mine if how.wanted(offer.cause)]
    made, overlay = await _stacked(kept, found, bench, how.comment)
    offers = await _with_bystanders(made, bench, how.bystanders)
    if also := {_change_of(offer): offer.proof.wider[0] for offer in offers if offer.spreads and offer.proof}:
        found = [(d, looked_at_first(o, also[_change_of(o)]) if _change_of(o) in also else o) for d, o in found]
        made, overlay = await _stacked(kept, found, bench, how.comment)
        offers = await _with_bystanders(made, bench, how.bystanders)
    mending = Mending(bench, how.analysis, how.bystanders.applications, overlay)
    mends = await mending.mends(kept, how.wanted)
    left = tuple(row for d in kept for row in unplanned(d.application, d.found, d.choices, how.accepted))
    newest = max((draft.application.reconciled_at for draft in kept), default="")
    return Planned(each_its_own(offers), tuple(_reference(draft.application) for draft in kept), left, mends, newest)


async def _offered(drafts: AsyncGenerator[Draft, None], bench: Workbench) -> list[tuple[Draft, list[Offer]]]:
    """The drafts that there is something to say of, each with its offers: tools run while others are still read."""
    kept: list[Draft] = []
    tasks: list[asyncio.Task[list[Offer]]] = []
    try:
        async with aclosing(drafts) as stream:
            async for draft in stream:
                if draft.choices or draft.outcome.objects or draft.outcome.broken:
                    kept.append(draft)
                    tasks.append(asyncio.create_task(bench.offers(draft)))
        return list(zip(kept, await asyncio.gather(*tasks), strict=True))
    finally:
        for task in tasks:
            task.cancel()


async def _stacked(
    drafts: Sequence[Draft], found: Sequence[tuple[Draft, Offer]], bench: Workbench, comment: bool
) -> tuple[list[tuple[Draft, Offer]], Overlay]:
    """Offers whose edits stand on each other, in that order, and all edits; what does not come out has no proof."""
    made, overlay = await _on_top(found, bench, comment)
    proven = _edits_of([offer for _, offer in made if _is_proven(offer)])
    told = await asyncio.gather(*(_why_not(draft, made, bench, proven) for draft in drafts))
    why = {draft.named: says for draft, says in zip(drafts, told, strict=True)}
    refuted = [(draft, _refuted(offer, why[draft.named])) for draft, offer in made]
    if any(apart(then) != apart(now) for (_, then), (_, now) in zip(refuted, made, strict=True)):
        proofs = {_named(offer): offer.proof for _, offer in refuted}
        again = [(draft, replace(offer, proof=proofs[_named(offer)])) for draft, offer in found]
        refuted, overlay = await _on_top(again, bench, comment)
    return refuted, overlay


def _named(offer: Offer) -> tuple[object, ...]:
    """What an offer is about: the same before and after its edit stands on others."""
    return offer.named, offer.group.key, offer.group.differences, offer.group.along


async def _on_top(
    found: Sequence[tuple[Draft, Offer]], bench: Workbench, comment: bool
) -> tuple[list[tuple[Draft, Offer]], Overlay]:
    """Offers whose edits stand on each other in the order of the steps that they become, and all edits."""
    overlay = Overlay()
    made: list[tuple[Draft, Offer]] = []
    for draft, bare in sorted(found, key=lambda member: _order(member[1])):
        offer = await bench.stacked(draft, bare, overlay)
        if comment and offer.edit is not None:
            offer = replace(offer, edit=commented(offer.edit, f"whydrift: {offer.cause}: {offer.group.choice.why}"))
        if offer.edit is not None and _is_done(offer):
            overlay = overlay.with_edit(offer.edit)
        made.append((draft, _with_place(draft, offer)))
    return made, overlay


async def _why_not(draft: Draft, made: Sequence[tuple[Draft, Offer]], bench: Workbench, overlay: Overlay) -> str:
    """Why the edits of an application do not come out together ("": they do, or none is proven)."""
    mine = [offer for of, offer in made if of is draft and _is_done(offer) and _is_proven(offer)]
    return await bench.together(draft, mine, overlay) if mine else ""


def _edits_of(offers: Sequence[Offer]) -> Overlay:
    """Edits that stand on each other, without those that are not carried out."""
    overlay = Overlay()
    for offer in offers:
        if offer.edit is not None and _is_done(offer):
            overlay = overlay.with_edit(offer.edit)
    return overlay


async def _with_bystanders(
    made: Sequence[tuple[Draft, Offer]], bench: Workbench, bystanders: Bystanders
) -> tuple[Offer, ...]:
    """The offers whose proofs name the other applications that the same edit changes, apart from those that want it."""
    wanting: dict[tuple[str, ...], list[Application]] = {}
    for draft, offer in made:
        wanting.setdefault(_change_of(offer), []).append(draft.application)
    told = []
    for draft, offer in made:
        edit, proof = offer.edit, offer.proof
        if edit is not None and proof is not None:
            own = [*wanting[_change_of(offer)], offer.home]
            named = {f"Application {application.name}" for application in own}  # as the place of the edit names them
            wider = await bystanders.changed_by(edit, own, draft.reader, bench.renders(draft))
            wider = [line for line in dict.fromkeys((*proof.wider, *wider)) if line not in named]
            offer = replace(offer, proof=replace(proof, wider=tuple(wider)))
        told.append(offer)
    return tuple(told)


def _change_of(offer: Offer) -> tuple[str, ...]:
    """What an edit makes of an object, wherever that is rendered to; () where there is none."""
    if offer.edit is None:
        return ()
    key = offer.group.key
    return offer.edit.repo, offer.edit.file, key.kind, key.name, repr(offer.group.changes)


def _with_place(draft: Draft, offer: Offer) -> Offer:
    """An offer without an edit, with the place where somebody must write what only they know."""
    choice = offer.group.choice
    if offer.edit is not None or choice.place or choice.at is None:
        return offer
    return replace(offer, group=replace(offer.group, choice=replace(choice, place=place_at(draft, choice))))


def _refuted(offer: Offer, why: str) -> Offer:
    """An offer without its proof, where the edits of its application do not work together."""
    if not why or not _is_done(offer) or offer.proof is None or not _is_proven(offer):
        return offer
    return replace(offer, proof=replace(offer.proof, why_not=why))


def _is_proven(offer: Offer) -> bool:
    """Whether an offer is an edit that is proven."""
    return offer.edit is not None and offer.proof is not None and not offer.proof.why_not


def _is_done(offer: Offer) -> bool:
    """Whether an offer is carried out: the edit of a question is what one of its answers would come to."""
    return offer.group.choice.kind is not RemedyKind.ASK


def _order(offer: Offer) -> tuple[bool, int, str, str, str]:
    """What unblocks others first, then by rank; then what becomes one commit stands together."""
    return offer.cause not in BLOCKING, rank(offer), offer.group.choice.kind.value, offer.cause, apart(offer)


def _reference(application: Application) -> ApplicationRef:
    return ApplicationRef(
        name=application.name,
        namespace=application.namespace,
        instance=application.instance,
        cluster=application.cluster,
        resource_version=text(application.raw, "metadata", "resourceVersion"),
        digest=digest(application.raw),
        revisions=application.revisions,
        automated=application.automated,
    )
