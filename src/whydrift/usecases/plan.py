"""Plan: the proven fixes of a fleet or a selection, in the order in which they should be carried out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field

from whydrift.core.model.application import Application
from whydrift.core.model.plan import ApplicationRef, Left
from whydrift.core.model.values import text
from whydrift.core.remedy.batches import BLOCKING
from whydrift.core.remedy.groups import Group, groups
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.unplanned import unplanned
from whydrift.usecases.remedies import Draft, Workbench, drafted
from whydrift.usecases.triage import Look, look_at


@dataclass(frozen=True)
class Planned:
    """Offers in the order in which their edits stand on each other, and what there is none for."""

    offers: tuple[Offer, ...]
    applications: tuple[ApplicationRef, ...]
    left: tuple[Left, ...]
    newest: str
    """The time of the newest comparison (RFC 3339): of a recording that states no other time."""


@dataclass
class Drafting:
    """Makes drafts, and keeps why applications could not be read (by their name)."""

    progress: Callable[[int, str], None]
    not_read: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    async def draft(self, application: Application, how: Look) -> Draft:
        """What should be done about one application; what was read of it is kept for the proofs."""
        outcome, not_read = await look_at(application, how)
        self.seen += 1
        self.progress(self.seen, application.name)
        if not_read:
            self.not_read[f"{application.namespace}/{application.name}"] = not_read
        return await drafted(outcome, how.reader, how.analysis)


async def planned(drafts: AsyncGenerator[Draft, None], bench: Workbench, wanted: Callable[[str], bool]) -> Planned:
    """Offers for all drafts; `wanted` says whether differences of a cause are planned for.

    Every edit is made on top of those before it, so that their patches apply one after the other.
    """
    kept: list[Draft] = []
    async with aclosing(drafts) as stream:
        kept = [draft async for draft in stream if draft.choices or draft.outcome.objects]
    offers: list[Offer] = []
    for draft, group in sorted(_groups(kept, wanted), key=_order):
        offer = await bench.offer(draft, group)
        bench.keep(offer)
        offers.append(offer)
    left = tuple(row for draft in kept for row in unplanned(draft.application, draft.found, draft.choices))
    newest = max((draft.application.reconciled_at for draft in kept), default="")
    return Planned(tuple(offers), tuple(_reference(draft.application) for draft in kept), left, newest)


def _groups(drafts: Iterable[Draft], wanted: Callable[[str], bool]) -> list[tuple[Draft, Group]]:
    return [(draft, group) for draft in drafts for group in groups(draft.choices) if wanted(draft.offer(group).cause)]


def _order(member: tuple[Draft, Group]) -> tuple[bool, str, str]:
    """What unblocks others first; then what becomes one commit stands together."""
    draft, group = member
    cause = draft.offer(group).cause
    return cause not in BLOCKING, group.choice.kind.value, cause


def _reference(application: Application) -> ApplicationRef:
    return ApplicationRef(
        name=application.name,
        namespace=application.namespace,
        instance=application.instance,
        cluster=application.cluster,
        resource_version=text(application.raw, "metadata", "resourceVersion"),
        revisions=application.revisions,
        automated=application.automated,
    )
