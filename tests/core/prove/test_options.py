"""Proofs of options: what an application would show under another way to compare."""

from __future__ import annotations

import pytest

from tests.core.judge.rule_situations import Ruled
from tests.core.judge.situations import applied, deployment, manager, with_metadata
from tests.core.prove.proofs import differences_in, situation_of
from whydrift.core.compare.terms import DryRunFailed
from whydrift.core.model.fact_kinds import DRY_RUN
from whydrift.core.model.facts import FactKind
from whydrift.core.model.objects import key_of
from whydrift.core.model.remedy import Proof
from whydrift.core.model.values import JsonObject
from whydrift.core.prove.options import SERVER_SIDE_APPLY, SERVER_SIDE_DIFF, prove_option

LIVE = with_metadata(applied(deployment(5), deployment(3)), resourceVersion="7")
SCALED = Ruled(((deployment(3), LIVE),))
WEB = key_of(deployment())


def proof(option: str, answered: JsonObject | DryRunFailed | None) -> Proof:
    """What is proven of an option, with the server's answer to a dry run of the Deployment."""
    facts: dict[FactKind[object], object] = {} if answered is None else {DRY_RUN: answered}
    return prove_option(situation_of(SCALED, facts), option, WEB, differences_in(SCALED, WEB))


def test_a_server_that_sees_no_change_closes() -> None:
    """What the dry run answers is what the cluster holds."""
    found = proof(SERVER_SIDE_DIFF, LIVE)
    assert (found.closes, found.leaves, found.why_not) == (("Deployment shop/web spec.replicas",), (), "")


def test_a_server_that_sees_the_change_leaves_it() -> None:
    """The field is git's to change."""
    mine = manager("argocd-controller", {"f:spec": {"f:replicas": {}}}, "Apply")
    answered = with_metadata({**LIVE, "spec": deployment(3)["spec"]}, managedFields=[mine])
    found = proof(SERVER_SIDE_DIFF, answered)
    assert "it still differs: Deployment shop/web spec.replicas" in found.why_not
    assert found.closes == ()


@pytest.mark.parametrize(
    ("option", "answered", "why"),
    [
        (SERVER_SIDE_DIFF, None, "only the server's dry run of every object tells (--dry-run)"),
        (SERVER_SIDE_DIFF, DryRunFailed("webhook down"), "the dry run failed: webhook down"),
        ("CreateNamespace=true", None, "only a sync can show it"),
    ],
)
def test_without_an_answer_nothing_is_proven(option: str, answered: DryRunFailed | None, why: str) -> None:
    """The reason says what to do about it."""
    assert why in proof(option, answered).why_not


def test_an_option_is_held_against_every_object() -> None:
    """Under server-side apply a live-only key of an atomic map shows, which did not before."""
    service: JsonObject = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": "shop"}}
    git: JsonObject = {**service, "spec": {"ports": [{"port": 80}], "selector": {"app": "web"}}}
    spec: JsonObject = {"ports": [{"port": 80, "protocol": "TCP"}], "selector": {"app": "web", "by": "hand"}}
    live = applied({**service, "spec": spec}, git)
    ruled = Ruled((*SCALED.pairs, (git, live)))
    found = prove_option(situation_of(ruled), SERVER_SIDE_APPLY, WEB, differences_in(ruled, WEB))
    assert any("Service shop/s spec.selector" in line for line in found.wider)
