"""The workbench: finds the edits of a draft and tries them by rendering; nothing is offered as proven that was not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from whydrift.core.model.drift import Difference
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import APPLICATION, Change, Edit, Proof, RemedyKind
from whydrift.core.model.values import ABSENT
from whydrift.core.prove.choices import prove_choice
from whydrift.core.prove.edits import prove_edit, unlike, why_not_wanted
from whydrift.core.prove.together import why_not_together
from whydrift.core.remedy.batches import of_application
from whydrift.core.remedy.groups import Group, each_alone, groups, groups_along
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.overlay import Overlay
from whydrift.core.remedy.places.application import changes_of, choice_edit
from whydrift.core.remedy.places.parent import ParentManifest
from whydrift.core.remedy.text.diff import is_made, line_before
from whydrift.ports import NotRead, Renderer
from whydrift.usecases.drafts import Draft, Sought, first_edits, places, sought_in
from whydrift.usecases.elsewhere import HERE, Elsewhere
from whydrift.usecases.parents import Parents
from whydrift.usecases.renderings import Rendered, Renderings, both
from whydrift.usecases.rivals import rival_place
from whydrift.usecases.taken_away import Searching, TakenAway

LEFT_BEHIND = frozenset({"object-left-behind", "prune-is-blocked"})
"""The causes of an object that git stated once, and does not state any more."""
LARGE = 200_000
"""Characters of files that are sent elsewhere to find places in them: that takes less time than to read them here."""
MOST_CANDIDATES = 8
"""Places that are rendered for one edit before none is said to work."""
TAKES_BACK = "computes it and takes back what is patched into the Application: change what it computes it from"


@dataclass
class Workbench:
    """Without a renderer the likeliest place is offered, and nothing is proven of it.

    `elsewhere` is where places are sought.
    """

    renderer: Renderer | None = None
    elsewhere: Elsewhere = HERE
    _renderings: dict[str, Renderings] = field(default_factory=dict)
    _parents: dict[str, Parents] = field(default_factory=dict)

    async def offers(self, draft: Draft) -> list[Offer]:
        """An offer for each group of differences: the first place whose edit makes exactly the wanted change.

        What is to change in the Application itself is changed where git states that one.
        """
        found = [*groups(draft.choices), *groups_along(draft.situation, draft.choices)]
        sought = [_sought(draft, group) for group in found]
        unedited: asyncio.Task[Rendered | NotRead] | None = None
        if self.renderer is not None and any(sought):
            unedited = asyncio.create_task(self.renders(draft).before(draft.situation))
        edits = await self._first_edits(draft, sought)
        placed = [
            each for group, edit in zip(found, edits, strict=True) for each in await self._alone(draft, group, edit)
        ]
        offers = [self._offered(draft, group, edit) for group, edit in placed]
        if self.renderer is not None:
            taken, offers = await asyncio.gather(self._taken_away(draft, offers), self._proven(draft, offers, unedited))
            offers = [_with_blame(offer, taken.get(offer.item.key)) for offer in offers]
        return [await self._in_parent(draft, await self._beside(draft, offer)) for offer in offers]

    async def _proven(
        self, draft: Draft, offers: Sequence[Offer], unedited: Awaitable[Rendered | NotRead] | None
    ) -> list[Offer]:
        """The offers with proofs, or what is offered instead; `unedited` is there where anything is edited."""
        before = await unedited if unedited is not None else NotRead("nothing is edited")
        tried = await self._tried(draft, offers, before)
        found = await asyncio.gather(*(self._instead(draft, offer) for offer in tried))
        return [other for others in found for other in others]

    async def _taken_away(self, draft: Draft, offers: Sequence[Offer]) -> dict[ObjectKey, TakenAway]:
        """The commit and the line that took each object that is left behind out of git."""
        keys = [offer.item.key for offer in offers if _is_left_behind(offer)]
        repository = draft.reader.repository
        if not keys or repository is None:
            return {}
        return await Searching(draft, self.renders(draft), repository).taken_away(keys)

    async def _beside(self, draft: Draft, offer: Offer) -> Offer:
        """An offer that leaves an object to one owner, with the place of the copy that has to go."""
        place = await rival_place(draft, offer, self.parents(draft))
        if not place:
            return offer
        group = replace(offer.group, choice=replace(offer.group.choice, place=place, at=None))
        return replace(offer, group=group, edit=None, proof=None)

    async def _first_edits(self, draft: Draft, sought: Sequence[Sought | None]) -> list[Edit | None]:
        """The likeliest edit for each of what is sought, None where there is none."""
        if any(sought) and sum(map(len, draft.git.files.values())) > LARGE:
            return await self.elsewhere.do(partial(first_edits, draft.application, draft.git, sought))
        edits = []
        for each in sought:
            edits += first_edits(draft.application, draft.git, [each])
            await asyncio.sleep(0)  # to find places takes long: what tools have done is taken up in between
        return edits

    async def _alone(self, draft: Draft, group: Group, edit: Edit | None) -> list[tuple[Group, Edit | None]]:
        """A group with its edit; where no one place closes all of its differences, each of them with its own."""
        if edit is not None or len(group.differences) < 2 or _sought(draft, group) is None:
            return [(group, edit)]
        parted = list(each_alone(group, draft.choices))
        edits = await self._first_edits(draft, [_sought(draft, each) for each in parted])
        return list(zip(parted, edits, strict=True)) if any(edits) else [(group, None)]

    def _likeliest(self, draft: Draft, group: Group) -> Offer:
        """An offer with the likeliest place for an edit."""
        return self._offered(draft, group, next(places(draft, group), None) if group.edited else None)

    def _offered(self, draft: Draft, group: Group, edit: Edit | None) -> Offer:
        """An offer with an edit of files; a rule or an option is held against all objects at once."""
        offer = draft.offer(group)
        if of_application(group.choice):
            proof = prove_choice(draft.situation, group) if self.renderer is not None else None
            return replace(offer, edit=next(choice_edit(draft.application, group.choice), None), proof=proof)
        return replace(offer, edit=edit)

    async def _tried(self, draft: Draft, offers: Sequence[Offer], before: Rendered | NotRead) -> list[Offer]:
        """The offers with proofs: all edits are rendered at once, and one by one only what does not come out so."""
        renders, edited = self.renders(draft), [offer for offer in offers if _is_tried(offer)]
        if isinstance(before, NotRead):
            return [replace(o, proof=Proof(why_not=before.why)) if _is_tried(o) else o for o in offers]
        proofs = await self._at_once(renders, draft, edited, before) if len(edited) > 1 else {}

        async def tried(offer: Offer) -> Offer:
            proof = proofs.get(offer.item.key)
            if not _is_tried(offer):
                return offer
            if proof is not None and not proof.why_not:
                return replace(offer, proof=proof)
            return await self._one_by_one(renders, draft, offer, before)

        return list(await asyncio.gather(*map(tried, offers)))

    async def _at_once(
        self, renders: Renderings, draft: Draft, offers: Sequence[Offer], before: Rendered
    ) -> dict[ObjectKey, Proof]:
        """The proof for each object with all edits of the application in place."""
        overlay = Overlay()
        for offer in offers:
            stacked = await self.stacked(draft, offer, overlay)
            overlay = overlay.with_edit(stacked.edit) if stacked.edit is not None else overlay
        after = await renders.after(draft.situation, overlay.edits)
        if isinstance(after, NotRead):
            return {}
        keys = dict.fromkeys(offer.item.key for offer in offers)
        before, after = unlike(before, after, keys)
        named = set(map(str, keys))
        proofs = {}
        for key in keys:
            mine = [offer.group for offer in offers if offer.item.key == key]
            differences = tuple(difference for group in mine for difference in group.differences)
            changes = tuple(change for group in mine for change in group.changes)
            was, becomes = _apart(before, key, named), _apart(after, key, named)
            proofs[key] = prove_edit(draft.situation, key, differences, changes, was, becomes)
        return proofs

    async def _one_by_one(self, renders: Renderings, draft: Draft, offer: Offer, before: Rendered) -> Offer:
        """The first candidate that is proven; else the likeliest, with the reason: refuted where each of them is."""
        failed: list[tuple[Edit, Proof]] = []
        for edit in islice(places(draft, offer.group), MOST_CANDIDATES):
            proof = await self._proof(renders, draft, offer.group, edit, before)
            if not proof.why_not:
                return replace(offer, edit=edit, proof=proof)
            failed.append((edit, proof))
        if not failed:
            return offer
        edit, proof = failed[0]
        return replace(offer, edit=edit, proof=replace(proof, refuted=all(proof.refuted for _, proof in failed)))

    async def _instead(self, draft: Draft, offer: Offer) -> list[Offer]:
        """What is offered where no place works: for each difference the next remedy that is proven, or a question."""
        if offer.proof is None or not offer.proof.refuted:
            return [offer]
        found = await asyncio.gather(*(self._next(draft, offer, each) for each in offer.group.differences))
        made = [other for other in found if other is not None]
        return made if found and len(made) == len(found) else [offer]

    async def _next(self, draft: Draft, offer: Offer, difference: Difference) -> Offer | None:
        """The next remedy of one difference of a refuted offer; None where none is proven."""
        why = offer.proof.why_not if offer.proof is not None else ""
        own = [draft.choices[offer.item.key, difference]] if len(offer.group.differences) > 1 else []
        for choice in (*own, *draft.next_choices(offer.item, difference, why)):
            group = Group(offer.item.key, (difference,), choice, choice.changes)
            likeliest = [self._likeliest(draft, group)]
            [other] = await self._tried(draft, likeliest, await self.renders(draft).before(draft.situation))
            if choice.kind is RemedyKind.ASK or (other.proof is not None and not other.proof.why_not):
                return other
        return None

    async def _proof(self, renders: Renderings, draft: Draft, group: Group, edit: Edit, before: Rendered) -> Proof:
        after = await renders.after(draft.situation, [edit])
        if isinstance(after, NotRead):
            return Proof(why_not=after.why)
        return prove_edit(draft.situation, group.key, group.differences, group.changes, before, after)

    async def _in_parent(self, draft: Draft, offer: Offer) -> Offer:
        """An edit of an Application as one of the files that it comes from; as it is where no git states it."""
        if offer.edit is None or offer.edit.file != APPLICATION:
            return offer
        manifest = await self.parents(draft).of(draft.application)
        changes = changes_of(offer.edit)
        edit = next(manifest.edits(changes), None) if manifest is not None else None
        if manifest is not None and manifest.inside and edit is None:
            return replace(offer, proof=Proof(why_not=f"{manifest.key.kind} {manifest.key.name} {TAKES_BACK}"))
        if manifest is None or edit is None:
            return offer
        proof = offer.proof
        if proof is not None and self.renderer is not None:
            why = await self._why_not_from(draft, manifest, edit, changes) if not proof.why_not else proof.why_not
            proof = replace(
                proof, wider=(*proof.wider, *(f"Application {name}" for name in manifest.others(changes))), why_not=why
            )
        return replace(offer, edit=edit, parent=manifest.parent, proof=proof)

    async def _why_not_from(self, draft: Draft, manifest: ParentManifest, edit: Edit, changes: Sequence[Change]) -> str:
        """Why the parent does not render exactly the wanted change of the manifest ("": it does)."""
        renders = self.renders(draft)
        edited = {(edit.repo, edit.file): edit.after}
        found = await both(renders.rendered(manifest.parent), renders.rendered(manifest.parent, edited))
        if isinstance(found, NotRead):
            return found.why
        before, after = found
        stated = before.get(manifest.key, manifest.target)
        return why_not_wanted(manifest.key, stated, manifest.changes(changes), before, after)

    async def together(self, draft: Draft, offers: Sequence[Offer], overlay: Overlay) -> str:
        """Why all edits of one application do not come out as wanted ("": they do, or nothing can render them)."""
        if self.renderer is None:
            return ""
        renders = self.renders(draft)
        found = await both(renders.before(draft.situation), renders.after(draft.situation, overlay.edits))
        if isinstance(found, NotRead):
            return found.why
        before, made = found
        changes: dict[ObjectKey, list[Change]] = {}
        for offer in offers:
            own = offer.edit is not None and offer.edit.file != APPLICATION and offer.parent is None
            if own and offer.group.edited:
                changes.setdefault(offer.item.key, []).extend(offer.group.changes)
        items = {offer.item.key: offer.item for offer in offers}
        return next((why for key in changes if (why := why_not_together(items[key], changes[key], before, made))), "")

    async def stacked(self, draft: Draft, offer: Offer, overlay: Overlay) -> Offer:
        """The same edit, made on top of others; one that changes nothing where they make it, or leave no place for it.

        Its line stays that of the file as git holds it.
        """
        edit = offer.edit
        content = overlay.content(edit) if edit is not None else None
        if edit is None or content is None or content == edit.before:
            return offer
        made = replace(offer, edit=replace(edit, before=content, after=content))
        if is_made(edit, content):
            return made
        if offer.parent is None:
            found = places(draft, offer.group, overlay=overlay)
        else:
            own = next(_in_application(draft, offer.group), None)
            manifest = await self.parents(draft).of(draft.application)
            assert manifest is not None and own is not None, "the offer was made from them"
            found = manifest.edits(changes_of(own), overlay)
        again = next((e for e in islice(found, MOST_CANDIDATES) if e.file == edit.file), None)
        if again is None:
            return made
        return replace(offer, edit=replace(again, line=line_before(edit.before, content, again.line)))

    def parents(self, draft: Draft) -> Parents:
        """What is known of where Applications come from, one for each Argo CD instance."""
        return self._parents.setdefault(draft.reader.instance, Parents(draft.reader))

    def renders(self, draft: Draft) -> Renderings:
        """One for each Argo CD instance: it masks as that instance's snapshots are masked."""
        assert self.renderer is not None, "only asked where there is a renderer"
        return self._renderings.setdefault(draft.reader.instance, Renderings(self.renderer, draft.reader))


