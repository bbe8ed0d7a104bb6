"""By which call a sync brings an object to the cluster, by the release of Argo CD (gitops-engine, applyObject)."""

from __future__ import annotations

from tests.core.judge.situations import config_map, with_metadata
from whydrift.core.judge.predict import Way
from whydrift.core.judge.situation import is_forced, way_of
from whydrift.core.model.application import Application
from whydrift.core.model.values import JsonObject
from whydrift.core.model.versions import Release

OLD: Release = (3, 2, 12)
NEW: Release = (3, 3, 0)


def _saying(options: str) -> JsonObject:
    return with_metadata(config_map(a="1"), annotations={"argocd.argoproj.io/sync-options": options})


def _way(target: JsonObject, live: JsonObject, release: Release) -> Way:
    application = Application({"metadata": {"name": "shop"}, "spec": {}})
    return way_of(application, target, live, release)


def test_gits_object_is_replaced_where_it_says_so() -> None:
    """In every release."""
    assert {_way(_saying("Replace=true"), config_map(), release) for release in (OLD, NEW)} == {Way.REPLACE}


def test_since_3_3_what_live_says_counts_too() -> None:
    """Git dropped the option: the sync that brings this replaces once more, and what only live has goes."""
    assert _way(config_map(), _saying("Replace=true"), OLD) is Way.CLIENT_SIDE
    assert _way(config_map(), _saying("Replace=true"), NEW) is Way.REPLACE


def test_force_is_read_in_the_same_places() -> None:
    """A refused change is made by deleting and creating only where the sync looks for the option."""
    assert is_forced(_saying("Force=true"), config_map(), OLD)
    assert not is_forced(config_map(), _saying("Force=true"), OLD)
    assert is_forced(config_map(), _saying("Force=true"), NEW)
