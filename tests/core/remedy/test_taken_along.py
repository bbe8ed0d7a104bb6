"""What finds pods by labels that go back in git: what is taken back with them, and what is left alone."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import knowledge
from tests.core.remedy.offered import application, difference, item
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Choice, RemedyKind
from whydrift.core.model.snapshot import ApplicationSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson
from whydrift.core.remedy.groups import Group, groups_along
from whydrift.core.remedy.taken_along import with_those_along
from whydrift.core.remedy.text.wanted import changed

WEB = ObjectKey("apps", "Deployment", "shop", "web")
FRONT = ObjectKey("", "Service", "shop", "front")
LABELS: Path = ("spec", "template", "metadata", "labels")
SELECTOR: Path = ("spec", "selector", "matchLabels")
PINS: tuple[tuple[Path, MaybeJson], ...] = (
    ((*SELECTOR, "name"), ABSENT),
    ((*SELECTOR, "app"), "web"),
    ((*LABELS, "name"), ABSENT),
    ((*LABELS, "app"), "web"),
)
"""What a commit moved from `app` to `name`, as it is pinned."""
MOVED: JsonObject = {"name": "web"}


def workload(name: str, labels: JsonObject) -> JsonObject:
    """A Deployment that finds its pods by some labels; they have another one."""
    template: JsonObject = {"metadata": {"labels": {**labels, "tier": "front"}}}
    spec: JsonObject = {"selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def service(selector: JsonObject, namespace: str = "shop") -> JsonObject:
    """A Service with a selector."""
    metadata: JsonObject = {"name": "front", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": selector}}


def budget(labels: JsonObject) -> JsonObject:
    """A disruption budget for some pods."""
    spec: JsonObject = {"maxUnavailable": 1, "selector": {"matchLabels": labels}}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": spec}


def pins(kind: RemedyKind = RemedyKind.GIT_SET) -> dict[tuple[ObjectKey, Difference], Choice]:
    """The choices for the workload: each of its moved labels goes back."""
    choices = {}
    for path, value in PINS:
        target = "web" if value is ABSENT else ABSENT
        choices[WEB, difference(path, target, value)] = Choice(kind, "it is fixed", changes=(Change(path, value),))
    return choices


def around(*targets: JsonObject) -> Situation:
    """An application whose workload moved from `app` to `name`, with other objects beside it."""
    objects = tuple(item(each, each, key_of(each, "shop")) for each in (workload("web", MOVED), *targets))
    return Situation(ApplicationSnapshot(application(), objects), {}, CATALOGUE, lambda _key: Facts(), knowledge())


def along(*targets: JsonObject, kind: RemedyKind = RemedyKind.GIT_SET) -> list[Group]:
    """What is taken along of some objects."""
    return list(groups_along(around(*targets), pins(kind)))


@pytest.mark.parametrize(
    "beside",
    [
        service({"tier": "front"}),
        service({"app": "web"}),
        service({}),
        service({"name": "api"}),
        service(MOVED, "bank"),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "front"}, "spec": {"selector": MOVED}},
    ],
    ids=["finds them anyway", "finds them again", "finds all", "finds others", "elsewhere", "finds no pods"],
)
def test_what_does_not_lose_its_pods_is_left_alone(beside: JsonObject) -> None:
    assert not along(beside)


def test_what_also_finds_another_workloads_pods_is_left_alone() -> None:
    """It would lose those instead."""
    assert not along(service(MOVED), workload("blue", MOVED))


def test_nothing_is_taken_along_where_git_is_not_taken_back() -> None:
    """The selector is asked about, or ignored."""
    assert not along(service(MOVED), kind=RemedyKind.ASK)


@pytest.mark.parametrize(
    "beside", [service({"name": "web", "tier": "front"}), budget(MOVED)], ids=["Service", "budget"]
)
def test_what_would_lose_its_pods_finds_them_by_what_goes_back(beside: JsonObject) -> None:
    """What it also asks for stays; it goes with the selector, whose differences are the step's."""
    [group] = along(beside)
    made = changed(beside, group.changes)
    selector = made["spec"]["selector"]  # type: ignore[index,call-overload]
    assert selector in ({"tier": "front", "app": "web"}, {"matchLabels": {"app": "web"}})
    assert group.along == (WEB, PINS[0][0]) and not group.differences and group.edited


def test_a_selector_that_did_not_arrive_yet_is_pinned_instead_of_synced() -> None:
    """A sync would take the pods from it; whoever reads of the workload is told."""
    moved = difference(("spec", "selector", "name"), "web", ABSENT)
    choices = {**pins(), (FRONT, moved): Choice(RemedyKind.SYNC, "git is right and waits for a sync")}
    situation = around(service(MOVED))
    made = with_those_along(situation, choices)
    assert made[FRONT, moved].kind is RemedyKind.GIT_SET
    assert changed({"selector": MOVED}, [Change(c.path[1:], c.value) for c in made[FRONT, moved].changes]) == {
        "selector": {"app": "web"}
    }
    assert not list(groups_along(situation, choices)), "its own differences are the group"
    lead = next(choice for (key, _), choice in made.items() if key == WEB)
    assert lead.why == "it is fixed; Service front, which finds its pods by what moved, goes back with it"
