"""What Argo CD does without anybody pressing, and when (controller/appcontroller.go, autoSync)."""

from __future__ import annotations

from typing import cast

import pytest

from tests.core.judge.situations import NEW, OLD, Before, applied, config_map
from whydrift.core.model.fact_kinds import ARGOCD_CONFIG, SYNC_WINDOWS
from whydrift.core.model.facts import FactKind
from whydrift.core.model.values import Json, JsonObject

PAIR = (config_map(a="2"), applied(config_map(a="1"), config_map(a="1")))
SOURCE: JsonObject = {"repoURL": "https://git.example.com/apps.git", "path": "shop", "targetRevision": "main"}
FREEZE: JsonObject = {"kind": "deny", "schedule": "0 0 * * *", "duration": "24h"}
MORNING: JsonObject = {"kind": "allow", "schedule": "0 8 * * *", "duration": "1h"}
HEALS: JsonObject = {"selfHeal": True}


def tried(revision: str = NEW, phase: str = "Succeeded", source: JsonObject = SOURCE) -> JsonObject:
    """The status of an application whose last sync was of this."""
    result: JsonObject = {"revision": revision, "source": source}
    operation: JsonObject = {"phase": phase, "finishedAt": "2026-11-05T09:00:00Z", "syncResult": result}
    return {"operationState": operation}


def said(
    policy: Json, status: JsonObject | None = None, config: JsonObject | None = None, windows: JsonObject | None = None
) -> str:
    """What is said of an application with this policy, of which a sync changes something."""
    spec: JsonObject = {} if policy is None else {"syncPolicy": {"automated": policy}}
    facts: dict[FactKind[object], object] = {ARGOCD_CONFIG: config or {}, SYNC_WINDOWS: windows or {"canSync": True}}
    return Before((PAIR,), spec=spec, status=status or {}, facts=facts, moved=True).forecast().automatic


@pytest.mark.parametrize("policy", [None, {"enabled": False}])
def test_nothing_happens_by_itself_without_automatic_syncs(policy: Json) -> None:
    assert said(policy) == "" and said(policy, windows={"canSync": False, "activeWindows": [FREEZE]}) == ""


def test_nothing_is_said_of_what_changes_nothing() -> None:
    calm = Before(((config_map(a="1"), applied(config_map(a="1"), config_map(a="1"))),), synced=True)
    assert calm.forecast().automatic == ""


@pytest.mark.parametrize(
    ("status", "policy", "when"),
    [
        ({}, {}, "at Argo CD's next comparison, within 3 minutes"),
        (tried(OLD), {}, "at Argo CD's next comparison"),
        (tried(source={**SOURCE, "helm": {"values": "a: 1"}}), {}, "at Argo CD's next comparison"),
        (tried(), {}, "with the next commit: this revision was synced already, and selfHeal is off"),
        (tried(), HEALS, "at Argo CD's next comparison, within 3 minutes"),
        (tried(phase="Failed"), HEALS, "with the next commit: of this revision the last sync failed"),
        (tried(phase="Running"), {}, "now: a sync is running"),
    ],
)
def test_when_depends_on_what_was_tried(status: JsonObject, policy: Json, when: str) -> None:
    """A revision is tried once; only selfHeal syncs one again that was synced well."""
    found = said(policy, status)
    assert "happens without anybody pressing" in found and when in found, found
    assert ("with selfHeal is on" in found) is (policy == HEALS)


@pytest.mark.parametrize(
    ("config", "when"),
    [
        ({"timeout.reconciliation": "30s", "timeout.reconciliation.jitter": "0s"}, "within 30 seconds"),
        ({"timeout.reconciliation": "1h"}, "within 61 minutes"),
        ({"timeout.reconciliation": "0s"}, "compares next: on a refresh or a webhook"),
        ({"timeout.reconciliation": "soon"}, "within minutes"),
    ],
)
def test_how_soon_is_configured(config: JsonObject, when: str) -> None:
    assert said({}, config=config).endswith(when)


def test_how_soon_is_not_known_where_the_configuration_was_not_read() -> None:
    unread = Before((PAIR,), spec={"syncPolicy": {"automated": {}}}, moved=True)
    assert unread.forecast().automatic.endswith("at Argo CD's next comparison, usually within 3 minutes")


@pytest.mark.parametrize(
    "windows",
    [
        {"canSync": True, "activeWindows": [FREEZE], "assignedWindows": [FREEZE]},
        {"canSync": False, "activeWindows": [FREEZE], "assignedWindows": [FREEZE]},
        {"canSync": True, "assignedWindows": [MORNING]},
    ],
)
def test_a_window_holds_it_back_until_it_opens(windows: JsonObject) -> None:
    """Also one that lets people through: they may sync, Argo CD does not."""
    found = said({}, tried(), windows=windows)
    window = cast(list[JsonObject], windows["assignedWindows"])[0]
    assert f"once no sync window holds it back: an {'active deny' if window is FREEZE else 'allow'} window" in found


@pytest.mark.parametrize(("policy", "happens"), [({"prune": True}, False), ({"prune": True, "allowEmpty": True}, True)])
def test_argo_cd_does_not_delete_everything_by_itself(policy: JsonObject, happens: bool) -> None:
    """It says `auto-sync will wipe out all resources`, and leaves it to people (measured.md 51)."""
    rows: list[Json] = [
        {"kind": "ConfigMap", "namespace": "shop", "name": "config", "status": "OutOfSync", "requiresPruning": True}
    ]
    left = (None, applied(config_map(a="1"), config_map(a="1")))
    found = Before((left,), spec={"syncPolicy": {"automated": policy}}, status={"resources": rows}).forecast()
    assert [effect.says for effect in found.effects] == ["deletes ConfigMap shop/config"]
    assert bool(found.automatic) is happens


def test_a_window_is_no_news_where_nothing_waits() -> None:
    windows = {"canSync": False, "activeWindows": [FREEZE], "assignedWindows": [FREEZE]}
    same = config_map(a="1"), applied(config_map(a="1"), config_map(a="1"))
    spec: JsonObject = {"syncPolicy": {"automated": {}}}
    assert Before((same,), spec=spec, facts={SYNC_WINDOWS: windows}, synced=True).forecast().automatic == ""


def test_what_a_sync_does_to_a_synced_application_comes_with_the_next_commit() -> None:
    """Argo CD begins no sync of what it calls Synced; the sync of the next commit takes all objects."""
    spec: JsonObject = {"syncPolicy": {"automated": HEALS}}
    hidden = Before((PAIR,), spec=spec, synced=True).forecast()
    assert hidden.automatic.endswith("without anybody pressing, with the next commit that changes something")
