"""The remedies of one application, as its answer tells them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from whydrift.core.model.remedy import Remedy
from whydrift.core.pipeline import ApplicationOutcome
from whydrift.usecases.drafts import Draft, own_edit, place_at

if TYPE_CHECKING:
    from whydrift.usecases.workbench import Workbench


@dataclass(frozen=True)
class ChoicesAlone:
    """In a workbench's place: it is said what should be done, and no place is looked for."""


Bench: TypeAlias = "Workbench | ChoicesAlone"


async def with_remedies(draft: Draft, bench: Bench) -> ApplicationOutcome:
    """The outcome with a remedy for each explained difference, each edit made of what git holds now."""
    if isinstance(bench, ChoicesAlone):
        return replace(draft.outcome, remedies={what: Remedy(choice) for what, choice in draft.choices.items()})
    remedies = {}
    for offer in await bench.offers(draft):
        for difference in offer.group.differences:
            alone = len(offer.group.differences) == 1
            choice = offer.group.choice if alone else draft.choices[offer.item.key, difference]
            if offer.group.choice.place:
                choice = replace(choice, place=offer.group.choice.place)
            edit = own_edit(draft, offer.group, choice, offer.edit)
            if edit is None and not choice.place:
                choice = replace(choice, place=place_at(draft, choice))
            remedies[offer.item.key, difference] = Remedy(choice, edit, offer.proof)
    return replace(draft.outcome, remedies=remedies)
