"""Who drops an empty value, and whether its absence means the same: by the types that the writer is known to use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whydrift.core.explain.evidence import written_by
from whydrift.core.explain.places import Place, place_of
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Strength
from whydrift.core.model.managers import Entry
from whydrift.core.model.paths import Path
from whydrift.core.model.people import Writer
from whydrift.core.model.schema import Type
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_empty, mapping
from whydrift.core.model.versions import Release

SERVERS_OWN = frozenset({"apiextensions.k8s.io", "apiregistration.k8s.io"})
"""Groups of the API server's own kinds that client-go does not register."""
POINTERS = frozenset(
    {
        "default", "example", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties",
        "maxProperties", "multipleOf", "items", "not", "additionalItems", "additionalProperties", "externalDocs",
        "x-kubernetes-preserve-unknown-fields", "x-kubernetes-list-type", "x-kubernetes-map-type", "optionalOldSelf",
        "deprecationWarning", "schema", "openAPIV3Schema", "subresources", "status", "scale", "conversion", "webhook",
        "clientConfig", "service", "url", "path", "port", "labelSelectorPath",
    }
)  # fmt: skip
"""Fields of those kinds that are pointers in Go: their zero value is kept (apiextensions and apiregistration v1)."""
ARGOCD_GROUP = "argoproj.io"
ARGOCD_KINDS = frozenset({"Application", "AppProject", "ApplicationSet"})
ARGOCD_MEANS = frozenset(
    {
        "automated", "enabled", "revisionHistoryLimit", "retry", "orphanedResources", "warn",
        "namespaceResourceWhitelist", "operation",
    }
)  # fmt: skip
"""Fields of Argo CD's kinds whose empty value says something else than their absence (application/v1alpha1 types)."""
AUTOMATED = frozenset({"prune", "selfHeal", "allowEmpty"})
"""Fields of `automated`, which are pointers since `KEEPS_FALSE`: an explicit false survives (types.go)."""
KEEPS_FALSE: Release = (3, 4, 0)
MEANS_SOMETHING = frozenset(
    {
        "automated", "emptyDir", "podSelector", "namespaceSelector", "selector", "matchLabels", "matchExpressions",
        "rules", "ingress", "egress", "ingressDeny", "egressDeny", "from", "to", "enabled", "replicas",
    }
)  # fmt: skip
"""Fields of custom resources whose empty value often says something else: "all", "none", or a choice among others."""
PLAIN_BLOCKS = frozenset(
    {
        "labels", "annotations", "nodeSelector", "limits", "requests", "resources", "affinity", "securityContext",
        "podSecurityContext", "containerSecurityContext", "metadata", "parameters", "podLabels", "podAnnotations",
    }
)  # fmt: skip
"""Maps and blocks that say nothing when they are empty, whoever reads them."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """The proof that an empty value is dropped and says nothing."""

    strength: Strength
    who: str
    evidence: Evidence


def hollow(value: MaybeJson) -> bool:
    """Whether nothing is said: an empty value, or a map that holds only such."""
    return is_empty(value) or (isinstance(value, dict) and all(hollow(part) for part in value.values()))


def replaces_source(subject: Subject, difference: Difference) -> bool:
    """Whether a volume is an empty one in the place of what git mounts: the default is for one without any source."""
    stated = mapping(subject.object.target, *difference.path[:-1])
    return difference.path[-1:] == ("emptyDir",) and not subject.custom and bool(stated.keys() - {"name", "emptyDir"})


def dropped(subject: Subject, difference: Difference) -> Dropped | None:
    """Who leaves out what git states empty at this place; None where nobody is proven to, or where it has a meaning."""
    name, value = difference.path[-1], difference.target
    if isinstance(name, int) or not hollow(value):
        return None
    if value is None:
        return _null(subject, difference.path)
    if subject.knowledge.types.of(subject.object.target) is not None:
        return _by_go_type(subject, difference.path)
    if subject.key.group in SERVERS_OWN:
        return _by_own_kind(subject, difference.path, name) if is_empty(value) else None
    if subject.key.group == ARGOCD_GROUP and subject.key.kind in ARGOCD_KINDS:
        return _by_argocd(subject, difference.path, value)
    return _by_controller(subject, difference.path, value)


def _null(subject: Subject, path: Path) -> Dropped | None:
    schema = subject.schema.at(path) if subject.schema is not None else None
    if schema is not None and schema.nullable:
        return None
    return Dropped(Strength.REPLAYED, "the API server", Evidence("types", "null is taken as absent when it is stored"))


def _by_go_type(subject: Subject, path: Path) -> Dropped | None:
    place, stored = place_of(subject.object.target, path, subject.knowledge.types), subject.stored
    if not isinstance(place, Place) or place.field is None or stored is ABSENT or child(stored, *path) is not ABSENT:
        return None
    says = f"{path[-1]} of {place.struct} is omitted when it is empty"
    return Dropped(Strength.REPLAYED, "the API server", Evidence("types", says))


def _by_own_kind(subject: Subject, path: Path, name: str) -> Dropped | None:
    parent = subject.schema.at(path[:-1]) if subject.schema is not None else None
    if parent is None or parent.field(name) is None or name in POINTERS or name in parent.required:
        return None
    says = f"{name} of a {subject.key.kind} is omitted when it is empty"
    return Dropped(Strength.REPLAYED, "the API server", Evidence("types", says))


def _by_argocd(subject: Subject, path: Path, value: MaybeJson) -> Dropped | None:
    if path[0] != "spec" or any(name in ARGOCD_MEANS for name, _ in _named(path, value)):
        return None
    if path[-1] in AUTOMATED and subject.release >= KEEPS_FALSE:
        says = f"{path[-1]}: false means what its absence means; Argo CD before 3.4 dropped it, this one keeps it"
        return Dropped(Strength.COINCIDES, "an earlier Argo CD", Evidence("types", says))
    says = (
        f"{path[-1]} is omitted when it is empty: Argo CD writes the object back through its Go types (SetAppOperation)"
    )
    return Dropped(Strength.REPLAYED, "Argo CD", Evidence("types", says))


def _by_controller(subject: Subject, path: Path, value: MaybeJson) -> Dropped | None:
    writer = _typed_writer(subject)
    choices = (name for name, below in _named(path, value) if below in ({}, []) or name == path[-1])
    if writer is None or any(name in MEANS_SOMETHING for name in choices) or not _plain(subject, path, value):
        return None
    says = f"{written_by(writer)} wrote the whole object back; Go types with omitempty drop empty values"
    return Dropped(Strength.ATTRIBUTED, writer.manager, Evidence("managed-fields", says))


def _named(path: Path, value: MaybeJson) -> Iterator[tuple[str | int, MaybeJson]]:
    """A value under its name, and all that lie below it under theirs."""
    yield path[-1], value
    for key, below in value.items() if isinstance(value, dict) else ():
        yield from _named((key,), below)


def _plain(subject: Subject, path: Path, value: MaybeJson) -> bool:
    """Whether being there says nothing: any value but an empty map; of these the ones with keys of any name."""
    if value != {}:
        return True
    schema: Type | None = subject.schema.at(path) if subject.schema is not None else None
    return path[-1] in PLAIN_BLOCKS or (schema is not None and schema.additional_properties is not None)


def _typed_writer(subject: Subject) -> Entry | None:
    """A controller that wrote the object itself since Argo CD did, where nobody else came after the last sync.

    An older write dropped nothing that Argo CD has stated again since.
    """
    found = None
    argocd = max((entry.time or "" for entry in _whole(subject, Writer.ARGOCD)), default="")
    for entry in subject.object.managers.entries:
        writer = subject.knowledge.people.writer(entry.manager)
        if writer is Writer.ARGOCD or entry.subresource:
            continue
        if writer is not Writer.CONTROLLER and (entry.time or "") >= subject.application.synced_at:
            return None
        if writer is Writer.CONTROLLER and entry.operation == "Update" and (entry.time or "") >= argocd:
            found = found or entry
    return found


def _whole(subject: Subject, writer: Writer) -> list[Entry]:
    """The entries of one kind of writer that are about the object itself, no subresource."""
    people = subject.knowledge.people
    return [e for e in subject.object.managers.entries if not e.subresource and people.writer(e.manager) is writer]
