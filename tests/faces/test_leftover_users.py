"""A leftover is called unused only where every list that could name a user was read, or nobody recorded it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faces.command import inside
from tests.fleet_builder import MANAGED, App, Fleet, config_map
from whydrift.core.model.values import Json, JsonObject

TRACKING = "argocd.argoproj.io/tracking-id"
NAMED, ROUTES = "kubernetes/api/v1/namespaces/shop", "kubernetes/apis/networking.k8s.io/v1"
EMPTY: JsonObject = {"items": []}
ROLES = "kubernetes/apis/rbac.authorization.k8s.io/v1"


def left(obj: JsonObject, mark: str) -> JsonObject:
    """An object that this application made."""
    metadata = obj["metadata"]
    assert isinstance(metadata, dict)
    return {**obj, "metadata": {**metadata, "annotations": {TRACKING: mark}}}


def side(place: Path, leftover: JsonObject, files: dict[str, bytes | Json]) -> object:
    """The side of the only difference: a leftover beside an object that stays."""
    kept = left(config_map("kept"), "shop:/ConfigMap:shop/kept")
    said = inside(
        "scan", "-o", "json", "--from", Fleet([App("shop", [(kept, kept), (None, leftover)])], files).folder(place)
    )
    (found,) = (row for row in json.loads(said.out)["applications"][0]["objects"] if row["state"] == "extra")
    return found["differences"][0]["side"]


@pytest.mark.parametrize(
    ("ingresses", "expected"),
    [("", "structure"), (".403", "ask"), (".500", "ask"), (".404", "structure")],
)
def test_a_list_that_failed_is_not_an_empty_one(tmp_path: Path, ingresses: str, expected: str) -> None:
    """Refused, broken: asked. No such list in this cluster, or none that was recorded: not."""
    files: dict[str, bytes | Json] = {f"{NAMED}/pods.json": EMPTY}
    if ingresses:
        files[f"{ROUTES}/namespaces/shop/ingresses.json{ingresses}"] = {"message": "no"}
    leftover = left(config_map("old"), "shop:/ConfigMap:shop/old")
    assert side(tmp_path, leftover, files) == expected


@pytest.mark.parametrize(("second", "expected"), [(EMPTY, "structure"), (None, "structure"), ("403", "ask")])
def test_one_namespace_that_may_not_be_listed_is_enough_to_ask(tmp_path: Path, second: Json, expected: str) -> None:
    """Whether an IngressClass is used, where its users are listed namespace by namespace."""
    names: list[Json] = [{"metadata": {"name": name}} for name in ("shop", "other")]
    files: dict[str, bytes | Json] = {
        f"{NAMED}/pods.json": EMPTY,
        "kubernetes/api/v1/namespaces.json": {"items": names},
        f"{ROUTES}/ingresses.json.403": {"message": "no"},
        f"{ROUTES}/namespaces/shop/ingresses.json": EMPTY,
        f"{ROLES}/clusterrolebindings.json": EMPTY,
    }
    if second == "403":
        files[f"{ROUTES}/namespaces/other/ingresses.json.403"] = {"message": "no"}
    elif second:
        files[f"{ROUTES}/namespaces/other/ingresses.json"] = second
    old: JsonObject = {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "old"}}
    leftover = left(old, "shop:networking.k8s.io/IngressClass:shop/old")
    assert side(tmp_path, leftover, files) == expected


@pytest.mark.parametrize("read", [True, False])
def test_what_argocd_counts_is_no_leftover(tmp_path: Path, read: bool) -> None:
    """The application was called otherwise when it made its objects: they are its own, also where they are not read."""
    mine = left(config_map("settings"), "former-name:/ConfigMap:shop/settings")
    files: dict[str, bytes | Json] = {f"{NAMED}/pods.json": EMPTY, f"{NAMED}/configmaps.json": {"items": [mine]}}
    if not read:
        files[MANAGED.format(name="shop")] = None
    folder = Fleet([App("shop", [(mine, mine)])], files).folder(tmp_path)
    said = inside("scan", "--hidden", "-o", "json", "--from", folder)
    assert not said.err and "object-left-behind" not in said.out
