"""What each of several offers closes, whose proofs were made with all of their edits in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whydrift.core.prove.again import names_of
from whydrift.core.prove.edits import AFTER_SYNC
from whydrift.core.remedy.offers import Offer


def each_its_own(offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """The offers whose proofs say of each difference that its own offer closes it, and leave none that another closes.

    They were made with all edits in place, or one by one.
    """
    owners = {name: number for number, offer in enumerate(offers) for name in _names(offer)}
    closed = {
        line.removesuffix(AFTER_SYNC) for o in offers if o.proof and not o.proof.why_not for line in o.proof.closes
    }

    def own(number: int, offer: Offer) -> Offer:
        if offer.proof is None:
            return offer
        closes = [line for line in offer.proof.closes if owners.get(line.removesuffix(AFTER_SYNC), number) == number]
        leaves = [line for line in offer.proof.leaves if owners.get(line, number) == number or line not in closed]
        return replace(offer, proof=replace(offer.proof, closes=tuple(closes), leaves=tuple(leaves)))

    return tuple(own(number, offer) for number, offer in enumerate(offers))


def _names(offer: Offer) -> tuple[str, ...]:
    return names_of(offer.item.key, offer.group.differences, offer.item.target, offer.item.live)
