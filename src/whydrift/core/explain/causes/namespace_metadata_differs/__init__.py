"""The labels or annotations that the Application wants on its Namespace are not what the Namespace has.

Why it happens: `managedNamespaceMetadata` was changed and the application not synced since: Argo CD says OutOfSync
without a single red object. Or somebody changed a label on the live Namespace: Argo CD does not compare a Namespace
that git does not hold, and says Synced.

What proves it: the spec and what the last sync wrote differ at this key; or the live Namespace has another value than
the last sync wrote and the spec wants.

What would refute it: both agree. Where git renders the Namespace itself, its manifest wins: then the Application has
two answers to one question, and the one in git counts.

Remedies: sync. A key that only the live Namespace has stays; that one is somebody's own.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.conditions import NAMESPACE_METADATA
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.hands import is_shared
from whydrift.core.explain.subject import About, Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.people import Writer
from whydrift.core.model.values import mapping

LABELS = ("metadata", "labels")
SOMEBODY = (Writer.PERSON, Writer.LIBRARY, Writer.PIPELINE)


def concerns(subject: Subject, difference: Difference) -> bool:
    """Keys of managedNamespaceMetadata, and labels and annotations of the Namespace that the Application made."""
    managed = bool(mapping(subject.application.raw, *NAMESPACE_METADATA))
    made = subject.key == ObjectKey("", "Namespace", "", subject.application.destination_namespace)
    spec = difference.path[: len(NAMESPACE_METADATA)] == NAMESPACE_METADATA
    return spec or (managed and made and not difference.shown and len(difference.path) == len(LABELS) + 1)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the spec states and the last sync did not write, and what somebody wrote over it in the cluster."""
    for difference in concerned:
        unseen = _overruled if _in_git(subject) else _changed
        found = _unsynced(difference) if difference.shown else unseen(subject, difference)
        if found is not None:
            yield found


def _unsynced(difference: Difference) -> Explanation:
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.REPLAYED,
        why=f"the Application wants {quoted(difference.target)}, the last sync wrote {quoted(difference.live)}",
        evidence=(
            Evidence("spec", f"managedNamespaceMetadata says {quoted(difference.target)}"),
            Evidence("operation", f"the last sync wrote {quoted(difference.live)}"),
        ),
    )


def _in_git(subject: Subject) -> bool:
    """Whether git renders the Namespace as well."""
    return any(item.key == subject.key and item is not subject.object for item in subject.siblings)


def _overruled(subject: Subject, difference: Difference) -> Explanation:
    """A key that the Application wants and the Namespace in git, which wins, does not bring."""
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.ATTRIBUTED,
        why=f"the Application wants {quoted(difference.target)} on its Namespace, but git holds it too and wins",
        evidence=(
            Evidence("spec", f"managedNamespaceMetadata says {quoted(difference.target)}"),
            Evidence("managed resources", "the application renders the Namespace itself"),
        ),
        side=Side.STRUCTURE,
    )


def _changed(subject: Subject, difference: Difference) -> Explanation | None:
    """A key of the live Namespace that is not as the spec says: who wrote it, if it is still there."""
    owners = subject.owners(difference)
    people = subject.knowledge.people
    added = difference.kind is Kind.EXTRA
    if added and not any(
        people.writer(entry.manager) in SOMEBODY and not is_shared(entry, difference) for entry in owners
    ):
        return None
    wanted = "which nobody asked for" if added else f"the Application wants {quoted(difference.target)}"
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.ATTRIBUTED if owners else Strength.COINCIDES,
        why=f"the live Namespace has {quoted(difference.live)}, {wanted}; Argo CD does not compare it",
        evidence=(
            Evidence("spec", f"managedNamespaceMetadata says {quoted(difference.target)}"),
            *(ownership(entry, people) for entry in owners),
        ),
        side=Side.ASK if added else None,
    )


CAUSE = Cause(
    id="namespace-metadata-differs",
    title="the Namespace's labels or annotations are not what the Application wants",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    about=About.APPLICATION,
    everywhere=True,
)
