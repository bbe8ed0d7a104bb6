"""What Argo CD does by itself, and when: automatic syncs (controller/appcontroller.go, autoSync)."""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.typed.scalars import duration_nanoseconds
from whydrift.core.explain.sync_windows import holding_window
from whydrift.core.explain.syncing import ended_badly
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import ARGOCD_CONFIG, SYNC_WINDOWS
from whydrift.core.model.values import JsonObject, mapping, text

PERIOD, JITTER = "timeout.reconciliation", "timeout.reconciliation.jitter"
USUAL = {PERIOD: "120s", JITTER: "60s"}
"""How often Argo CD compares, where nothing else is configured."""


def automatic(effects: Iterable[Effect], situation: Situation) -> str:
    """What happens without anybody pressing, and when; "" where nothing does."""
    application = situation.application
    held = holding_window(application, situation.whole.maybe(SYNC_WINDOWS) or {})
    doing = any(effect.does not in (Does.NOTHING, Does.FAIL) for effect in effects)
    waits = held and application.sync == "OutOfSync"
    begins = application.automated and application.sync in ("OutOfSync", "Synced") and not _wipes_out(application)
    if not begins or not (doing or waits):
        return ""
    how = f"automatic sync{' with selfHeal' if _heals(application) else ''} is on"
    when = f"once no sync window holds it back: {held}" if held else _when(situation)
    return f"{how}: this happens without anybody pressing, {when}"


def _heals(application: Application) -> bool:
    return _policy(application).get("selfHeal") is True


def _policy(application: Application) -> JsonObject:
    return mapping(application.raw, "spec", "syncPolicy", "automated")


def _wipes_out(application: Application) -> bool:
    """Whether Argo CD does not begin because nothing would be left (`auto-sync will wipe out all resources`)."""
    policy = _policy(application)
    prunes = policy.get("prune") is True and policy.get("allowEmpty") is not True
    return prunes and all(row.get("requiresPruning") is True for _, row in application.rows)


def _when(situation: Situation) -> str:
    """When Argo CD begins: what it has tried already it does not try again before the next commit, but for selfHeal."""
    application = situation.application
    if text(application.operation, "phase") == "Running":
        return "now: a sync is running"
    if situation.manifests is not None:
        return "once Argo CD compares with that revision"
    if situation.newest is not None or (application.sync == "OutOfSync" and not _was_tried(application)):
        return _next_comparison(situation)
    if application.sync == "Synced":
        return "with the next commit that changes something"
    if ended_badly(application):
        return "with the next commit: of this revision the last sync failed, and Argo CD does not try it again"
    if not _heals(application):
        return "with the next commit: this revision was synced already, and selfHeal is off"
    return _next_comparison(situation)


def _was_tried(application: Application) -> bool:
    """Whether the last sync was one of what is compared now; one that is forgotten was none."""
    if not application.operation:
        return False
    last = application.syncs.later or application.syncs.whole
    tried = mapping(application.operation, "syncResult")
    return not tried or (last is not None and last.of_compared_state)


def _next_comparison(situation: Situation) -> str:
    known = situation.whole.maybe(ARGOCD_CONFIG)
    stated = [duration_nanoseconds(text(known, key) or usual) for key, usual in USUAL.items()]
    if stated[0] == 0:
        return "when Argo CD compares next: on a refresh or a webhook"
    seconds = sum(each or 0 for each in stated) // 10**9
    usually = "usually " if known is None else ""
    return f"at Argo CD's next comparison, {usually}within {_spelled(seconds) if stated[0] else 'minutes'}"


def _spelled(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"
