"""CRDs that git dropped: Argo CD gives them no tracking id, so nothing says that they are left (measured.md 43).

What earlier revisions rendered tells, and renders are dear: they are asked for where the application still has a CRD,
or where a CRD of the cluster, which no application lists, was last written by Argo CD while it synced this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import CRDS, DEFINITION, EARLIER_MANIFESTS, FLEET
from whydrift.core.model.facts import Facts, Gap
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.people import ARGOCD
from whydrift.core.model.syncs import revisions_of
from whydrift.core.model.times import later
from whydrift.core.model.values import JsonObject, text

CRD = ("apiextensions.k8s.io", "CustomResourceDefinition")
CLOCKS = 120.0
"""Seconds by which the clocks of Argo CD and of the API server may differ."""


def dropped_definitions(application: Application, facts: Facts) -> Iterator[ObjectKey]:
    """CRDs that an earlier revision rendered and that no application lists now."""
    for key in facts.maybe(EARLIER_MANIFESTS) or {}:
        if key[:2] == CRD and _nobody_lists(application, key.name, facts):
            yield key._replace(namespace="")


def may_have_dropped_definitions(application: Application, facts: Facts) -> bool:
    """Whether there is a reason to look for them in what earlier revisions render."""
    if not was_synced_twice(application):
        return False
    return any(key[:2] == CRD for key, _ in application.rows) or any(_applied_by_its_syncs(application, facts))


def definitions_not_read(application: Application, facts: Callable[[ObjectKey], Facts]) -> tuple[Gap, ...]:
    """The dropped CRDs of which it is not known whether the cluster still has them."""
    dropped = dropped_definitions(application, facts(application.facts_key))
    return tuple(facts(key).gaps[DEFINITION] for key in dropped if DEFINITION in facts(key).gaps)


def was_synced_twice(application: Application) -> bool:
    """Whether there is an earlier revision to look at, and a comparison that says what git renders now."""
    return len({revisions_of(entry) for entry in application.history}) > 1 and application.sync != "Unknown"


def _nobody_lists(application: Application, name: str, facts: Facts) -> bool:
    fleet = facts.maybe(FLEET)
    key = ObjectKey(*CRD, "", name)
    return fleet is not None and not fleet.holders(application.cluster, key, application.instance)


def _applied_by_its_syncs(application: Application, facts: Facts) -> Iterator[str]:
    definitions = facts.maybe(CRDS)
    for name, times in definitions.written_by(ARGOCD) if definitions is not None else ():
        synced = any(_within(entry, time) for entry in application.history for time in times)
        if synced and _nobody_lists(application, name, facts):
            yield name


def _within(entry: JsonObject, time: str) -> bool:
    """Whether a time lies within one sync of the history."""
    started, ended = text(entry, "deployStartedAt"), text(entry, "deployedAt")
    try:
        return later(started, -CLOCKS) <= time <= later(ended, CLOCKS)
    except ValueError:  # one of them is no time
        return False
