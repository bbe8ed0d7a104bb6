"""The Application itself as a subject: what Argo CD says in conditions, and what differs in no object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from whydrift.core.compare.differences import differences
from whydrift.core.explain.subject import About, Knowledge, Subject
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ApplicationSnapshot, ObjectSnapshot, States
from whydrift.core.model.values import child, mapping

FAILED = frozenset({"ComparisonError", "InvalidSpecError", "UnknownError"})
CONDITIONS = ("status", "conditions")
NAMESPACE_METADATA = ("spec", "syncPolicy", "managedNamespaceMetadata")


def application_subjects(
    snapshot: ApplicationSnapshot, knowledge: Knowledge, facts: Callable[[ObjectKey], Facts]
) -> list[Subject]:
    """The Application as a subject, where something about it is no object's difference; else nothing."""
    application = snapshot.application
    found = (*_failed_comparison(snapshot), *_namespace_metadata(application))
    if not found:
        return []
    key = ObjectKey("argoproj.io", "Application", application.namespace, application.name)
    states = States(target=application.raw, live=application.raw)
    itself = ObjectSnapshot(key=key, load=lambda: states)
    return [Subject(application, itself, found, knowledge, None, snapshot.objects or (), facts(key), About.APPLICATION)]


def comparison_failed(snapshot: ApplicationSnapshot) -> bool:
    """Whether Argo CD could not compare (a condition about health alone is no failed comparison, measured.md 11)."""
    stopped = any(kind in FAILED for kind, _ in snapshot.application.conditions)
    not_compared = any(not item.compared for item in snapshot.objects or ())
    return snapshot.application.sync == "Unknown" or not_compared or (stopped and snapshot.application.sync == "")


def _failed_comparison(snapshot: ApplicationSnapshot) -> tuple[Difference, ...]:
    if not comparison_failed(snapshot):
        return ()
    conditions = child(snapshot.application.raw, *CONDITIONS)
    return (Difference(CONDITIONS, CONDITIONS, Kind.MODIFIED, live=conditions),)


def _namespace_metadata(application: Application) -> tuple[Difference, ...]:
    """managedNamespaceMetadata that changed since the last sync: OutOfSync, also without a red row (measured.md 44)."""
    if application.sync != "OutOfSync" or not mapping(application.operation, "syncResult"):
        return ()
    stated = mapping(application.raw, *NAMESPACE_METADATA)
    synced = mapping(application.operation, "syncResult", "managedNamespaceMetadata")
    found = differences({"labels": {}, "annotations": {}, **stated}, {"labels": {}, "annotations": {}, **synced})
    return tuple(
        replace(d, path=(*NAMESPACE_METADATA, *d.path), live_path=(*NAMESPACE_METADATA, *d.live_path)) for d in found
    )
