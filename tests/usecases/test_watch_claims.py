"""Who renders what, kept up to date; an instance that is away leaves a gap, and holds up nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pytest
from tests.fleet_builder import App, Fleet, clean, config_map, scaled

from whydrift.adapters.files.recording import place_of
from whydrift.core.model.application import Application
from whydrift.core.model.facts import Gap
from whydrift.core.model.finding import ApplicationName
from whydrift.core.model.fleet import OWN_CLUSTER
from whydrift.core.model.objects import ObjectKey
from whydrift.ports import Body, NotRead, Question, Reply
from whydrift.usecases.watch.claims import RETRY, Claims
from whydrift.usecases.watch.world import Outage

CONFIG = ObjectKey("", "ConfigMap", "shop", "config")


class Instances:
    """Two Argo CD instances of one cluster, out of recordings; those that are `away` do not answer."""

    name, requests = "two", 0

    def __init__(self, **fleets: Fleet) -> None:
        self.content = {name: fleet.content() for name, fleet in fleets.items()}
        self.away: set[str] = set()
        self.lists = 0

    async def ask(self, question: Question) -> Reply:
        self.lists += question.path == "/api/v1/applications"
        content = self.content.get(question.at, {}).get(place_of(Question(question.api, question.path)))
        if question.at in self.away or content is None:
            return NotRead("away")
        return Body(content)

    def instances(self) -> Sequence[str]:
        return list(self.content)

    async def clusters(self, instance: str = "") -> dict[str, str]:
        return {OWN_CLUSTER: "same"}

    async def close(self) -> None:
        """Nothing is open."""


def both() -> Instances:
    """Two instances that each render ConfigMap shop/config."""
    return Instances(eu=Fleet([scaled()]), us=Fleet([App("copy", [(config_map(a="2"), config_map(a="2"))])]))


def holders(claims: Claims, source: Instances, instance: str = "eu") -> list[str] | str:
    """Who holds the ConfigMap, or why that is not known."""
    fleet, _ = asyncio.run(claims.known(source, instance))
    return fleet.why if isinstance(fleet, Gap) else [c.called("") for c in fleet.holders(OWN_CLUSTER, CONFIG, "eu")]


def test_applications_of_all_instances_are_known_and_kept_up_to_date() -> None:
    source, claims = both(), Claims(lambda: 0.0)
    assert holders(claims, source) == ["eu:shop", "us:copy"]
    third = Application(json.loads(json.dumps(App("third", [(config_map(a="3"), None)]).resource())), "us")
    assert claims.note(third)
    assert not claims.note(third), "nothing new"
    assert holders(claims, source) == ["eu:shop", "us:copy", "us:third"]
    claims.forget(ApplicationName("us", "argocd", "third"))
    assert holders(claims, source) == ["eu:shop", "us:copy"]
    assert source.lists == 2, "each list was read once"


def test_a_verdict_that_changes_is_no_new_claim() -> None:
    source, claims = Instances(eu=Fleet([clean()])), Claims(lambda: 0.0)
    holders(claims, source)
    other = clean().resource()
    other["status"] = {**other["status"], "sync": {"status": "OutOfSync"}}  # type: ignore[dict-item]  # it is an object
    assert not claims.note(Application(other, "eu"))


def test_an_instance_that_is_away_leaves_a_gap_until_it_is_back() -> None:
    source, now = both(), [0.0]
    claims = Claims(lambda: now[0])
    source.away = {"us"}
    assert "away" in holders(claims, source)
    with pytest.raises(Outage, match="away"):
        holders(claims, source, "us")
    source.away = set()
    now[0] += RETRY + 1
    assert holders(claims, source) == ["eu:shop", "us:copy"]
