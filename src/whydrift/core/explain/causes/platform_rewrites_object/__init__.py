"""The platform that the cluster runs on writes its own notes and rules into the object.

Why it happens: managed Kubernetes and its distributions touch other people's objects: AKS appends selectors to every
webhook, OpenShift assigns ranges to namespaces and pull secrets to service accounts, cloud load balancers write
annotations. Git holds the object without them, or with those of another cluster from which it was exported.

What proves it: the managed fields name the platform's own writer at a path that this platform is known to write.

What would refute it: another owner; a path that this platform does not write; live still is what the last sync wrote.

Remedies: drop what was exported from another cluster. Else a narrow ignore rule for exactly this path; some platforms
have an annotation that switches them off for one object.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import others, overwrote
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.managers import Entry
from whydrift.core.model.paths import Path


class Habit(NamedTuple):
    """What one platform writes: under which manager's name, into which kinds, below which path (patterns)."""

    platform: str
    manager: str
    kind: str
    path: tuple[str, ...]


HABITS = (
    Habit("AKS", "admissionsenforcer", "*WebhookConfiguration", ("webhooks", "*", "namespaceSelector")),
    Habit("AKS", "aks-*", "*WebhookConfiguration", ("webhooks", "*", "namespaceSelector")),
    Habit(
        "AKS", "cloud-controller-manager", "Service", ("metadata", "annotations", "service.beta.kubernetes.io/azure-*")
    ),
    Habit("OpenShift", "openshift-controller-manager", "ServiceAccount", ("imagePullSecrets",)),
    Habit("OpenShift", "openshift-controller-manager", "ServiceAccount", ("secrets",)),
    Habit("OpenShift", "openshift-controller-manager", "*", ("metadata", "annotations", "openshift.io/*")),
    Habit("OpenShift", "cluster-policy-controller", "Namespace", ("metadata", "annotations", "openshift.io/sa.scc.*")),
    Habit("OpenShift", "openshift-*", "Namespace", ("metadata", "annotations", "openshift.io/*")),
    Habit("OpenShift", "kube-controller-manager", "Namespace", ("metadata", "annotations", "openshift.io/sa.scc.*")),
    Habit(
        "OpenShift", "pod-security-admission-label-synchronization-controller", "Namespace",
        ("metadata", "labels", "pod-security.kubernetes.io/*"),
    ),
    Habit("GKE", "glbc", "Ingress", ("metadata", "annotations", "ingress.*kubernetes.io/*")),
    Habit("GKE", "glbc", "*", ("metadata", "annotations", "cloud.google.com/*")),
    Habit("GKE", "glbc", "*", ("metadata", "finalizers")),
    Habit("GKE", "gke-*", "*", ("metadata", "annotations", "*.gke.io/*")),
    Habit("GKE", "gke-*", "*", ("metadata", "annotations", "*cloud.google.com/*")),
    Habit("GKE", "*neg-controller", "Service", ("metadata", "annotations", "cloud.google.com/*")),
    Habit("a cloud provider", "cloud-controller-manager", "Service", ("metadata", "finalizers")),
    Habit("EKS", "eks*", "*", ("metadata", "annotations", "*eks.amazonaws.com/*")),
    Habit("Rancher", "rancher", "*", ("metadata", "annotations", "*cattle.io/*")),
    Habit("Rancher", "rancher", "*", ("metadata", "labels", "*cattle.io/*")),
    Habit("Rancher", "rancher", "*", ("metadata", "finalizers")),
)  # fmt: skip
"""The known pairs of writer and path (drift-catalogue.md, ADM-01 to ADM-08, and the platforms' own documentation)."""


def concerns(subject: Subject, difference: Difference) -> bool:
    """What a platform is known to write, and wrote."""
    return _habit(subject, difference) is not None and overwrote(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what a platform's own writer owns at one of its paths."""
    for difference in concerned:
        habit = _habit(subject, difference)
        assert habit is not None, "concerns let it pass"
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=f"{habit.platform} wrote {quoted(difference.live)} here; git states {quoted(difference.target)}",
            evidence=(
                *(ownership(entry, subject.knowledge.people) for entry in others(subject, difference)),
                Evidence("list", f"{habit.platform} is known to write this path of {subject.key.kind} objects"),
            ),
        )


def _habit(subject: Subject, difference: Difference) -> Habit | None:
    entries = others(subject, difference)
    known = (h for h in HABITS if entries and all(_is(h, entry, subject, difference.live_path) for entry in entries))
    return next(known, None)


def _is(habit: Habit, entry: Entry, subject: Subject, path: Path) -> bool:
    steps = [str(step) for step in path[: len(habit.path)]]
    return (
        fnmatchcase(entry.manager, habit.manager)
        and fnmatchcase(subject.key.kind, habit.kind)
        and len(steps) == len(habit.path)
        and all(fnmatchcase(step, pattern) for step, pattern in zip(steps, habit.path, strict=True))
    )


CAUSE = Cause(
    id="platform-rewrites-object",
    title="the platform writes into it",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
)
