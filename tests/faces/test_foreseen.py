"""Syncs that are bound to fail, foreseen before any was tried: a kind, a quota, an admission policy."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.faces.command import Said, inside
from tests.fleet_builder import App, Fleet, config_map, deployment
from whydrift import wiring
from whydrift.adapters.files.recording import Recording
from whydrift.core.model.values import Json, JsonObject
from whydrift.settings import Connection
from whydrift.usecases.scan import Read, scan

RENDER = "argocd/api/v1/applications/shop/manifests@revision=" + "a" * 40 + ".json"
DISCOVERY = "kubernetes/apis/example.com/v1.json"
QUOTAS = "kubernetes/api/v1/namespaces/shop/resourcequotas.json"
RANGES = "kubernetes/api/v1/namespaces/shop/limitranges.json"
CRDS = "kubernetes/apis/apiextensions.k8s.io/v1/customresourcedefinitions.json"
WEBHOOKS = "kubernetes/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations.json"
DRY_RUN = "dry-run/api/v1/namespaces/shop/configmaps/config.json"
NAMES: JsonObject = {"name": "one", "namespace": "shop"}
WIDGET: JsonObject = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": NAMES, "spec": {}}
NEW = (config_map(a="1"), None)
SAME = (config_map("other", a="1"), config_map("other", a="1"))
Pair = tuple[JsonObject | None, JsonObject | None]


def quotas(**held: str) -> JsonObject:
    """The answer of a namespace with a quota that is used up."""
    status: JsonObject = {"hard": dict(held), "used": dict(held)}
    return {"kind": "ResourceQuotaList", "items": [{"metadata": {"name": "team"}, "status": status}]}


def recorded(place: Path, *pairs: Pair, **files: Json | bytes) -> Path:
    """An application of these pairs, and what the cluster answers."""
    usual: dict[str, Json | bytes] = {
        RENDER: {"manifests": []},
        "recording.json": {"at": "2026-11-20T10:01:00Z"},
        CRDS: {"items": []},
        WEBHOOKS: {"items": []},
        "kubernetes/api/v1/namespaces/shop.json": {"kind": "Namespace", "metadata": {"name": "shop"}},
    }
    return Fleet([App("shop", list(pairs))], {**usual, **files}).folder(place)


def guard(folder: Path, *words: str) -> Said:
    """What guard says."""
    said = inside("guard", "shop", *words, "--from", folder)
    assert not said.err, said.err
    return said


def test_a_kind_that_the_cluster_does_not_have(tmp_path: Path) -> None:
    folder = recorded(tmp_path, (WIDGET, None), NEW, **{f"{DISCOVERY}.404": b"404 page not found"})
    said = guard(folder)
    words = "could not find example.com/Widget: make sure its CRD is installed; nothing of the application is applied."
    assert said.code == 1 and said.out.startswith("FAILS     shop: a sync fails on Widget/one: ") and words in said.out
    assert len(said.out.splitlines()) == 1


def test_a_kind_of_which_nothing_was_read(tmp_path: Path) -> None:
    assert guard(recorded(tmp_path, (WIDGET, None), NEW)).code == 0
    resources: list[Json] = [{"name": "widgets", "kind": "Widget"}]
    served: JsonObject = {"kind": "APIResourceList", "resources": resources}
    assert guard(recorded(tmp_path / "served", (WIDGET, None), NEW, **{DISCOVERY: served})).code == 0


def test_a_quota_without_room(tmp_path: Path) -> None:
    said = guard(recorded(tmp_path, NEW, SAME, **{QUOTAS: quotas(configmaps="3")}))
    words = "exceeded quota: team, requested: configmaps=1, used: configmaps=3, limited: configmaps=3"
    assert said.code == 1 and f"FAILS     shop: a sync fails on ConfigMap/config: {words}." in said.out


@pytest.mark.parametrize("status", [422, 403])
def test_a_dry_run_that_was_refused(tmp_path: Path, status: int) -> None:
    """The API server's words to the last one, long as they are; nothing without --dry-run."""
    words = f'admission webhook "check.example.com" denied the request: {"no " * 40}and that is final'
    refusal: JsonObject = {"kind": "Status", "code": status, "message": words}
    folder = recorded(tmp_path / "in", NEW, **{f"{DRY_RUN}.{status}": refusal})
    said = guard(folder, "--dry-run")
    assert said.code == 1 and said.out.startswith("FAILS     shop: a sync fails on ConfigMap/config: admission webhook")
    assert "and that is final" in said.out
    assert guard(folder).code == 0


def test_what_was_refused_is_recorded_whole(tmp_path: Path) -> None:
    """What guard says of a recording is what it said of the cluster."""
    words = f'ConfigMap "config" is invalid: data: Invalid value: "{"x" * 400}": must be short'
    refusal: JsonObject = {"kind": "Status", "code": 422, "message": words}
    core: JsonObject = {"resources": [{"name": "configmaps", "kind": "ConfigMap", "namespaced": True}]}
    files: dict[str, Json | bytes] = {
        f"{DRY_RUN}.422": refusal,
        "kubernetes/api/v1.json": core,
        f"{DISCOVERY}.404": b"404 page not found",
        QUOTAS: quotas(secrets="3"),
    }
    folder = recorded(tmp_path / "in", NEW, (WIDGET, None), **files)
    copied = inside("record", "-o", tmp_path / "out", "--dry-run", "--from", folder)
    assert copied.code == 0, copied.everything
    assert guard(tmp_path / "out", "--dry-run").out == guard(folder, "--dry-run").out
    assert json.loads((tmp_path / "out" / f"{DRY_RUN}.422").read_text())["said"] == words
    for name in (f"{DISCOVERY}.404", QUOTAS):
        assert (tmp_path / "out" / name).is_file(), name


def asked(folder: Path) -> set[str]:
    """What a scan of a recording asks for."""

    async def scanned() -> set[str]:
        opened = wiring.open_source(Connection(recording=str(folder)))
        assert isinstance(opened.answers, Recording)
        try:
            everything = scan(opened.answers, wiring.analysis(opened.settings, True), opened.reader, bool, Read())
            return opened.answers.asked if [one async for one in everything] else set()
        finally:
            await opened.close()

    return asyncio.run(scanned())


def test_little_is_asked_where_nothing_is_made(tmp_path: Path) -> None:
    """Neither of what stays nor of what a commit changes without asking for more; discovery only where it decides."""
    image = deployment()
    assert isinstance(image["spec"], dict)
    template: JsonObject = {"spec": {"containers": [{"name": "web", "image": "example.com/web:2.0"}]}}
    labelled: JsonObject = {**template, "metadata": {"labels": {"app": "web"}}}
    changed: JsonObject = {**image, "spec": {**image["spec"], "template": labelled}}
    few = asked(recorded(tmp_path / "few", SAME, (changed, image)))
    assert not few & {QUOTAS, RANGES, DISCOVERY}
    made = asked(recorded(tmp_path / "made", SAME, NEW, **{QUOTAS: quotas(configmaps="3")}))
    assert QUOTAS in made and not made & {RANGES, DISCOVERY}
    pods = asked(recorded(tmp_path / "pods", (deployment(), None), **{QUOTAS: quotas(**{"limits.cpu": "3"})}))
    assert {QUOTAS, RANGES} <= pods
    more = asked(recorded(tmp_path / "more", (deployment(replicas=4), deployment(replicas=3))))
    assert QUOTAS in more
    kinds = asked(recorded(tmp_path / "kinds", (WIDGET, None)))
    assert DISCOVERY in kinds
