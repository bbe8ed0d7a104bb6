"""Kinds that the cluster does not serve: a sync of one is refused as a whole, before anything is applied.

Source: gitops-engine pkg/sync/sync_context.go, getSyncTasks: the kind of each object is looked for in the server's
discovery; what is not there is no valid task (reference/measured.md 48), but for objects whose CRD is among what the
sync applies, hooks too, and where SkipDryRunOnMissingResource=true says to go on. The words are Argo CD's own
(util/argo/argo.go, AugmentSyncMsg).
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.subject import sync_options
from whydrift.core.judge.invalid import DEFINITION
from whydrift.core.judge.runs import hooks_of
from whydrift.core.judge.situation import Situation
from whydrift.core.judge.wanted import is_in_question
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import CRDS, SERVED
from whydrift.core.model.served import lacks, served_key
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import JsonObject, MaybeJson, child, is_object, items, text

SKIP = "SkipDryRunOnMissingResource=true"


def not_installed(situation: Situation) -> tuple[Effect, ...]:
    """Why a sync is refused as a whole: an effect for each object of a kind that the cluster is proven not to serve."""
    if SKIP in situation.application.sync_options:
        return ()
    found = ((item, _lacking(item, situation)) for item in situation.snapshot.objects or ())
    return tuple(Effect(item.key, Does.FAIL, f"fails: {why}", True, ("",)) for item, why in found if why)


def _lacking(item: ObjectSnapshot, situation: Situation) -> str:
    """Why Argo CD finds no such kind; "" where it does, where it may, and where git moved on from the object."""
    target = item.target
    if item.verdict is not Verdict.OUT_OF_SYNC or not is_object(target) or SKIP in sync_options(target):
        return ""
    if not is_in_question(target, situation.facts(item.key)) or situation.overtaken(item.key) is not None:
        return ""
    answer = situation.facts(served_key(item.api_version)).maybe(SERVED)
    if answer is None or not lacks(answer, item.key.kind) or _is_brought(item, situation):
        return ""
    return f"{_said(item, situation)}; nothing of the application is applied"


def _is_brought(item: ObjectSnapshot, situation: Situation) -> bool:
    """Whether the sync itself applies the CRD of an object."""
    stated: Iterable[MaybeJson] = (
        *(other.target for other in situation.objects.of_kind(DEFINITION[1])),
        *hooks_of(situation).values(),
    )
    return any(_defines(crd, item) for crd in stated)


def _defines(crd: MaybeJson, item: ObjectSnapshot) -> bool:
    defined = (text(crd, "spec", "group"), text(crd, "spec", "names", "kind"))
    return text(crd, "kind") == DEFINITION[1] and defined == (item.key.group, item.key.kind)


def _said(item: ObjectSnapshot, situation: Situation) -> str:
    named, version = f"{item.key.group}/{item.key.kind}", item.api_version.rpartition("/")[2]
    definitions = situation.facts(item.key).maybe(CRDS)
    crd = definitions.of(item.key.group, item.key.kind) if definitions else None
    others = _served(crd) if crd is not None else []
    if others:
        return f'the Kubernetes API could not find version "{version}" of {named}: it has {" and ".join(others)}'
    if situation.knowledge.types.knows(item.api_version, item.key.kind):
        return f'the Kubernetes API could not find version "{version}" of {named}: this cluster has another'
    return f"the Kubernetes API could not find {named}: make sure its CRD is installed"


def _served(crd: JsonObject) -> list[str]:
    versions = items(crd, "spec", "versions")
    return [f'"{text(row, "name")}"' for row in versions if child(row, "served") is True]
