"""Where Applications may live: known whole, or not known, with the reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from whydrift.core.model.fleet import OWN_CLUSTER
from whydrift.core.model.values import Json
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply
from whydrift.usecases.watch.namespaces import application_namespaces

FORBIDDEN = NotRead("forbidden", 403)
SETTINGS, LIST = "/api/v1/settings", "/api/v1/applications"
PARAMETERS = "/api/v1/namespaces/argocd/configmaps/argocd-cmd-params-cm"
STATED: Json = {"items": [{"status": {"controllerNamespace": "argocd"}}, {"status": {"controllerNamespace": "argocd"}}]}
ANYWHERE: Json = {"controllerNamespace": "argocd", "appsInAnyNamespaceEnabled": True}


@dataclass
class Answers:
    """A source with an answer for each path; what is not there is refused."""

    bodies: Mapping[str, Json]
    reached: bool = True
    refusal: NotRead = FORBIDDEN
    name: str = "answers"
    requests: int = 0

    async def ask(self, question: Question) -> Reply:
        """That answer."""
        assert question.at == ("us" if question.api is Api.ARGOCD else "prod")
        body = self.bodies.get(question.path)
        return self.refusal if body is None else Body(json.dumps(body).encode())

    def instances(self) -> Sequence[str]:
        """One."""
        return ["us"]

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """Its own, where that is reached."""
        return {OWN_CLUSTER: "prod"} if self.reached else {}

    async def close(self) -> None:
        """There is nothing to close."""


def found(bodies: Mapping[str, Json], reached: bool = True) -> tuple[str, ...] | NotRead:
    """What is known of instance us."""
    return asyncio.run(application_namespaces(Answers(bodies, reached), "us"))


def parameters(namespaces: str) -> Json:
    """The ConfigMap."""
    return {"data": {"application.namespaces": namespaces}}


@pytest.mark.parametrize(
    ("bodies", "namespaces"),
    [
        ({SETTINGS: {"controllerNamespace": "argocd"}}, ("argocd",)),
        ({SETTINGS: {}, LIST: STATED}, ("argocd",)),
        ({SETTINGS: ANYWHERE, PARAMETERS: parameters("team-b, team-a,argocd")}, ("argocd", "team-b", "team-a")),
    ],
)
def test_all_of_them_are_known(bodies: Mapping[str, Json], namespaces: tuple[str, ...]) -> None:
    assert found(bodies) == namespaces


@pytest.mark.parametrize(
    ("bodies", "why"),
    [
        ({}, "forbidden"),
        ({SETTINGS: []}, "cannot be read"),
        ({SETTINGS: {}}, "does not say in which namespace it runs"),
        ({SETTINGS: {}, LIST: {"items": []}}, "does not say in which namespace it runs"),
        ({SETTINGS: ANYWHERE}, "is not read: forbidden"),
        ({SETTINGS: ANYWHERE, PARAMETERS: {"data": {}}}, "does not say in which"),
        ({SETTINGS: ANYWHERE, PARAMETERS: {"data": None}}, "does not say in which"),
        ({SETTINGS: ANYWHERE, PARAMETERS: []}, "does not say in which"),
        ({SETTINGS: ANYWHERE, PARAMETERS: parameters("a,team-*")}, "like team-*"),
        ({SETTINGS: ANYWHERE, PARAMETERS: parameters("/^team-.$/")}, "like /^team-.$/"),
    ],
)
def test_not_known_is_not_none(bodies: Mapping[str, Json], why: str) -> None:
    said = found(bodies)
    assert isinstance(said, NotRead) and why in said.why


@pytest.mark.parametrize("bodies", [{}, {SETTINGS: {}}, {SETTINGS: ANYWHERE}])
@pytest.mark.parametrize("status", [None, 401, 429, 503])
def test_an_outage_refuses_nothing(bodies: Mapping[str, Json], status: int | None) -> None:
    """The same way is tried again."""
    away = Answers(bodies, refusal=NotRead("away", status))
    with pytest.raises(SourceError, match="away"):
        asyncio.run(application_namespaces(away, "us"))


def test_a_cluster_that_is_not_reached_does_not_say() -> None:
    said = found({SETTINGS: ANYWHERE}, reached=False)
    assert isinstance(said, NotRead) and "is not reached" in said.why
