"""Offers: what would be done about some differences of one object, as a plan takes it up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.remedy import Edit, Proof, Safety
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.remedy.groups import Group


@dataclass(frozen=True)
class Offer:
    """Differences of one object with the edit that was found for them (None: none, or none is needed), and its proof.

    `cause` is the one that explains them best, `side` the side that it speaks for. `parent` is the application in whose
    files the edit is made, where it is not their own: the one that makes it.
    """

    situation: Situation
    item: ObjectSnapshot
    group: Group
    cause: str
    side: str = ""
    edit: Edit | None = None
    parent: Application | None = None
    proof: Proof | None = None

    @property
    def application(self) -> Application:
        """The application."""
        return self.situation.application

    @property
    def home(self) -> Application:
        """The application whose sources hold the file that is edited."""
        return self.parent or self.application

    @property
    def named(self) -> str:
        """The application as whydrift's commands take it: `[INSTANCE:]NAMESPACE/NAME`."""
        return self.application.selector

    @property
    def spreads(self) -> bool:
        """Whether its edit, called safe, changes something else as well, where nothing was compared."""
        wide = self.proof is not None and bool(self.proof.wider)
        return wide and self.edit is not None and self.group.choice.safety is Safety.SAFE


def looked_at_first(offer: Offer, also: str) -> Offer:
    """An offer that is carried out only where somebody names its step: its edit changes `also` as well."""
    choice = offer.group.choice
    why = f"the same edit changes {also}, which has to be looked at first; {choice.why}"
    return replace(offer, group=replace(offer.group, choice=replace(choice, safety=Safety.UNSAFE, why=why)))
