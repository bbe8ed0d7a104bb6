"""The table "Remedy" of design/decisions.md: which cause is remedied how. Nothing is proven or edited here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from whydrift.core.explain.engine import Examined
from whydrift.core.explain.subject import Subject
from whydrift.core.judge.situation import Situation
from whydrift.core.model.effect import Forecast
from whydrift.core.model.remedy import Choice, RemedyKind, Safety
from whydrift.core.remedy.choices import (
    controllers,
    defaults,
    drawn,
    failed,
    leftovers,
    owners,
    people,
    refused,
    rules_at_fault,
    spellings,
    syncs,
    usual,
)
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.hashes import hashed, is_hash

Chooser = Callable[[Case], Choice]
CHOICES: Mapping[str, Chooser] = {
    "schema-defaults-field": defaults.default,
    "server-defaults-field": defaults.default,
    "defaults-of-another-strategy": defaults.default,
    "engine-repaints-list": defaults.shadow,
    "generation-follows-change": defaults.shadow,
    "writer-drops-empty-value": spellings.empty_value,
    "server-respells-value": spellings.spelling,
    "list-order-differs": spellings.order,
    "item-stated-twice": spellings.stated_twice,
    "schema-prunes-unknown-field": spellings.unknown_field,
    "object-version-converted": spellings.converted_version,
    "server-allocates-value": spellings.allocated,
    "kubectl-stamps-annotation": spellings.stamp,
    "autoscaler-scales-replicas": controllers.autoscaled,
    "controller-owns-field": controllers.controlled,
    "platform-rewrites-object": controllers.controlled,
    "injector-fills-ca-bundle": controllers.injected_ca,
    "operator-completes-spec": controllers.completed,
    "webhook-injects-field": controllers.mutated,
    "image-updater-writes-tag": controllers.retagged,
    "ignore-rule-misses": rules_at_fault.misses,
    "stopped-by-rule": rules_at_fault.keeps_release_out,
    "chart-renders-differently-each-time": drawn.drawn,
    "person-edits-live": people.edited,
    "person-adds-what-diff-ignores": people.edited,
    "ignore-rule-hides-change": people.edited,
    "explicit-zero-hides-change": people.edited,
    "both-sides-changed": people.both_changed,
    "rolled-back-in-argocd": people.rolled_back,
    "git-moved-ahead": syncs.moved_ahead,
    "sync-window-blocks": syncs.held_by_window,
    "object-missing-from-cluster": syncs.missing,
    "verdict-is-stale": syncs.stale,
    "kind-is-excluded": syncs.excluded,
    "namespace-metadata-differs": owners.namespace_metadata,
    "another-pipeline-applies": owners.one_owner,
    "two-apps-claim-object": owners.one_owner,
    "object-rendered-twice": owners.stated_once,
    "object-lacks-tracking-id": owners.untracked,
    "old-manager-keeps-field": owners.kept_by_manager,
    "operator-copies-tracking-id": owners.copied_mark,
    "object-left-behind": leftovers.left_behind,
    "prune-is-blocked": leftovers.kept_from_pruning,
    "job-expired": leftovers.missing_job,
    "run-object-is-ephemeral": leftovers.run,
    "hook-finished": leftovers.finished_hook,
    "sync-is-failing": refused.refusal,
    "comparison-failed": failed.not_compared,
}
"""Every cause of the catalogue but `checksum-follows-config`, whose remedy is that of what it hashes."""


def choose(finding: Examined, subject: Subject, situation: Situation) -> Choice:
    """What should be done about one difference; `ask` where nothing explains it."""
    case = Case(finding, subject, situation)
    if is_hash(case):
        return _of_hashed(case)
    chooser = CHOICES.get(case.cause)
    if chooser is None:
        return usual.asked(case, "nothing explains it: who wrote it has to be found out", people.WAY_BACK)
    return chooser(case)


def judged_with(choice: Choice, sync: Forecast | None) -> Choice:
    """A sync is as safe as what it would do to the whole application; unknown is not safe, nor what is refused now."""
    if choice.kind is not RemedyKind.SYNC or sync is None:
        return choice
    doubt = sync.doubt
    if doubt is None:
        return replace(choice, safety=Safety.SAFE)
    return replace(choice, why=f"{choice.why}; a sync now, {doubt.key.kind}/{doubt.key.name}: {doubt.says}")


def _of_hashed(case: Case) -> Choice:
    """The kind of the remedy of what is hashed; its edit closes both."""
    found = hashed(case)
    if found is None:
        return (
            drawn.drawn(case)
            if case.cause in CHOICES
            else usual.asked(case, f"it goes with what it hashes: {case.because}")
        )
    finding, subject, field = found
    choice = choose(finding, subject, case.situation)
    if choice.kind is RemedyKind.IGNORE:  # a rule for the one does not reach the other
        return replace(usual.ignored(case, choice.why), safety=choice.safety)
    why = f"it is a hash of {field.key.kind} {field.key.name}, and goes with what is done there"
    at = field if choice.changes else choice.at
    return Choice(choice.kind, why, choice.safety, place=choice.place, at=at, follows=field, instead=choice.instead)
