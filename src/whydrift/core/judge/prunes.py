"""What a sync does to an object that git does not have any more (gitops-engine pkg/sync, pruneObject)."""

from __future__ import annotations

from whydrift.core.compare.hooks import COMPARE_OPTIONS, annotation_options
from whydrift.core.explain.blocked import blocks_pruning
from whydrift.core.explain.leftovers import other_holders
from whydrift.core.judge.situation import Situation
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import FLEET
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import child, is_object, items, text

DATA = frozenset({"PersistentVolumeClaim", "PersistentVolume", "Namespace", "CustomResourceDefinition"})
IGNORED = "IgnoreExtraneous"
"""The compare option of a leftover that makes no application OutOfSync, though its row says so."""
CHILD_FINALIZER = "resources-finalizer.argocd.argoproj.io"


def prunes(situation: Situation) -> bool:
    """Whether a sync prunes: as `automated.prune` says with auto-sync on, else as somebody asks who presses."""
    if not situation.application.automated:
        return True
    return child(situation.application.raw, "spec", "syncPolicy", "automated", "prune") is True


def pruned(item: ObjectSnapshot, situation: Situation) -> tuple[Effect, bool]:
    """The effect on a leftover, and whether Argo CD counts it no more afterwards: gone, or said to be of no account."""
    effect, gone = _pruned(item, situation)
    return effect, gone or (is_object(item.live) and IGNORED in annotation_options(item.live, COMPARE_OPTIONS))


def _pruned(item: ObjectSnapshot, situation: Situation) -> tuple[Effect, bool]:
    blocks = blocks_pruning(situation.subject(item))
    waits = any("Prune=confirm" in block.says for block in blocks)
    if blocks and not waits:
        gone = text(item.live, "metadata", "deletionTimestamp") != "" and blocks[0].fact == "deletion"
        return Effect(item.key, Does.NOTHING, f"stays: {blocks[0].says}", True), gone
    if not prunes(situation):
        return Effect(item.key, Does.NOTHING, "stays: automated syncs of this application do not prune", True), False
    says = f"deletes {item.key}{' once somebody approves it' if waits else ''}{_also(item, situation)}"
    return Effect(item.key, Does.DELETE, says, False, ("",), _cause(item, situation)), not waits


def _cause(item: ObjectSnapshot, situation: Situation) -> str:
    found = situation.findings.get(item.key, ())
    return next((f.explanations[0].cause for f in found if f.explanations), "")


def _also(item: ObjectSnapshot, situation: Situation) -> str:
    """What goes with it, or who loses it."""
    subject = situation.subject(item)
    if subject.facts.known(FLEET):
        others = other_holders(subject)
        if others:
            return f", which {others[0].application} renders"
    if item.key[:2] == ("argoproj.io", "Application"):
        finalizers = [str(name) for name in items(item.live, "metadata", "finalizers")]
        cascades = any(name.startswith(CHILD_FINALIZER) for name in finalizers)
        return ", and by its finalizer everything that it deployed" if cascades else ""
    return ", with the data in it" if item.key.kind in DATA else ""
