"""What was read by now of an Argo CD instance and its clusters: each fact once, in the scope that it holds for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from whydrift.core.model.application import Application
from whydrift.core.model.facts import FactKind, Facts, Gap, Per
from whydrift.core.model.objects import ObjectKey

Scope = tuple[str, ...]  # () the fleet, or the names of a cluster, a namespace, an application, an object
SHARED = (Per.FLEET, Per.CLUSTER, Per.NAMESPACE, Per.APPLICATION)
"""What the facts of all objects that an application has in one namespace are about."""


@dataclass
class Known:
    """Facts, and gaps where one could not be read, by scope.

    `_shared` holds what is the same for all objects of an application in one namespace, until anything else is read.
    """

    _found: dict[Scope, dict[FactKind[object], object]] = field(default_factory=dict)
    _scopes: dict[Scope, list[Scope]] = field(default_factory=dict)
    _shared: dict[Scope, Facts] = field(default_factory=dict)

    def remember(self, kind: FactKind[object], found: object, scope: Scope) -> None:
        """Keep a fact or a gap; None is kept too, and told to nobody: it was looked for, and says nothing."""
        if scope not in self._found:
            self._scopes.setdefault(scope[:3], []).append(scope)  # by application: see application_scope
        self._found.setdefault(scope, {})[kind] = found
        self._shared.clear()

    def at(self, scope: Scope) -> Mapping[FactKind[object], object]:
        """What is known of one scope itself, without those around it."""
        return self._found.get(scope, {})

    def facts(self, application: Application, key: ObjectKey) -> Facts:
        """What is known for one object of an application."""
        shared, own = self._around(application, key), self.at(scope_of(Per.OBJECT, application, key))
        return _facts((shared.values, shared.gaps, own)) if own else shared

    def forget(self, application: Application) -> None:
        """Let go of what concerns one application only."""
        for scope in self._scopes.pop(application_scope(application), ()):
            del self._found[scope]
        self._shared.clear()

    def _around(self, application: Application, key: ObjectKey) -> Facts:
        namespace = key.namespace or application.destination_namespace
        place = (application.cluster, namespace, application.namespace, application.name)
        if place not in self._shared:
            self._shared[place] = _facts(self.at(scope_of(per, application, key)) for per in SHARED)
        return self._shared[place]


def scope_of(per: Per, application: Application, key: ObjectKey) -> Scope:
    """What a fact that is read for an object holds for."""
    match per:
        case Per.FLEET:
            return ()
        case Per.CLUSTER:
            return ("cluster", application.cluster)
        case Per.NAMESPACE:
            return ("cluster", application.cluster, key.namespace or application.destination_namespace)
        case Per.APPLICATION:
            return application_scope(application)
        case Per.OBJECT:
            return (*application_scope(application), *key)


def application_scope(application: Application) -> Scope:
    """What facts about one application hold for; the scopes of its objects begin with it."""
    return ("application", application.namespace, application.name)


def _facts(known: Iterable[Mapping[FactKind[object], object]]) -> Facts:
    values: dict[FactKind[object], object] = {}
    gaps: dict[FactKind[object], Gap] = {}
    for found_by_kind in known:
        for kind, found in found_by_kind.items():
            if isinstance(found, Gap):
                gaps[kind] = found
            elif found is not None:
                values[kind] = found
    return Facts(values, gaps)
