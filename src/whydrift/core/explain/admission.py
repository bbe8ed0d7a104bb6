"""What mutates an object at admission: the webhooks and policies whose rules and selectors match it.

Sources: Kubernetes, "Dynamic Admission Control" (matching requests) and "Mutating Admission Policy".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whydrift.core.explain.subject import Subject
from whydrift.core.model.fact_kinds import ADMISSION_POLICIES, CRDS, NAMESPACE, WEBHOOKS
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, is_object, items, mapping, text

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that the server puts on every Namespace."""


@dataclass(frozen=True, slots=True)
class Mutator:
    """A webhook or policy that gets to see the object. `doubts` name what of its conditions could not be evaluated."""

    name: str
    kind: str
    doubts: tuple[str, ...] = ()

    def __str__(self) -> str:
        unless = f" (not evaluated: {', '.join(self.doubts)})" if self.doubts else ""
        return f"{self.kind} {self.name} matches this object{unless}"


def mutators_of(subject: Subject) -> tuple[Mutator, ...]:
    """The webhooks and policies that were read and match this object, those without doubts first."""
    found = (*_webhooks(subject), *_policies(subject))
    return tuple(sorted(found, key=lambda mutator: len(mutator.doubts)))


def _webhooks(subject: Subject) -> Iterator[Mutator]:
    for configuration in subject.facts.maybe(WEBHOOKS) or ():
        for webhook in items(configuration, "webhooks"):
            doubts = _doubts(webhook, "rules", subject) if is_object(webhook) else None
            if doubts is not None:
                yield Mutator(text(webhook, "name"), "webhook", doubts)


def _policies(subject: Subject) -> Iterator[Mutator]:
    read = subject.facts.maybe(ADMISSION_POLICIES) or ()
    bindings = [row for row in read if text(row, "kind") == "MutatingAdmissionPolicyBinding"]
    for policy in (row for row in read if text(row, "kind") == "MutatingAdmissionPolicy"):
        name = text(policy, "metadata", "name")
        doubts = _doubts(mapping(policy, "spec", "matchConstraints"), "resourceRules", subject)
        bound = [_bound(row, subject) for row in bindings if text(row, "spec", "policyName") == name]
        matching = [found for found in bound if found is not None]
        if doubts is not None and matching:
            conditions = ("its CEL match conditions",) if items(policy, "spec", "matchConditions") else ()
            yield Mutator(name, "MutatingAdmissionPolicy", (*doubts, *min(matching, key=len), *conditions))


def _bound(binding: JsonObject, subject: Subject) -> tuple[str, ...] | None:
    """What is doubtful about a binding that covers the object; None where it does not. It may state no rules at all."""
    stated = mapping(binding, "spec", "matchResources")
    everything: JsonObject = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}
    return _doubts({**stated, "resourceRules": stated.get("resourceRules") or [everything]}, "resourceRules", subject)


def _doubts(stated: JsonObject, rules: str, subject: Subject) -> tuple[str, ...] | None:
    """What is doubtful about a match: () where all of it is known to match, None where something does not."""
    exactly = text(stated, "matchPolicy") == "Exact"
    matching = any(_rule_matches(rule, subject, exactly) for rule in items(stated, rules))
    excluded = any(_rule_matches(rule, subject, exactly) for rule in items(stated, "excludeResourceRules"))
    by_namespace = _namespace_selected(mapping(stated, "namespaceSelector"), subject)
    if not matching or excluded or by_namespace is False or not _object_selected(stated, subject):
        return None
    conditions = ("its CEL match conditions",) if items(stated, "matchConditions") else ()
    return (*(("labels of the namespace",) if by_namespace is None else ()), *conditions)


def _rule_matches(rule: MaybeJson, subject: Subject, exactly: bool) -> bool:
    key = subject.key
    version = subject.object.api_version.rpartition("/")[2]
    names = items(rule, "resourceNames")
    scope = text(rule, "scope") or "*"
    return (
        _lists(rule, "apiGroups", {key.group})
        and (not exactly or _lists(rule, "apiVersions", {version}))
        and _lists(rule, "operations", {"CREATE", "UPDATE"})
        and _lists(rule, "resources", plurals(subject) | {"*/*"})
        and (not names or key.name in names)
        and scope in ("*", "Namespaced" if key.namespace else "Cluster")
    )


def _lists(rule: MaybeJson, field: str, names: set[str]) -> bool:
    stated = items(rule, field)
    return "*" in stated or any(name in stated for name in names)


def plurals(subject: Subject) -> set[str]:
    """The names that the kind's resource may have: the CRD's own, else those that English allows.

    Built-in kinds follow UnsafeGuessKindToResource (apimachinery, meta/restmapper.go); custom ones need not.
    """
    key = subject.key
    definitions = subject.facts.maybe(CRDS)
    crd = definitions.of(key.group, key.kind) if definitions else None
    if crd is not None:
        return {text(crd, "spec", "names", "plural")}
    singular = key.kind.lower()
    if singular == "endpoints":
        return {singular}
    guess = f"{singular}es" if singular.endswith("s") else f"{singular[:-1]}ies" if singular[-1:] == "y" else ""
    built_in = subject.knowledge.types.knows(subject.object.api_version, key.kind)
    return {guess or f"{singular}s"} if built_in else {f"{singular}s", f"{singular}es", guess} - {""}


def _namespace_selected(selector: JsonObject, subject: Subject) -> bool | None:
    """Whether a namespace selector takes the object; None where the labels that it asks for are not known."""
    key = subject.key
    if not key.namespace:
        is_namespace = key.kind == "Namespace" and not key.group
        return selected(selector, _labels(subject.object.live), complete=True) if is_namespace else True
    namespace = subject.facts.maybe(NAMESPACE)
    labels = {NAMESPACE_NAME: key.namespace, **(_labels(namespace) if namespace else {})}
    return selected(selector, labels, complete=bool(namespace))


def _object_selected(stated: JsonObject, subject: Subject) -> bool:
    """Whether an object selector takes the object as git or as the cluster has it (the server asks for either)."""
    selector = mapping(stated, "objectSelector")
    sides = (subject.object.target, subject.object.live)
    return any(selected(selector, _labels(side), complete=True) for side in sides if side is not ABSENT)


def _labels(obj: MaybeJson) -> dict[str, str]:
    return {name: value for name, value in mapping(obj, "metadata", "labels").items() if isinstance(value, str)}


def selected(selector: JsonObject, labels: dict[str, str], *, complete: bool) -> bool | None:
    """Whether a label selector takes these labels; None where it asks for one that is not among the known ones."""
    equal: list[Json] = [
        {"key": k, "operator": "In", "values": [v]} for k, v in mapping(selector, "matchLabels").items()
    ]
    found = [_requirement(row, labels, complete) for row in (*equal, *items(selector, "matchExpressions"))]
    return False if False in found else None if None in found else True


def _requirement(row: MaybeJson, labels: dict[str, str], complete: bool) -> bool | None:
    key, values = text(row, "key"), items(row, "values")
    if key not in labels and not complete:
        return None
    match text(row, "operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return None
