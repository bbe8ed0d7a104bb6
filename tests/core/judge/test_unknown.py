"""What cannot be predicted: commits that nobody has looked at, and webhooks without a dry run. Unknown is not safe."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.judge.situations import Before, applied, config_map, said, with_metadata
from whydrift.core.model.effect import Does
from whydrift.core.model.fact_kinds import ADMISSION_POLICIES, COMMITS, DRY_RUN, NEWEST, SECOND_RENDER, WEBHOOKS
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.fleet import Commit, Newest
from whydrift.core.model.values import JsonObject

SAME = ((config_map(a="1"), config_map(a="1")),)
UNREAD: dict[FactKind[object], Gap] = {NEWEST: Gap("newest commit", "repositories are not read", "a clone")}
LOOKED: JsonObject = {"reconciledAt": "2026-11-02T09:00:00Z"}
PINNED: JsonObject = {
    "sync": {
        "status": "Synced",
        "revision": "a" * 40,
        "comparedTo": {"source": {"repoURL": "https://git.example.com/a.git", "path": "a", "targetRevision": "a" * 40}},
    }
}


@pytest.mark.parametrize(
    ("before", "safe"),
    [
        (Before(SAME, synced=True, gaps=UNREAD), False),
        (Before(SAME, synced=True, gaps=UNREAD, status=LOOKED, read_at="2026-11-02T09:04:00Z"), True),
        (Before(SAME, synced=True, gaps=UNREAD, status=LOOKED, read_at="2026-11-02T09:40:00Z"), False),
        (Before(SAME, synced=True, gaps=UNREAD, status=LOOKED), False),
        (Before(SAME, synced=True, gaps=UNREAD, status=PINNED), True),
        (Before(SAME, synced=True, gaps=UNREAD, facts={SECOND_RENDER: {}}), True),
        (Before(SAME, synced=True, facts={NEWEST: Newest("a" * 40)}), True),
    ],
    ids=["not read", "looked lately", "looked long ago", "not known when", "pinned", "rendered anew", "git was read"],
)
def test_a_branch_that_may_have_moved_is_safe_only_where_somebody_looked(before: Before, safe: bool) -> None:
    found = before.forecast()
    assert found.safe is safe, said(found)
    assert found.known is safe


def test_what_is_not_known_says_how_to_know_it() -> None:
    """A checkout, or a refresh by somebody who may ask for one: whydrift asks for none."""
    because = Before(SAME, synced=True, gaps=UNREAD, status=LOOKED).forecast().because
    assert "Argo CD looked at 2026-11-02T09:00:00Z" in because
    assert "--repo https://git.example.com/" in because and "--refresh" in because


def _webhook(created: str, **more: Any) -> JsonObject:
    rule: JsonObject = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"]}
    webhook: JsonObject = {"name": "fill.example.com", "rules": [rule], **more}
    return {"metadata": {"name": "fill", "creationTimestamp": created}, "webhooks": [webhook]}


OLDER, YOUNGER = "2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z"
UPDATED = (config_map(a="2"), applied(config_map(a="1"), config_map(a="1")))
BESIDE = (config_map("other", a="1"), applied(config_map("other", a="1"), config_map("other", a="1")))


def _synced(*pairs: tuple[JsonObject | None, JsonObject | None], **facts: Any) -> Before:
    given: dict[FactKind[object], object] = {WEBHOOKS: (facts["webhook"],)}
    if facts.get("dry_run"):
        given[DRY_RUN] = config_map(a="1")
    return Before(pairs, facts=given, moved=True)


@pytest.mark.parametrize(
    ("before", "known"),
    [
        (_synced(UPDATED, webhook=_webhook(OLDER)), True),
        (_synced(UPDATED, webhook=_webhook(YOUNGER)), False),
        (_synced(UPDATED, webhook=_webhook(YOUNGER), dry_run=True), True),
        (_synced((config_map(a="1"), None), webhook=_webhook(OLDER)), False),
        (_synced((config_map(a="1"), None), BESIDE, webhook=_webhook(OLDER)), True),
        (_synced((config_map(a="1"), None), webhook=_webhook(OLDER, rules=[])), True),
        (_synced((config_map(a="1"), None), webhook=_webhook(OLDER, objectSelector={"matchLabels": {"x": "y"}})), True),
    ],
    ids=[
        "it went through the webhook",
        "the webhook is newer",
        "newer, but a dry run says it",
        "new object",
        "new object beside one that went through",
        "the webhook is about other kinds",
        "the webhook is about other labels",
    ],
)
def test_a_webhook_is_unknown_until_the_cluster_or_a_dry_run_shows_it(before: Before, known: bool) -> None:
    found = before.forecast()
    assert found.known is known, said(found)
    assert found.safe is known, said(found)


def test_a_webhook_does_not_matter_to_what_a_sync_leaves_alone() -> None:
    target = config_map(a="1")
    unchanged = (target, with_metadata(applied(target, target), uid="1"))
    found = Before((unchanged,), facts={WEBHOOKS: (_webhook(YOUNGER),)}, synced=True).forecast()
    assert all(effect.does is not Does.UNKNOWN for effect in found.effects), said(found)


@pytest.mark.parametrize(("webhook", "safe"), [(_webhook(OLDER), True), (_webhook(OLDER, rules=[]), False)])
def test_what_a_webhook_writes_again_unseen_is_not_lost(webhook: JsonObject, safe: bool) -> None:
    target = config_map(a="1")
    changed = (target, with_metadata(applied(config_map(a="mirror/1"), target), uid="1"))
    found = Before((changed,), facts={WEBHOOKS: (webhook,), ADMISSION_POLICIES: ()}, synced=True).forecast()
    assert found.safe is safe, said(found)


@pytest.mark.parametrize(("file", "fails"), [("docs/notes.md", True), ("shop/config.yaml", False)])
def test_what_was_refused_still_is_after_a_commit_elsewhere(file: str, fails: bool) -> None:
    """A sync failed; a later commit touches another folder (the same is tried again), or the application."""
    row: JsonObject = {"kind": "ConfigMap", "namespace": "shop", "name": "config", "status": "SyncFailed"}
    result: JsonObject = {"revision": "c" * 40, "resources": [{**row, "message": "exceeded quota: few"}]}
    status: JsonObject = {"sourceType": "Directory", "operationState": {"phase": "Failed", "syncResult": result}}
    commits = tuple(
        Commit(revision, "Kim", "2026-11-02T09:00:00Z", "a change", (name,), ("a" * 40,))
        for revision, name in (("b" * 40, file), ("c" * 40, "shop/config.yaml"))
    )
    found = Before((UPDATED,), moved=True, status=status, facts={COMMITS: commits}).forecast()
    assert (found.effects[0].does is Does.FAIL) is fails, said(found)
    assert found.converges is not fails


@pytest.mark.parametrize(("value", "fails"), [("2", True), ("3", False)])
def test_what_an_earlier_revision_was_refused_for_fails_again_while_git_states_it(value: str, fails: bool) -> None:
    """Nobody knows the commits in between; the very value that was refused still stands there, or does not."""
    row: JsonObject = {"kind": "ConfigMap", "namespace": "shop", "name": "config", "status": "SyncFailed"}
    message = f'ConfigMap "config" is invalid: data.a: Invalid value: "{value}": not taken'
    result: JsonObject = {"revision": "c" * 40, "resources": [{**row, "message": message}]}
    status: JsonObject = {"operationState": {"phase": "Failed", "syncResult": result}}
    found = Before((UPDATED,), moved=True, status=status).forecast()
    assert (found.effects[0].does is Does.FAIL) is fails, said(found)
    assert found.converges is not fails
