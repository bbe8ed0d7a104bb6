"""What Argo CD's settings say about comparisons: argocd-cm, or the part of it that `/api/v1/settings` shows.

Sources: util/settings/settings.go :: GetResourceOverrides, appendResourceOverridesFromSplitKeys,
GetResourceCompareOptions; util/settings/resources_filter.go. A value that Argo CD cannot read stops every comparison
(reference/measured.md 11): NotComparable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import msgspec

from whydrift.core.compare.globs import glob_matches
from whydrift.core.compare.rules import KnownField, Override
from whydrift.core.compare.tracking import ANY_INSTALLATION, Tracking
from whydrift.core.model.aliases import refuse_bombs
from whydrift.core.model.identity import Identity
from whydrift.core.model.values import Json, JsonObject, mapping, text
from whydrift.core.model.versions import FIRST, MEASURED, Release
from whydrift.errors import NotComparable

CUSTOMIZATIONS = "resource.customizations"
EVERY_KIND = "*/*"
CRD = "apiextensions.k8s.io/CustomResourceDefinition"
STATUS = Override(EVERY_KIND, pointers=("/status",))
"""The rule that is there unless the settings say otherwise (since Argo CD 3.0)."""
SERVER_SIDE_DIFF = "controller.diff.server.side"
_TRUE = frozenset(["1", "t", "T", "TRUE", "true", "True"])
_GO_BOOLEANS = frozenset(["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"])


@dataclass(frozen=True, slots=True)
class KindFilter:
    """An entry of `resource.exclusions` or `resource.inclusions`; an empty part means any."""

    groups: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()

    def matches(self, group: str, kind: str, cluster: str) -> bool:
        """Whether the entry is for this kind on this cluster."""
        in_group = not self.groups or any(glob_matches(pattern, group) for pattern in self.groups)
        of_kind = not self.kinds or "*" in self.kinds or kind in self.kinds
        return in_group and of_kind and self.on_cluster(cluster)

    def on_cluster(self, cluster: str) -> bool:
        """Whether the entry is for this cluster."""
        return not self.clusters or any(glob_matches(pattern, cluster) for pattern in self.clusters)


ALWAYS_EXCLUDED = (
    KindFilter(("events.k8s.io", "metrics.k8s.io")),
    KindFilter(("",), ("Event",)),
    KindFilter(("coordination.k8s.io",), ("Lease",)),
)


@dataclass(frozen=True, slots=True)
class ComparisonSettings:
    """The settings of one Argo CD that decide how it compares; the defaults are those of an empty argocd-cm.

    `server_side_diff` is the controller's flag, which no API shows; `jq_seconds` the deadline of one jq program.
    `release` is Argo CD's own: how it compares changed between 3.0 and 3.6.
    """

    tracking: Tracking = field(default_factory=Tracking)
    overrides: tuple[Override, ...] = (STATUS,)
    ignore_aggregated_roles: bool = False
    masked_annotations: frozenset[str] = frozenset()
    exclusions: tuple[KindFilter, ...] = ()
    inclusions: tuple[KindFilter, ...] = ()
    server_side_diff: bool = False
    jq_seconds: float = 1.0
    release: Release = MEASURED

    def excludes(self, group: str, kind: str, cluster: str) -> bool:
        """Whether Argo CD leaves a kind alone on a cluster (ResourcesFilter.IsExcludedResource)."""
        if any(entry.matches(group, kind, cluster) for entry in (*ALWAYS_EXCLUDED, *self.exclusions)):
            return True
        if any(entry.matches(group, kind, cluster) for entry in self.inclusions):
            return False
        return any(entry.on_cluster(cluster) for entry in self.inclusions)


def settings_of_config_map(data: Mapping[str, str], release: Release = MEASURED) -> ComparisonSettings:
    """The settings in `data` of the ConfigMap argocd-cm, with what argocd-cmd-params-cm says of the controller.

    Raises NotComparable for what Argo CD cannot read.
    """
    options = _yaml_object(data.get("resource.compareoptions", ""), "resource.compareoptions")
    _flag(options, "ignoreDifferencesOnResourceUpdates")
    tracking = Tracking(
        method=data.get("application.resourceTrackingMethod") or _method(release),
        label_key=data.get("application.instanceLabelKey") or Tracking().label_key,
        installation_id=data.get("installationID", ""),
        any_installation=ANY_INSTALLATION.holds(release),
    )
    masked = data.get("resource.sensitive.mask.annotations", "").replace(" ", "")
    return ComparisonSettings(
        tracking=tracking,
        overrides=_with_status_rule(_config_map_overrides(data), options, release),
        ignore_aggregated_roles=_flag(options, "ignoreAggregatedRoles"),
        masked_annotations=frozenset(masked.split(",")) if masked else frozenset(),
        exclusions=_filters(data.get("resource.exclusions", "")),
        inclusions=_filters(data.get("resource.inclusions", "")),
        server_side_diff=data.get(SERVER_SIDE_DIFF) in _TRUE,
        release=release,
    )


def _method(release: Release) -> str:
    """How objects are tracked unless the settings say otherwise (docs/operator-manual/upgrading/2.14-3.0.md)."""
    return "annotation" if release >= FIRST else "label"


def settings_of_api(settings: JsonObject, release: Release = MEASURED) -> ComparisonSettings:
    """The settings that `/api/v1/settings` shows to a logged-in reader; what it does not show has its default."""
    return _settings_of_api(Identity(settings), release)


@lru_cache(16)
def _settings_of_api(shown: Identity[JsonObject], release: Release) -> ComparisonSettings:
    settings = shown.value
    overrides = _overrides(mapping(settings, "resourceOverrides"))
    tracking = Tracking(
        method=text(settings, "trackingMethod") or _method(release),
        label_key=text(settings, "appLabelKey") or Tracking().label_key,
        installation_id=text(settings, "installationID"),
        any_installation=ANY_INSTALLATION.holds(release),
    )
    return ComparisonSettings(tracking=tracking, overrides=tuple(overrides.values()) or (STATUS,), release=release)


def _config_map_overrides(data: Mapping[str, str]) -> dict[str, Override]:
    overrides = _overrides(_yaml_object(data.get(CUSTOMIZATIONS, ""), CUSTOMIZATIONS))
    for name, value in data.items():
        parts = name.split(".", 3)
        if not name.startswith(CUSTOMIZATIONS) or len(parts) < 4:
            continue
        key = _override_key(parts[3])
        overrides[key] = _customized(overrides.get(key) or Override(key), parts[2], value, name)
    return overrides


def _override_key(group_kind: str) -> str:
    """`group_Kind` → `group/Kind`, `Kind` → `Kind`, `all` → `*/*`; NotComparable otherwise (convertToOverrideKey)."""
    parts = group_kind.split("_")
    if len(parts) > 2 or not group_kind:
        raise NotComparable(f"argocd-cm: '{group_kind}' is neither group_Kind nor Kind")
    return EVERY_KIND if group_kind == "all" else "/".join(parts)


def _customized(override: Override, kind: str, value: str, name: str) -> Override:
    match kind:
        case "ignoreDifferences":
            return _with_rule(override, _yaml_object(value, name), name)
        case "ignoreResourceUpdates":
            _with_rule(override, _yaml_object(value, name), name)
        case "knownTypeFields":
            return replace(override, known_fields=_known_fields(_yaml(value, name), name))
        case "useOpenLibs" if value not in _GO_BOOLEANS:
            raise NotComparable(f"argocd-cm: {name} is not a boolean")
        case "health" | "useOpenLibs" | "actions":
            pass
        case _:
            raise NotComparable(f"argocd-cm: resource customization type {kind} not supported")
    return override


def _overrides(entries: JsonObject) -> dict[str, Override]:
    """Overrides by key, where the rules are YAML text inside the value (types.go :: ResourceOverride.UnmarshalJSON)."""
    overrides: dict[str, Override] = {}
    for key, entry in entries.items():
        if not isinstance(entry, dict | None):
            raise NotComparable(f"argocd-cm: the customization of {key} is not a map")
        rule = _yaml_object(_text(entry or {}, "ignoreDifferences", key), key)
        known = (entry or {}).get("knownTypeFields")
        overrides[key] = replace(_with_rule(Override(key), rule, key), known_fields=_known_fields(known, key))
    return overrides


def _with_rule(override: Override, rule: JsonObject, name: str) -> Override:
    return replace(
        override,
        pointers=_strings(rule, "jsonPointers", name),
        expressions=_strings(rule, "jqPathExpressions", name),
        managers=_strings(rule, "managedFieldsManagers", name),
    )


def _with_status_rule(overrides: dict[str, Override], options: JsonObject, release: Release) -> tuple[Override, ...]:
    stated = _text(options, "ignoreResourceStatusField", "resource.compareoptions")
    if stated in ("none", "off", "false"):
        return tuple(overrides.values())
    key = CRD if (stated or ("" if release >= FIRST else "crd")) == "crd" else EVERY_KIND
    override = overrides.get(key) or Override(key)
    with_status = replace(override, pointers=(*override.pointers, "/status"))
    return tuple({**overrides, key: with_status}.values())


def _filters(value: str) -> tuple[KindFilter, ...]:
    entries = _yaml(value, "resource.exclusions")
    if not isinstance(entries, list | None):
        raise NotComparable("argocd-cm: resource.exclusions and resource.inclusions are lists")
    parts = ("apiGroups", "kinds", "clusters")
    return tuple(
        KindFilter(*(_strings(entry, part, "resource.exclusions") for part in parts))
        for entry in entries or []
        if isinstance(entry, dict)
    )


def _known_fields(entries: Json, name: str) -> tuple[KnownField, ...]:
    if not isinstance(entries, list | None) or not all(isinstance(entry, dict | None) for entry in entries or []):
        raise NotComparable(f"argocd-cm: {name} is not a list of fields")
    return tuple(KnownField(tuple(text(entry, "field").split(".")), text(entry, "type")) for entry in entries or [])


def _text(holder: JsonObject, key: str, name: str) -> str:
    found = holder.get(key)
    if isinstance(found, list | dict):
        raise NotComparable(f"argocd-cm: {name}: {key} is not a text")
    return _go_text(found)


def _strings(holder: JsonObject, key: str, name: str) -> tuple[str, ...]:
    """A list of strings; scalars become strings where sigs.k8s.io/yaml decodes into Go, anything else is an error."""
    found = holder.get(key)
    if not isinstance(found, list | None):
        raise NotComparable(f"argocd-cm: {name}: {key} is not a list")
    if any(isinstance(item, list | dict) for item in found or []):
        raise NotComparable(f"argocd-cm: {name}: {key} holds more than strings")
    return tuple(_go_text(item) for item in found or [])


def _go_text(scalar: Json) -> str:
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    return "" if scalar is None else str(scalar)


def _flag(options: JsonObject, key: str) -> bool:
    value = options.get(key)
    if not isinstance(value, bool | None):
        raise NotComparable(f"argocd-cm: resource.compareoptions: {key} is not a boolean")
    return bool(value)


def _yaml_object(value: str, name: str) -> JsonObject:
    decoded = _yaml(value, name)
    if not isinstance(decoded, dict | None):
        raise NotComparable(f"argocd-cm: {name} is not a map")
    return decoded or {}


@lru_cache(512)
def _yaml(value: str, name: str) -> Json:
    """One setting's YAML; the same few texts come again for every application, and nobody changes what they mean."""
    try:
        document = msgspec.yaml.decode(value)
        refuse_bombs(document)
        decoded: Json = msgspec.to_builtins(document, str_keys=True)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotComparable(f"argocd-cm: {name} is not YAML: {error}") from error
    return decoded
