"""Differences that go with what is done about another one (a hash, a shadow): they are no steps of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whydrift.core.model.remedy import Choice, RemedyKind
from whydrift.core.remedy.offers import Offer

EACH_ITSELF = frozenset({RemedyKind.SYNC, RemedyKind.REFRESH, RemedyKind.IGNORE})
"""Remedies that reach an object only where they name it."""


def is_follower(choice: Choice) -> bool:
    """Whether a difference goes with another one."""
    return choice.follows is not None and choice.kind not in EACH_ITSELF


def parted(offers: Iterable[Offer]) -> tuple[list[Offer], list[Offer]]:
    """The offers that stand for themselves, and those that follow another one."""
    leading: list[Offer] = []
    following: list[Offer] = []
    for offer in offers:
        (following if is_follower(offer.group.choice) else leading).append(offer)
    return leading, following


def followers_of(batch: Sequence[Offer], following: Sequence[Offer]) -> list[Offer]:
    """The offers that go with one of a batch."""
    led = {(o.application.instance, o.named, o.item.key, d.path) for o in batch for d in o.group.differences}
    return [o for o in following if (o.application.instance, o.named, *(o.group.choice.follows or ())) in led]
