"""What is offered where edits come out as wanted, and where none does: on recordings, with renders that go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.replay.recorded import RECORDINGS, corpus
from tests.scenarios.planned import planned_for

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.offers import Offer
from whydrift.ports import NotRead, Renderer, Rendering

CARRIED = {path.stem: path for path in RECORDINGS}
PLAYED = Path(__file__).parents[1] / "data" / "played"
"""Recordings of a real Argo CD, without labels."""


@dataclass
class Deaf:
    """A renderer that edits do not reach: as where something else overrides all of them."""

    real: Renderer

    async def render(self, rendering: Rendering) -> Mapping[ObjectKey, JsonObject] | NotRead:
        """What it renders without them."""
        return await self.real.render(replace(rendering, edits={}, spec=None))


@dataclass
class Broken:
    """A renderer that works only on what git holds."""

    real: Renderer

    async def render(self, rendering: Rendering) -> Mapping[ObjectKey, JsonObject] | NotRead:
        """Nothing once a file is edited."""
        return NotRead("it took too long") if rendering.edits else await self.real.render(rendering)


def offers(
    recording: Path | str, rendering: Callable[[Renderer], Renderer] | None = None, *, hidden: bool = False
) -> list[Offer]:
    """The offers for a recording, or for a carried one by its name."""

    async def made() -> list[Offer]:
        async with planned_for(
            CARRIED[recording] if isinstance(recording, str) else recording, hidden=hidden, rendering=rendering
        ) as found:
            return list(found.plan.offers)

    return asyncio.run(made())


def kinds(found: list[Offer]) -> set[RemedyKind]:
    """Which remedies are offered."""
    return {offer.group.choice.kind for offer in found}


def test_every_edit_that_is_offered_is_proven() -> None:
    """With renders that do what they are told."""
    found = [offer for offer in offers("d-inventory-three-people") if offer.group.choice.kind is RemedyKind.ADOPT]
    assert found and all(offer.proof is not None and not offer.proof.why_not for offer in found)


def test_what_somebody_changed_is_asked_about_where_no_place_says_it() -> None:
    """Never undone or hidden instead; the reason is that of the place that was tried first."""
    found = offers("d-inventory-three-people", Deaf)
    assert kinds(found) == {RemedyKind.ASK}
    assert all("adopt is not offered, rendered with the edit" in o.group.choice.why and o.edit is None for o in found)


def test_a_pin_that_works_nowhere_stays_open_where_its_alternative_is_not_proven() -> None:
    """The server's dry run is in no recording: the likeliest place is named, and nothing is called proven."""
    found = offers("r-secrets-ranged-in-chart", Deaf)
    assert kinds(found) == {RemedyKind.GIT_SET}
    assert all(offer.proof is not None and offer.proof.refuted and offer.edit is not None for offer in found)


@pytest.mark.skipif(not corpus(), reason="the corpus is not on this machine")
def test_a_drop_that_works_nowhere_becomes_the_rule_that_closes() -> None:
    """Applied server-side the number would stay with its autoscaler; where the drop has no place a rule leaves it."""
    recording = next(path for path in corpus() if path.name == "r-quotes-has-four-pods")
    [offer] = [offer for offer in offers(recording, Deaf) if offer.group.differences[0].pointer == "/spec/replicas"]
    choice = offer.group.choice
    assert choice.kind is RemedyKind.IGNORE and "git-drop is not offered" in choice.why
    assert offer.proof is not None and (offer.proof.why_not, bool(offer.proof.closes)) == ("", True)
    assert [other.kind for other in choice.instead] == [RemedyKind.GIT_DROP]


@pytest.mark.parametrize("name", ["d-inventory-three-people", "r-secrets-ranged-in-chart"])
def test_what_could_not_be_tried_is_not_refuted(name: str) -> None:
    """The first choice stays, without a proof and with the reason."""
    assert kinds(offers(name, Broken)) == kinds(offers(name))
    tried = [offer.proof for offer in offers(name, Broken) if offer.edit is not None and offer.group.edited]
    assert tried and all(proof is not None and proof.why_not == "it took too long" for proof in tried)


def test_what_no_one_place_closes_is_closed_by_several() -> None:
    """Of fields beside each other one is a value of a chart's, and one has to be written into its template."""
    found = offers(PLAYED / "zoo-chart.zip", hidden=True)
    adopted = [offer for offer in found if offer.group.choice.kind is RemedyKind.ADOPT]
    places = {d.pointer: offer.edit.file for offer in adopted if offer.edit for d in offer.group.differences}
    limits = "/spec/template/spec/containers/0/resources/limits"
    assert (places[f"{limits}/memory"], places[f"{limits}/cpu"]) == (
        "zoohelm/values.yaml",
        "zoohelm/templates/all.yaml",
    )
    assert (places["/spec/schedule"], places["/spec/suspend"]) == ("zoohelm/values.yaml", "zoohelm/templates/all.yaml")
    assert adopted and all(offer.proof is not None and not offer.proof.why_not for offer in adopted)
