"""Small applications before a sync, out of Python values: looked at by the real causes, judged by the real forecast."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.builtin.types import load_types
from whydrift.adapters.jq import JqWorker
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.subject import Knowledge
from whydrift.core.model.application import Application
from whydrift.core.model.effect import Forecast
from whydrift.core.model.fact_kinds import COMPARED_MANIFESTS, FLEET, SETTINGS, SYNC_WINDOWS
from whydrift.core.model.facts import FactKind, Facts, Gap
from whydrift.core.model.fleet import Fleet
from whydrift.core.model.objects import key_of
from whydrift.core.model.people import People
from whydrift.core.model.snapshot import LAST_APPLIED, ApplicationSnapshot, ObjectSnapshot, States, Verdict
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, mapping
from whydrift.core.pipeline import Analysis, ApplicationOutcome, foresee, look, with_reasons

OLD, NEW = "a" * 40, "b" * 40
ID = "argocd.argoproj.io/tracking-id"
FACTS: dict[FactKind[object], object] = {
    COMPARED_MANIFESTS: {},
    FLEET: Fleet(),
    SETTINGS: {"trackingMethod": "annotation"},
    SYNC_WINDOWS: {"canSync": True},
}


@cache
def knowledge() -> Knowledge:
    """What is known without reading."""
    return Knowledge(load_types(), builtin_schemas(), People(), JqWorker())


def _analysis() -> Analysis:
    return Analysis(CATALOGUE, knowledge(), hidden=True)


def deployment(replicas: int | None = 3, image: str = "example.com/web:1.0", **template: Json) -> JsonObject:
    """A Deployment with one container; `template` are further fields of its pods' spec."""
    container: JsonObject = {"name": "web", "image": image}
    pods: JsonObject = {"containers": [container], **template}
    spec: JsonObject = {
        **({} if replicas is None else {"replicas": replicas}),
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": pods},
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _named("web"), "spec": spec}


def config_map(name: str = "config", **data: Json) -> JsonObject:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _named(name), "data": data}


def autoscaler(least: int, most: int, status: JsonObject | None = None) -> JsonObject:
    """A HorizontalPodAutoscaler of the Deployment."""
    spec: JsonObject = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": least,
        "maxReplicas": most,
    }
    stated: JsonObject = {} if status is None else {"status": status}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": _named("web"),
        "spec": spec,
        **stated,
    }


def _named(name: str) -> JsonObject:
    return {"name": name, "namespace": "shop"}


def manager(
    name: str, fields: Json, operation: str = "Update", api_version: str = "apps/v1", **more: Json
) -> JsonObject:
    """An entry of managed fields."""
    return {
        "manager": name,
        "operation": operation,
        "apiVersion": api_version,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        "time": "2026-11-02T09:00:00Z",
        **more,
    }


def applied(live: JsonObject, last_applied: JsonObject, *entries: Json) -> JsonObject:
    """A live object that Argo CD applied client-side as `last_applied`, with the entries of others."""
    own = manager(
        "argocd-controller",
        {"f:metadata": {"f:annotations": {f"f:{LAST_APPLIED}": {}}}},
        time="2026-11-01T09:00:00Z",
    )
    return with_metadata(
        live, annotations={LAST_APPLIED: json.dumps(last_applied)}, managedFields=[own, *entries], uid="1"
    )


def with_metadata(obj: JsonObject, annotations: JsonObject | None = None, **more: Json) -> JsonObject:
    """An object with further metadata."""
    metadata = mapping(obj, "metadata")
    stated = {**mapping(metadata, "annotations"), **(annotations or {})}
    return {**obj, "metadata": {**metadata, **({"annotations": stated} if stated else {}), **more}}


@dataclass(frozen=True)
class Before:
    """An application before a sync: pairs of (target, live), its spec, and the facts beside the usual ones.

    `moved`: git has a newer revision than the last synced one. `synced`: Argo CD calls all of it Synced. `compared`:
    the two sides (live, git) that Argo CD holds, where they are not simply those of the pair. `read_at`: when all this
    was read.
    """

    pairs: tuple[tuple[JsonObject | None, JsonObject | None], ...]
    spec: JsonObject = field(default_factory=dict)
    status: JsonObject = field(default_factory=dict)
    facts: Mapping[FactKind[object], object] = field(default_factory=dict)
    gaps: Mapping[FactKind[object], Gap] = field(default_factory=dict)
    moved: bool = False
    synced: bool = False
    compared: tuple[JsonObject, JsonObject] | None = None
    read_at: str = ""

    def forecast(self) -> Forecast:
        """What a sync would do."""
        facts = self._facts()
        analysis = replace(_analysis(), read_at=self.read_at)
        return foresee(self._looked_at(facts), lambda key: facts, analysis)

    def findings(self) -> tuple[Examined, ...]:
        """What was found out about every difference, with the reason for its side."""
        facts = self._facts()
        outcome = replace(self._looked_at(facts), sync=self.forecast())
        judged = with_reasons(outcome, lambda key: facts, _analysis())
        return tuple(finding for item in judged.objects for finding in item.findings)

    def _facts(self) -> Facts:
        known = {kind: value for kind, value in {**FACTS, **self.facts}.items() if kind not in self.gaps}
        return Facts(known, self.gaps)

    def _looked_at(self, facts: Facts) -> ApplicationOutcome:
        snapshot = ApplicationSnapshot(self._application(), tuple(self._item(*pair) for pair in self.pairs))
        return look(snapshot, lambda key: facts, _analysis())

    def _application(self) -> Application:
        source: JsonObject = {"repoURL": "https://git.example.com/apps.git", "path": "shop", "targetRevision": "main"}
        revision = NEW if self.moved else OLD
        history: JsonObject = {"revision": OLD, "source": source, "deployedAt": "2026-11-01T09:00:01Z", "id": 1}
        status: JsonObject = {
            "sync": {
                "status": "Synced" if self.synced else "OutOfSync",
                "revision": revision,
                "comparedTo": {"source": source},
            },
            "history": [history],
            "resources": [_row(item) for item in (self._item(*pair) for pair in self.pairs)],
            "controllerNamespace": "argocd",
            **self.status,
        }
        destination: JsonObject = {"server": "https://kubernetes.default.svc", "namespace": "shop"}
        return Application(
            {
                "metadata": {"name": "shop", "namespace": "argocd"},
                "spec": {"project": "default", "source": source, "destination": destination, **self.spec},
                "status": status,
            }
        )

    def _item(self, target: JsonObject | None, live: JsonObject | None) -> ObjectSnapshot:
        sides: tuple[MaybeJson, MaybeJson] = (ABSENT if target is None else target, ABSENT if live is None else live)
        verdict = Verdict.SYNCED if self.synced or target == live else Verdict.OUT_OF_SYNC
        compared = self.compared or ((sides[1], sides[1]) if verdict is Verdict.SYNCED else (sides[1], sides[0]))
        states = States(*sides, *compared)
        return ObjectSnapshot(
            key=key_of(target or live),
            load=lambda: states,
            equal=verdict is Verdict.SYNCED,
            verdict=verdict,
            row={"requiresPruning": target is None},
        )


def _row(item: ObjectSnapshot) -> Json:
    key = item.key
    row: JsonObject = {"group": key.group, "kind": key.kind, "namespace": key.namespace, "name": key.name}
    return {**row, "status": item.verdict.value}


def said(forecast: Forecast) -> list[str]:
    """The effects in short, for a failing test."""
    return [
        f"{'safe' if e.safe else 'UNSAFE'} {e.does.value} {e.key.kind}: {e.says} {e.loses}" for e in forecast.effects
    ]
