"""Ignore rules as values: what they match, in which order they count, and which managers they trust.

Sources: pkg/apis/application/v1alpha1/types.go :: ResourceIgnoreDifferences, OverrideIgnoreDiff;
util/argo/normalizers/diff_normalizer.go; util/argo/diff/ignore.go :: HasIgnoreDifference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whydrift.core.compare.globs import glob_matches
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import Json, JsonObject, items, text


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """One rule: `group` and `kind` are globs ("" is core, not any), `name` and `namespace` exact ("" is any).

    `origin` says where it stands: `spec.ignoreDifferences[0]`, or a key of the settings such as `apps/Deployment`.
    """

    group: str
    kind: str
    name: str = ""
    namespace: str = ""
    pointers: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    origin: str = ""

    def matches(self, key: ObjectKey) -> bool:
        """Whether the rule is for the object of this key."""
        return (
            glob_matches(self.group, key.group)
            and glob_matches(self.kind, key.kind)
            and self.name in ("", key.name)
            and self.namespace in ("", key.namespace)
        )


@dataclass(frozen=True, slots=True)
class KnownField:
    """A field of a custom resource that holds a built-in type, such as `spec.template` and `core/v1/PodSpec`."""

    path: tuple[str, ...]
    type: str


@dataclass(frozen=True, slots=True)
class Override:
    """What the settings say of one kind; `key` is `group/Kind`, `Kind` (core) or `*/*`."""

    key: str
    pointers: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    known_fields: tuple[KnownField, ...] = ()

    @property
    def group_kind(self) -> tuple[str, str]:
        """Group and kind of the key; both "" where it has more than two parts (normalizers/util.go)."""
        parts = self.key.split("/")
        return (parts[0], parts[1]) if len(parts) == 2 else ("", parts[0]) if len(parts) == 1 else ("", "")

    @property
    def rule(self) -> IgnoreRule:
        """The ignore rule of this override."""
        group, kind = self.group_kind
        return IgnoreRule(group, kind, "", "", self.pointers, self.expressions, self.managers, origin=self.key)


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that the lookup by exact key finds for one object (HasIgnoreDifference)."""

    found: bool
    pointers: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()


def application_rules(rules: Sequence[Json]) -> tuple[IgnoreRule, ...]:
    """The rules of an application, from `spec.ignoreDifferences[]`, in their order."""
    return tuple(_application_rule(rule, index) for index, rule in enumerate(rules) if isinstance(rule, dict))


def rules_in_order(application: Iterable[IgnoreRule], overrides: Iterable[Override]) -> tuple[IgnoreRule, ...]:
    """All rules in the order in which Argo CD applies them: the application's first, then those of the settings."""
    system = (override.rule for override in overrides if override.pointers or override.expressions)
    return (*application, *system)


def find_rules(obj: JsonObject, application: Iterable[IgnoreRule], overrides: Iterable[Override]) -> Found:
    """What `managedFieldsManagers` are looked up by: settings by exact key `group/kind` or `*/*`, application by glob.

    A core kind is looked up as `/ConfigMap`, so the key `ConfigMap` is never found.
    """
    key = key_of(obj)
    by_key = {override.key: override for override in overrides}
    exact = [by_key[name].rule for name in (f"{key.group}/{key.kind}", "*/*") if name in by_key]
    rules = [*exact, *(rule for rule in application if rule.matches(key))]
    return Found(
        found=bool(rules),
        pointers=_distinct(rule.pointers for rule in rules),
        expressions=_distinct(rule.expressions for rule in rules),
        managers=_distinct(rule.managers for rule in rules),
    )


def strings(value: Json, *keys: str) -> tuple[str, ...]:
    """The strings of a list below `keys`."""
    return tuple(item for item in items(value, *keys) if isinstance(item, str))


def _application_rule(rule: JsonObject, index: int) -> IgnoreRule:
    return IgnoreRule(
        group=text(rule, "group"),
        kind=text(rule, "kind"),
        name=text(rule, "name"),
        namespace=text(rule, "namespace"),
        pointers=strings(rule, "jsonPointers"),
        expressions=strings(rule, "jqPathExpressions"),
        managers=strings(rule, "managedFieldsManagers"),
        origin=f"spec.ignoreDifferences[{index}]",
    )


def _distinct(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))
