"""The remedies of one application, as its answer tells them."""

from __future__ import annotations

from dataclasses import replace

from whydrift.core.model.remedy import Remedy
from whydrift.core.pipeline import ApplicationOutcome
from whydrift.usecases.drafts import Draft, own_edit, place_at
from whydrift.usecases.workbench import Workbench


async def with_remedies(draft: Draft, bench: Workbench) -> ApplicationOutcome:
    """The outcome with a remedy for each explained difference, each edit made of what git holds now."""
    if not bench.places:
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