def _apart(rendered: Rendered, key: ObjectKey, edited: Collection[str]) -> Rendered:
    """A render without the other objects that are edited: none of them is what the edit of this one changes besides."""
    return {other: obj for other, obj in rendered.items() if other == key or str(other) not in edited}


def _in_application(draft: Draft, group: Group) -> Iterator[Edit]:
    """The edits that a group makes in the Application itself."""
    found = choice_edit(draft.application, group.choice) if of_application(group.choice) else places(draft, group)
    return (edit for edit in found if edit.file == APPLICATION)


def _sought(draft: Draft, group: Group) -> Sought | None:
    """What places are sought for, None where nothing is edited in files."""
    return None if of_application(group.choice) or not group.edited else sought_in(draft, group)


def _is_left_behind(offer: Offer) -> bool:
    """Whether an offer is about a whole object that git does not state any more."""
    return offer.cause in LEFT_BEHIND and offer.item.target is ABSENT


def _with_blame(offer: Offer, taken: TakenAway | None) -> Offer:
    if taken is None or not _is_left_behind(offer):
        return offer
    choice = offer.group.choice
    choice = replace(choice, place=taken.place, why=f"{choice.why}; {taken.says}")
    return replace(offer, group=replace(offer.group, choice=choice))


def _is_tried(offer: Offer) -> bool:
    """Whether an offer is an edit of what git renders, which a render can show to work or not."""
    return offer.edit is not None and not of_application(offer.group.choice)
