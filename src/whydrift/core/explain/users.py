"""Which live objects may use a leftover: found by what they name, select and say, not by asking each one about each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.references import Reference, selects, subjects, texts
from whydrift.core.model.values import Json, JsonObject, child, is_object, items, mapping, text

K = TypeVar("K")
SELECTORS = {"NetworkPolicy": "podSelector", "PodDisruptionBudget": "selector"}
HOST_ENDS = re.compile(r"[/@,\s.:?]")
"""What stands around the name of a Service in a host name, a URL or a list of them."""
User = tuple[JsonObject, frozenset[Reference]]
"""A live object, and what it names."""


@dataclass(frozen=True)
class Users:
    """Live objects that stay, in their order; the first that uses a leftover is the one that is told."""

    all: tuple[User, ...]

    def first_use(self, key: ObjectKey, live: JsonObject) -> tuple[JsonObject, str] | None:
        """The first object that uses a leftover, and how; None where none does."""
        found = ((self.all[place][0], _uses(*self.all[place], key, live)) for place in sorted(self._near(key, live)))
        return next(((user, verb) for user, verb in found if verb), None)

    def _near(self, key: ObjectKey, live: JsonObject) -> set[int]:
        """The places of those that may use it: nobody else does."""
        namespace, labels = key.namespace, mapping(live, "spec", "template", "metadata", "labels")
        near: set[int] = set()
        for reference in (Reference(key.kind, namespace, key.name), *_accounts(live)):
            near.update(self._naming.get(reference, ()))
        for label, value in labels.items():
            near.update(self._selecting.get((namespace, label, str(value)), ()))
        if key.kind == "Service":
            near.update(self._saying.get((namespace, HOST_ENDS.split(key.name)[0]), ()))
        if key.kind == "HorizontalPodAutoscaler":
            near.update(self._called.get((namespace, *_scaled(live)), ()))
        return near.union(self._pods.get(namespace, ())) if key.kind in SELECTORS else near

    @cached_property
    def _naming(self) -> dict[Reference, set[int]]:
        return _index((reference, place) for place, (_, named) in enumerate(self.all) for reference in named)

    @cached_property
    def _selecting(self) -> dict[tuple[str, str, str], set[int]]:
        """Services by their namespace and the first label that they select."""
        found = ((place, user, _selected(user)) for place, (user, _) in enumerate(self.all))
        firsts = ((place, user, next(iter(labels.items()))) for place, user, labels in found if labels)
        return _index(((_namespace(user), label, str(value)), place) for place, user, (label, value) in firsts)

    @cached_property
    def _saying(self) -> dict[tuple[str, str], set[int]]:
        """Objects by their namespace and each word of their settings."""
        return _index(
            ((_namespace(user), word), place)
            for place, (user, _) in enumerate(self.all)
            for settings in _settings(user)
            for line in texts(settings)
            for word in HOST_ENDS.split(line)
        )

    @cached_property
    def _called(self) -> dict[tuple[str, str, str], set[int]]:
        called = ((_namespace(user), text(user, "kind"), text(user, "metadata", "name")) for user, _ in self.all)
        return _index((name, place) for place, name in enumerate(called))

    @cached_property
    def _pods(self) -> dict[str, set[int]]:
        return _index((_namespace(user), n) for n, (user, _) in enumerate(self.all) if text(user, "kind") == "Pod")


def _index(found: Iterator[tuple[K, int]]) -> dict[K, set[int]]:
    index: dict[K, set[int]] = {}
    for key, place in found:
        index.setdefault(key, set()).add(place)
    return index


def _namespace(user: JsonObject) -> str:
    return text(user, "metadata", "namespace")


def _selected(user: JsonObject) -> JsonObject:
    """The labels that a Service selects."""
    selector = mapping(user, "spec", "selector") if text(user, "kind") == "Service" else {}
    return mapping(selector, "matchLabels") or {key: part for key, part in selector.items() if isinstance(part, str)}


def _accounts(live: JsonObject) -> set[Reference]:
    return {subject for subject in subjects(live) if subject.kind == "ServiceAccount"}


def _scaled(live: JsonObject) -> tuple[str, str]:
    target = child(live, "spec", "scaleTargetRef")
    return text(target, "kind"), text(target, "name")


def _uses(user: JsonObject, refs: frozenset[Reference], key: ObjectKey, live: JsonObject) -> str:
    """How an object that stays uses a leftover; "" where it does not."""
    if Reference(key.kind, key.namespace, key.name) in refs:
        return "names"
    if _accounts(live) & refs and not items(user, "subjects"):
        return "has rights from"
    if _namespace(user) != key.namespace:
        return ""
    if key.kind == "HorizontalPodAutoscaler" and _scaled(live) == (text(user, "kind"), text(user, "metadata", "name")):
        return "is scaled by"
    return _selects(user, key, live)


def _selects(user: JsonObject, key: ObjectKey, live: JsonObject) -> str:
    kind, labels = text(user, "kind"), mapping(user, "metadata", "labels")
    if kind == "Service" and selects(
        mapping(user, "spec", "selector"), mapping(live, "spec", "template", "metadata", "labels")
    ):
        return "selects the pods of"
    if key.kind == "Service" and _says_host(user, key):
        return "has the address of"
    if kind == "Pod" and key.kind in SELECTORS:
        selector = child(live, "spec", SELECTORS[key.kind])
        if is_object(selector) and (not selector or selects(selector, labels)):
            return "is selected by"
    return ""


def _says_host(user: JsonObject, key: ObjectKey) -> bool:
    """Whether the settings of an object that stays hold the host name of a Service."""
    name, namespace = re.escape(key.name), re.escape(key.namespace)
    host = re.compile(rf"(^|[/@,\s]){name}(\.{namespace}[\w.-]*)?(:\d+)?($|[/,\s?])")
    return any(host.search(line) for settings in _settings(user) for line in texts(settings))


def _settings(user: JsonObject) -> Iterator[Json]:
    """What an object is set up with: data of a ConfigMap, environment and arguments of containers."""
    if text(user, "kind") == "ConfigMap":
        yield mapping(user, "data")
    for pods in (child(user, "spec"), child(user, "spec", "template", "spec")):
        for container in items(pods, "containers"):
            yield [items(container, part) for part in ("env", "args", "command")]
