"""What is broken now, for a plan: the edit that takes away what cannot work, tried by rendering, and who uses that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from whydrift.core.model.application import Application
from whydrift.core.model.remedy import Edit, Proof
from whydrift.core.model.trouble import Trouble
from whydrift.core.model.values import ABSENT
from whydrift.core.pipeline import Analysis
from whydrift.core.remedy.mending import Item, Mend, dropping, in_git, item_behind, names_it, proof_of
from whydrift.core.remedy.overlay import Overlay
from whydrift.errors import SourceError
from whydrift.ports import NotRead
from whydrift.usecases.drafts import Draft
from whydrift.usecases.renderings import both
from whydrift.usecases.triage import Look, read_snapshot
from whydrift.usecases.workbench import Workbench


@dataclass
class Mending:
    """Makes mends. Their edits stand on those of `overlay`; `others` are the applications that may use an item."""

    bench: Workbench
    analysis: Analysis
    others: Sequence[Application]
    overlay: Overlay

    async def mends(self, drafts: Iterable[Draft], wanted: Callable[[str], bool]) -> tuple[Mend, ...]:
        """One for each trouble of some applications that has a place in git, and is of a wanted category."""
        troubles = [(draft, trouble) for draft in drafts for trouble in _troubles(draft)]
        return tuple([await self._mend(*each) for each in troubles if wanted(each[1].category.value)])

    async def _mend(self, draft: Draft, trouble: Trouble) -> Mend:
        found = next((item for item in draft.situation.snapshot.objects or () if item.key == trouble.key), None)
        asked = Mend(draft.application, trouble, found)
        item = item_behind(trouble, draft.git)
        edit = dropping(item, draft.git, self.overlay) if item is not None else None
        if item is None or edit is None:
            return asked
        proof, users = await asyncio.gather(self._proof(draft, item, edit), self._users(draft, item))
        self.overlay = self.overlay.with_edit(edit)
        return replace(asked, dropped=item, edit=edit, proof=proof, users=users)

    async def _proof(self, draft: Draft, item: Item, edit: Edit) -> Proof | None:
        if self.bench.renderer is None:
            return None
        renders = self.bench.renders(draft)
        unedited = renders.after(draft.situation, self.overlay.edits)
        found = await both(unedited, renders.after(draft.situation, [*self.overlay.edits, edit]))
        return Proof(why_not=found.why) if isinstance(found, NotRead) else proof_of(item, *found)

    async def _users(self, draft: Draft, item: Item) -> tuple[str, ...]:
        """Who names an item, in every application that can be read; what was not read is named as well."""
        found: list[str] = []
        how = Look(draft.reader, replace(self.analysis, synced=True))
        for application in self.others if item.names else ():
            if application.instance == draft.reader.instance:
                found += await _naming(application, item, how)
        return tuple(found)


async def _naming(application: Application, item: Item, how: Look) -> list[str]:
    """The objects of an application that name an item but are not what makes it."""
    name = application.full_name
    try:
        snapshot, not_read = await read_snapshot(application, how)
    except SourceError as error:
        return [f"Application {name} was not read: {error}"]
    if not_read:
        return [f"Application {name} was not read: {not_read}"]
    told = []
    for each in snapshot.objects or ():
        stated = each.target if each.target is not ABSENT else each.live
        if names_it(stated, item.names) and not names_it(stated, [item.quoted]):
            told.append(f"{each.key} of Application {name}")
    return told


def _troubles(draft: Draft) -> tuple[Trouble, ...]:
    broken = draft.outcome.broken
    return tuple(trouble for trouble in broken.troubles if in_git(trouble)) if broken is not None else ()
