"""One object, compared as Argo CD compares it: the order of the steps, for each strategy.

Sources: util/argo/diff/diff.go :: preDiffNormalize; gitops-engine/pkg/diff/diff.go :: Diff, serverSideDiff,
structuredMergeDiff; controller/appcontroller.go :: hideSecretData. To ask "what if", change the target, live or the
terms (`dataclasses.replace(terms, rules=...)`) and compare again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from whydrift.core.compare.deletions import without
from whydrift.core.compare.ignore import check, ignore
from whydrift.core.compare.known_types import known_types
from whydrift.core.compare.last_applied import LAST_APPLIED, Unreadable, last_applied
from whydrift.core.compare.masks import mask_secrets
from whydrift.core.compare.merge.sides import Sides, three_way, two_way
from whydrift.core.compare.rules import find_rules
from whydrift.core.compare.structured import (
    ARGOCD_MANAGER,
    drop_trusted_differences,
    server_side_predicted,
    structured_merge,
)
from whydrift.core.compare.terms import DryRun, DryRunFailed, Strategy, Terms, strategy_of
from whydrift.core.compare.tracking import with_target_tracking
from whydrift.core.compare.typed.defaults import apply_defaults
from whydrift.core.compare.typed.normalize import normalize
from whydrift.core.compare.typed.remarshal import remarshal, remarshal_value
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import Json, JsonObject, items, mapping, same, text
from whydrift.core.model.versions import Since
from whydrift.errors import NotComparable, NotReplayed

RULES_ON_OUTPUTS = Since(((3, 2, 0),))
"""Since then ignore rules apply to what the dry run answered and to live; before, also to what was sent to it."""
ANSWER_REENCODED = Since(((3, 2, 1),))
"""Since then what the dry run answered is re-encoded, as live is."""
_NOT_COMPARED = {
    ("metadata", "managedFields"): Since(((3, 0, 0),)),
    ("metadata", "annotations", LAST_APPLIED): Since(((3, 2, 12), (3, 3, 10), (3, 4, 2), (3, 5, 0))),
    ("metadata", "resourceVersion"): Since(((3, 3, 11), (3, 4, 0))),
    ("metadata", "generation"): Since(((3, 6, 0),)),
}
"""What a server-side comparison leaves out on both sides, and since when."""


@dataclass(frozen=True, slots=True)
class ObjectComparison:
    """Both sides of one object as `managed-resources` returns them; None stands for a side that is not there.

    `modified` is what the API says, `differs` what the verdict is made of: for Secrets they can contradict each other.
    `notes` tell what Argo CD only logs.
    """

    strategy: Strategy
    normalized_live: Json
    predicted_live: Json
    differs: bool
    modified: bool
    target_state: JsonObject | None
    live_state: JsonObject | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Normalized:
    """An object after the normalisers; null where a rule removed all of it."""

    document: Json
    notes: tuple[str, ...] = ()


def compare_object(
    target: JsonObject | None, live: JsonObject | None, terms: Terms, dry_run: DryRun | None = None
) -> ObjectComparison:
    """What Argo CD's API says of one object, the values of Secrets masked.

    Raises NotComparable where Argo CD's comparison fails, NotReplayed where it needs a dry run and none is given.
    """
    found = compare_unmasked(target, live, terms, dry_run)
    if key_of(live or target)[:2] != ("", "Secret"):
        return found
    annotations = terms.settings.masked_annotations
    masked = mask_secrets(target, live, annotations)
    shown = replace(found, target_state=masked.target, live_state=masked.live)
    if found.strategy is Strategy.SERVER_SIDE:
        sides = mask_secrets(_object(found.predicted_live), _object(found.normalized_live), annotations)
        return replace(shown, predicted_live=sides.target, normalized_live=sides.live)
    masked_terms = replace(terms, server_side=False, structured=False, without_manager=True)
    again = compare_unmasked(masked.target, masked.live, masked_terms)
    return replace(
        shown, normalized_live=again.normalized_live, predicted_live=again.predicted_live, modified=again.differs
    )


def compare_unmasked(
    target: JsonObject | None, live: JsonObject | None, terms: Terms, dry_run: DryRun | None = None
) -> ObjectComparison:
    """The comparison that the verdict is made of; it holds the values of Secrets."""
    terms = terms.of_object(target)
    check(terms.all_rules, terms.knowledge.jq)
    git, cluster = _before_comparison(target, live, terms)
    if git is None or cluster is None:
        found = _one_sided(git, cluster, terms)
    elif terms.server_side:
        found = _server_side(cluster, terms, dry_run)
    else:
        found = _on_this_side(git, cluster, terms)
    return replace(found, target_state=target, live_state=live)


def sent_to_dry_run(target: JsonObject, live: JsonObject, terms: Terms) -> JsonObject:
    """What a server-side comparison applies in dry-run mode: the target re-encoded, since 3.2 no rule applied to it."""
    terms = terms.of_object(target)
    git, _ = _before_comparison(target, live, terms)
    if not RULES_ON_OUTPUTS.holds(terms.settings.release):
        return _object(_reencoded(git or target, terms).document) or {}
    return _decoded(git or target, terms)


def _before_comparison(
    target: JsonObject | None, live: JsonObject | None, terms: Terms
) -> tuple[JsonObject | None, JsonObject | None]:
    """Both sides without marks that do not count and without what trusted managers changed."""
    live = with_target_tracking(target, live, terms.settings.tracking, terms.settings.release)
    if target is None or live is None:
        return target, live
    managers = find_rules(target, terms.rules, terms.settings.overrides).managers
    if not managers:
        return target, live
    return drop_trusted_differences(target, live, frozenset(managers), terms.knowledge.schemas)


def _one_sided(git: JsonObject | None, cluster: JsonObject | None, terms: Terms) -> ObjectComparison:
    """An object that is missing or left behind; under server-side diff (since 3.2) no rule applies to it."""
    if git is None and cluster is None:
        raise NotComparable("there is neither a target nor a live object")
    in_full = not terms.server_side or not RULES_ON_OUTPUTS.holds(terms.settings.release)
    sides = [None if obj is None else _reencoded(obj, terms, in_full=in_full) for obj in (git, cluster)]
    predicted, live = (None if side is None else side.document for side in sides)
    return _outcome(Strategy.ONE_SIDED, live, predicted, _notes(sides), differs=cluster is None)


def _server_side(cluster: JsonObject, terms: Terms, dry_run: DryRun | None) -> ObjectComparison:
    """The answer to the dry run against live; the rules apply to both afterwards."""
    release = terms.settings.release
    decoded = _decoded(cluster, terms) if RULES_ON_OUTPUTS.holds(release) else _reencoded(cluster, terms).document
    live = _object(decoded)
    if dry_run is None:
        raise NotReplayed("a server-side comparison needs the server's answer to a dry run")
    if isinstance(dry_run, DryRunFailed):
        raise NotComparable(f"the dry run failed: {dry_run.why}")
    if live is None:
        raise NotComparable("an ignore rule removes the whole object")
    schemas = terms.knowledge.schemas
    answered = dry_run if terms.include_webhooks else server_side_predicted(dry_run, live, schemas, release)
    as_answered = _reencoded if ANSWER_REENCODED.holds(release) else _normalized
    sides = (as_answered(answered, terms), _normalized(live, terms))
    left_out = [path for path, since in _NOT_COMPARED.items() if since.holds(release)]
    predicted, normalized = (without(side.document, left_out) for side in sides)
    return _outcome(Strategy.SERVER_SIDE, normalized, predicted, _notes(sides))


def _on_this_side(git: JsonObject, cluster: JsonObject, terms: Terms) -> ObjectComparison:
    """The strategies for which Argo CD asks no server."""
    sides = (_reencoded(git, terms), _reencoded(cluster, terms))
    target, live = (_object(side.document) for side in sides)
    if target is None or live is None:
        raise NotComparable("an ignore rule removes the whole object")
    if strategy_of(target, live, terms) is Strategy.STRUCTURED:
        return _structured(target, live, terms, _notes(sides))
    return _by_last_applied(target, live, terms, _notes(sides))


def _structured(target: JsonObject, live: JsonObject, terms: Terms, notes: tuple[str, ...]) -> ObjectComparison:
    applied_on = _without_manager(live) if terms.without_manager else live
    merged = structured_merge(target, applied_on, terms.knowledge.schemas)
    if merged is None:
        return _outcome(Strategy.STRUCTURED, live, live, notes)
    if terms.without_manager:
        merged = {**merged, "metadata": {**mapping(merged, "metadata"), **_managed_fields(live)}}
    sides = (_defaulted(live, terms), _defaulted(merged, terms))
    return _outcome(Strategy.STRUCTURED, *sides, notes)


def _by_last_applied(target: JsonObject, live: JsonObject, terms: Terms, notes: tuple[str, ...]) -> ObjectComparison:
    """Three-way where live says what was last applied, else two-way; a three-way that fails gives way to two-way."""
    types = terms.knowledge.types
    stated = last_applied(live)
    if isinstance(stated, Unreadable):
        notes = (*notes, f"the last-applied annotation cannot be read, so two-way: {stated.why}")
    elif stated is not None:
        applied = _normalized(stated, terms)
        notes = (*notes, *applied.notes)
        try:
            sides = three_way(_object(applied.document) or {}, target, live, types)
            return _outcome(Strategy.THREE_WAY, *_in_order(sides), notes)
        except NotComparable as error:
            notes = (*notes, f"three-way failed, so two-way: {error}")
    return _outcome(Strategy.TWO_WAY, *_in_order(two_way(target, live, types)), notes)


def _in_order(sides: Sides) -> tuple[Json, Json]:
    return sides.normalized_live, sides.predicted_live


def _reencoded(obj: JsonObject, terms: Terms, *, in_full: bool = True) -> _Normalized:
    return _normalized(remarshal(obj, terms.knowledge.types), terms) if in_full else _Normalized(_decoded(obj, terms))


def _decoded(obj: JsonObject, terms: Terms) -> JsonObject:
    decoded = remarshal(obj, terms.knowledge.types)
    return normalize(decoded, ignore_aggregated_roles=terms.settings.ignore_aggregated_roles)


def _normalized(obj: JsonObject, terms: Terms) -> _Normalized:
    """The normalisers in their order; known types are left out where the rules took the kind away."""
    settings, knowledge = terms.settings, terms.knowledge
    plain = normalize(obj, ignore_aggregated_roles=settings.ignore_aggregated_roles)
    ignored = ignore(plain, terms.all_rules, knowledge.jq, settings.jq_seconds)
    notes = tuple(f"{each.rule.origin}: jq '{each.expression}' was left out: {each.why}" for each in ignored.failures)
    document = ignored.document
    if not isinstance(document, dict) or not text(document, "kind"):
        return _Normalized(document, (*notes, "an ignore rule removes the kind of the object"))
    known = known_types(document, settings.overrides, knowledge.types)
    return _Normalized(known.document, (*notes, known.error) if known.error else notes)


def _defaulted(obj: JsonObject, terms: Terms) -> JsonObject:
    """One side of a structured merge with its defaults; NotComparable where it does not decode as its kind."""
    types = terms.knowledge.types
    bare = _object(without(obj, [("metadata", "annotations", LAST_APPLIED)])) or {}
    struct = types.of(bare)
    if struct is not None:
        remarshal_value(bare, struct, types)
    return apply_defaults(bare, types)


def _without_manager(live: JsonObject) -> JsonObject:
    entries: list[Json] = [
        entry
        for entry in items(live, "metadata", "managedFields")
        if (text(entry, "manager"), text(entry, "operation")) != (ARGOCD_MANAGER, "Apply")
    ]
    return {**live, "metadata": {**mapping(live, "metadata"), "managedFields": entries}}


def _managed_fields(live: JsonObject) -> JsonObject:
    return {key: value for key, value in mapping(live, "metadata").items() if key == "managedFields"}


def _outcome(
    strategy: Strategy, live: Json, predicted: Json, notes: tuple[str, ...], *, differs: bool | None = None
) -> ObjectComparison:
    found = not same(live, predicted) if differs is None else differs
    return ObjectComparison(strategy, live, predicted, found, found, None, None, notes)


def _notes(sides: Iterable[_Normalized | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for side in sides if side is not None for note in side.notes))


def _object(document: Json) -> JsonObject | None:
    return document if isinstance(document, dict) else None
