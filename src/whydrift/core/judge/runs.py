"""Hooks and Jobs that a sync runs: new ones, changed ones, and those that ran before and run again."""

from __future__ import annotations

from collections.abc import Mapping

from whydrift.core.compare.hooks import is_hook, phases
from whydrift.core.explain.runs import RUN_KINDS
from whydrift.core.judge.situation import Situation, tells_of_its_hooks
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import COMPARED_MANIFESTS
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import JsonObject

IN_A_SYNC = ("PreSync", "Sync", "PostSync")
JOB = ("batch", "Job")


def runs(key: ObjectKey) -> bool:
    """Whether an object of this kind runs something when it is created."""
    return key[:2] == JOB or key[:2] in RUN_KINDS


def hook_effects(situation: Situation) -> tuple[Effect, ...]:
    """The hooks that a sync runs; an unknown effect where git's whole render was not read."""
    if _rendered(situation) is None:
        if situation.manifests is None and tells_of_its_hooks(situation.application):
            return ()
        gap = situation.whole.gaps.get(COMPARED_MANIFESTS)
        why = f" ({gap.why})" if gap is not None else ""
        return (
            Effect(
                situation.itself, Does.UNKNOWN, f"which hooks run is not known: git's render was not read{why}", False
            ),
        )
    return tuple(_effect(key, hook, situation) for key, hook in hooks_of(situation).items())


def hooks_of(situation: Situation) -> Mapping[ObjectKey, JsonObject]:
    """The hooks that a sync runs unless it fails, in the namespaces that they run in."""
    hooks = {key: hook for key, hook in (_rendered(situation) or {}).items() if is_hook(hook)}
    namespace = situation.application.destination_namespace
    return {
        key if key.namespace else key._replace(namespace=namespace): hook
        for key, hook in hooks.items()
        if set(phases(hook)) & set(IN_A_SYNC)
    }


def _rendered(situation: Situation) -> Mapping[ObjectKey, JsonObject] | None:
    if situation.manifests is not None:
        return situation.manifests
    if situation.newest is not None:
        return situation.newest.manifests
    return situation.whole.maybe(COMPARED_MANIFESTS)


def _effect(key: ObjectKey, hook: JsonObject, situation: Situation) -> Effect:
    when = ", ".join(phase for phase in phases(hook) if phase in IN_A_SYNC)
    ran = any(row.get("hook") is True and other.name == key.name for other, row in situation.application.rows)
    says = f"runs the {when} hook {key.kind} {key.name}{' again' if ran else ''}"
    return Effect(key, Does.RUN_HOOK, says, False, ("",))
