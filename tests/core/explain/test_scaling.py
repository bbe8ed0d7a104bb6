"""Four times the objects take about four times the work: what each one asks of all is worked out once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.builtin.types import load_types
from whydrift.adapters.jq import JqWorker
from whydrift.core.explain.requests import repeated
from whydrift.core.explain.subject import Knowledge, Subject
from whydrift.core.explain.usage import usage
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.people import People
from whydrift.core.model.snapshot import Objects, ObjectSnapshot, States, Verdict
from whydrift.core.model.values import ABSENT, JsonObject

KNOWLEDGE = Knowledge(load_types(), builtin_schemas(), People(), JqWorker())
ADDED = ("metadata", "labels", "added")


def calls(work: Callable[[], object]) -> int:
    """How many Python functions are called: a measure of work that does not depend on the machine."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


def application(pairs: int) -> list[Subject]:
    """Every second object is left behind; names, selectors and settings say who uses whom."""
    objects = Objects(_object(number, left=number % 2 == 1) for number in range(2 * pairs))
    shop = Application({"metadata": {"name": "shop"}, "spec": {"destination": {"namespace": "shop"}}})
    return [Subject(shop, item, (), KNOWLEDGE, None, objects) for item in objects]


def _object(number: int, left: bool) -> ObjectSnapshot:
    kind = ("ConfigMap", "Service", "Deployment")[number // 2 % 3]
    name, app = f"{kind.lower()}-{number}", f"app-{number}"
    pods: JsonObject = {"containers": [{"name": "c", "env": [{"name": "URL", "value": f"http://service-{number}"}]}]}
    specs: dict[str, JsonObject] = {
        "ConfigMap": {"data": {"next": f"service-{number + 3}.shop.svc"}},
        "Service": {"spec": {"selector": {"app": app}}},
        "Deployment": {"spec": {"template": {"metadata": {"labels": {"app": app}}, "spec": pods}}},
    }
    live: JsonObject = {
        "apiVersion": "apps/v1" if kind == "Deployment" else "v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "shop", "uid": name, "labels": {"added": str(number)}},
        **specs[kind],
    }
    target: JsonObject = {**live, "metadata": {"name": name}}
    states = States(ABSENT if left else target, live)
    key = ObjectKey("apps" if kind == "Deployment" else "", kind, "shop", name)
    return ObjectSnapshot(key, lambda: states, verdict=Verdict.OUT_OF_SYNC)


def leftovers(pairs: int) -> int:
    """The work of asking about each leftover whether it is used."""
    subjects = [subject for subject in application(pairs) if subject.object.target is ABSENT]
    return calls(lambda: [usage(subject) for subject in subjects])


def additions(pairs: int) -> int:
    """The work of asking about each object whether others have the same addition."""
    subjects = [subject for subject in application(pairs) if subject.object.target is not ABSENT]
    added = Difference(ADDED, ADDED, Kind.EXTRA, ABSENT, "x")
    return calls(lambda: [repeated(subject, added) for subject in subjects])


def test_leftovers_take_work_in_proportion() -> None:
    few, many = leftovers(100), leftovers(400)
    assert many < 6 * few


def test_additions_take_work_in_proportion() -> None:
    few, many = additions(100), additions(400)
    assert many < 6 * few
