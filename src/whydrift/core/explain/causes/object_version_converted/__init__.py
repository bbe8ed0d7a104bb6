"""Git states the object in one version of its kind, the cluster keeps it in another.

Why it happens: a CRD serves an older version and stores a newer one, or an API group took a kind over. What git states
is converted when it is stored and back when it is read. Without a conversion webhook (strategy None) only apiVersion
is changed, and fields that the stored version does not know are lost.

What proves it: the field is known in the version that git states and unknown in the one that the CRD stores, and live
has lost exactly this path; or the two sides of one object differ in apiVersion itself.

What would refute it: the stored version knows the field as well, or the stated one does not (then it is pruned there).

Remedies: write the object in the version that is stored, with the names that it has there.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.pruning import pruned_by
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import CRDS
from whydrift.core.model.objects import group_of
from whydrift.core.model.values import JsonObject, items, text


def concerns(subject: Subject, difference: Difference) -> bool:
    """apiVersion, and fields of a custom resource that live lost."""
    lost = difference.kind is Kind.MISSING and not difference.whole and subject.custom
    return lost or difference.path == ("apiVersion",)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim a differing apiVersion, and the fields that only the stated version knows."""
    stored = _stored_version(subject)
    for difference in concerned:
        if difference.path == ("apiVersion",):
            yield _served_otherwise(difference)
        elif stored and _only_stated_knows(subject, difference, stored):
            stated = subject.object.api_version
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.REPLAYED,
                why=f"git states {stated}, the cluster stores {stored}, which does not know this field",
                evidence=(
                    Evidence("custom resource definitions", f"{stored} is the storage version"),
                    Evidence("schemas", f"{stated} knows the field, {stored} does not"),
                    Evidence("replay", "what the stored version does not know is gone in live"),
                ),
            )


def _served_otherwise(difference: Difference) -> Explanation:
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.REPLAYED,
        why=f"git states the object as {quoted(difference.target)}, the server gives it as {quoted(difference.live)}",
        evidence=(Evidence("target", "one object under two versions of its kind"),),
    )


def _stored_version(subject: Subject) -> str:
    """The storage version of the object's kind as an apiVersion; "" where git states it, or no CRD is known."""
    group = group_of(subject.object.api_version)
    definitions = subject.facts.maybe(CRDS)
    crd = definitions.of(group, subject.key.kind) if definitions else None
    if crd is None:
        return ""
    stored = f"{group}/{_storage(crd)}"
    return "" if stored == subject.object.api_version else stored


def _storage(crd: JsonObject) -> str:
    versions = items(crd, "spec", "versions")
    return next((text(v, "name") for v in versions if isinstance(v, dict) and v.get("storage") is True), "")


def _only_stated_knows(subject: Subject, difference: Difference, stored: str) -> bool:
    schemas = subject.knowledge.schemas.with_crds(subject.facts.maybe(CRDS) or ())
    after = schemas.type_of(stored, subject.key.kind)
    before = schemas.type_of(subject.object.api_version, subject.key.kind)
    if before is None or after is None or pruned_by(before, difference.path) is not None:
        return False
    return pruned_by(after, difference.path) is not None


CAUSE = Cause(
    id="object-version-converted",
    title="git states another version of the kind",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    helps=needs(CRDS),
)
