"""What the API server stores of an object that is sent to it: types, defaults, and what it keeps from before.

Built-in kinds are decoded and defaulted by their Go types, custom ones pruned and defaulted by their schema; what the
server allocates or a built-in controller refills (Service addresses, rules of aggregated roles) stays as it is.
"""

from __future__ import annotations

from whydrift.core.compare.terms import Terms
from whydrift.core.compare.typed.defaults import stored
from whydrift.core.explain.allocations import ALLOCATED
from whydrift.core.explain.defaulting import with_defaults
from whydrift.core.explain.server_fills import FILLS, filled
from whydrift.core.explain.stamps import TEMPLATE_GENERATION
from whydrift.core.model.objects import SERVER_METADATA, group_of
from whydrift.core.model.paths import Path
from whydrift.core.model.schema import Type
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, is_empty, items, mapping, text

_OWN_FILLS = frozenset(("StatefulSet", "CustomResourceDefinition", "APIService", "Namespace"))
_DROPPING: dict[str, tuple[str, ...]] = {
    "CustomResourceDefinition": ("spec",),
    "APIService": ("spec",),
    "Application": ("source", "sources"),
}
"""Below which parts of a spec empties are dropped at once: by Go types, or by Argo CD (measured.md 36, 63)."""
_NOT_KEPT = frozenset({("", "PersistentVolumeClaim")})
"""Kinds of which an empty value in the place of what was allocated is a change, and refused (measured.md 57)."""
_STATED = frozenset(("served", "storage", "default", "status", "prune", "selfHeal", "allowEmpty", "enabled"))
"""Fields whose empty value is stored where it is stated."""


def admitted(sent: JsonObject, live: JsonObject | None, terms: Terms) -> JsonObject | None:
    """The object as the server stores it; None where it cannot be decoded as its kind.

    Field names count letter by letter (apimachinery, json.CaseSensitiveJSONIterator), unlike in Argo CD's re-encoding.
    """
    types, schemas = terms.knowledge.types, terms.knowledge.schemas
    kind = text(sent, "kind")
    if types.of(sent) is None:
        found = _custom(sent, schemas.type_of(text(sent, "apiVersion"), kind))
    else:
        decoded = stored(sent, types, exact=True)
        if decoded is None:
            return None
        found = decoded
    if live is None:
        return found
    if text(live, "apiVersion") != text(sent, "apiVersion"):
        found = _converted(found, schemas.type_of(text(live, "apiVersion"), kind), text(live, "apiVersion"))
    return _as_before(found, live)


def _converted(obj: JsonObject, schema: Type | None, version: str) -> JsonObject:
    """The object in the version that live is served in, without what that version does not know."""
    known = _known(obj, schema)
    return {**(known if isinstance(known, dict) else obj), "apiVersion": version}


def _custom(sent: JsonObject, schema: Type | None) -> JsonObject:
    known = _known(sent, schema) if schema is not None else sent
    found = with_defaults(known, schema)
    assert isinstance(found, dict), "an object with defaults is an object"
    return found


def _known(value: Json, schema: Type | None) -> Json:
    """The value without what a structural schema does not know (apiextensions-apiserver, schema/pruning)."""
    if schema is None or (schema.type == "" and not schema.embedded_resource):
        return value
    if isinstance(value, list):
        return [_known(item, schema.items) for item in value]
    if not isinstance(value, dict):
        return value
    keeps = schema.preserve_unknown_fields or schema.schema.get("additionalProperties") is True
    rest = schema.additional_properties
    free = keeps or rest is not None or not mapping(schema.schema, "properties")
    return {
        key: _known(part, schema.field(key) or rest) if isinstance(part, dict | list) else part
        for key, part in value.items()
        if free or schema.field(key) is not None
    }


def _as_before(found: JsonObject, live: JsonObject) -> JsonObject:
    """The stored object with what the server keeps, allocates or fills in by itself, as far as live has it."""
    kind, kept = text(live, "kind"), found
    of_kind = (group_of(text(live, "apiVersion")), kind)
    for place in sorted(ALLOCATED.get(of_kind, ()) if of_kind not in _NOT_KEPT else ()):
        kept = _carried(kept, live, place)
    for (of, place), _ in FILLS.items():
        if of == kind and of in _OWN_FILLS:
            kept = _filled(kept, live, place)
    for path in _DROPPING.get(kind, ()):
        kept = _thinned(kept, live, path)
    kept = _special(kind, kept, live)
    return {**_with_server_metadata(kept, live), **({"status": live["status"]} if "status" in live else {})}


def _special(kind: str, found: JsonObject, live: JsonObject) -> JsonObject:
    """What built-in strategies and controllers make of single kinds."""
    if kind == "Namespace" and "spec" in live:
        return {**found, "spec": live["spec"]}
    if kind == "DaemonSet":
        return _counted(found, live)
    if kind == "Service" and text(found, "spec", "type") in ("", "ClusterIP") and _node_ports(live):
        return {**found, "spec": _without_node_ports(mapping(found, "spec"))}
    return found


def _counted(found: JsonObject, live: JsonObject) -> JsonObject:
    """A DaemonSet with the server's own count of its templates: nobody can state it (apis/apps/v1/conversion.go)."""
    metadata, count = mapping(found, "metadata"), text(live, "metadata", "annotations", TEMPLATE_GENERATION)
    stated = mapping(metadata, "annotations")
    if not count or TEMPLATE_GENERATION not in stated:
        return found
    return {**found, "metadata": {**metadata, "annotations": {**stated, TEMPLATE_GENERATION: count}}}


def _node_ports(live: JsonObject) -> bool:
    return text(live, "spec", "type") in ("NodePort", "LoadBalancer")


def _without_node_ports(spec: JsonObject) -> JsonObject:
    """A Service that is no longer reached on nodes (pkg/registry/core/service, dropTypeDependentFields)."""
    gone = ("externalTrafficPolicy", "healthCheckNodePort", "allocateLoadBalancerNodePorts")
    ports: list[Json] = [
        {key: part for key, part in port.items() if key != "nodePort"} if isinstance(port, dict) else port
        for port in items(spec, "ports")
    ]
    return {**{key: part for key, part in spec.items() if key not in gone}, "ports": ports}


def _thinned(obj: JsonObject, live: JsonObject, part: str) -> JsonObject:
    """The object without new empties in its spec, or in one part of it."""
    spec, before = mapping(obj, "spec"), child(live, "spec")
    if part == "spec":
        thin = _without_new_empties(spec, before)
        return {**obj, "spec": thin}
    return (
        {**obj, "spec": {**spec, part: _without_new_empties(spec[part], child(before, part))}} if part in spec else obj
    )


def _without_new_empties(value: Json, live: MaybeJson) -> Json:
    """The value without empties that live has not: the writer of the kind drops them (measured.md 16, 36)."""
    if value == live:
        return value
    if isinstance(value, list):
        return [_without_new_empties(item, child(live, place)) for place, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kept = {key: _without_new_empties(part, child(live, key)) for key, part in value.items()}
    return {
        key: part
        for key, part in kept.items()
        if key in _STATED or not is_empty(part) or child(live, key) is not ABSENT
    }


def _with_server_metadata(found: JsonObject, live: JsonObject) -> JsonObject:
    before, now = mapping(live, "metadata"), mapping(found, "metadata")
    kept = {key: before[key] for key in SERVER_METADATA if key in before}
    return {**found, "metadata": {**{key: part for key, part in now.items() if key not in SERVER_METADATA}, **kept}}


def _carried(obj: JsonObject, live: MaybeJson, place: tuple[str, ...]) -> JsonObject:
    """The object with live's value at a place (`*` is any item) where it states an empty one."""
    out = _put(obj, live, place)
    assert isinstance(out, dict), "an object stays one"
    return out


def _put(value: Json, live: MaybeJson, place: tuple[str, ...]) -> Json:
    step, rest = place[0], place[1:]
    if step == "*":
        others = live if isinstance(live, list) else []
        return [_put(item, _partner(item, others), rest) for item in value] if isinstance(value, list) else value
    before = child(live, step)
    if not isinstance(value, dict) or before is ABSENT:
        return value
    if not rest:
        return {**value, step: before} if is_empty(value.get(step)) or _blank(value.get(step)) else value
    return {**value, step: _put(value[step], before, rest)} if step in value else value


def _blank(value: MaybeJson) -> bool:
    return isinstance(value, list) and all(is_empty(item) for item in value)


def _partner(item: Json, others: list[Json]) -> MaybeJson:
    """The live item of the same port (and protocol): what a Service's node ports are kept by."""
    named = [other for other in others if child(other, "port") == child(item, "port")]
    return next((other for other in named if child(other, "protocol") == child(item, "protocol")), ABSENT)


def _filled(obj: JsonObject, live: JsonObject, place: tuple[str, ...]) -> JsonObject:
    out = _fill(obj, live, place, (), obj)
    assert isinstance(out, dict), "an object stays one"
    return out


def _fill(value: Json, live: MaybeJson, place: tuple[str, ...], at: Path, root: JsonObject) -> Json:
    step, rest = place[0], place[1:]
    if step == "*":
        if not isinstance(value, list):
            return value
        return [_fill(item, child(live, i), rest, (*at, i), root) for i, item in enumerate(value)]
    if not isinstance(value, dict) or child(live, step) is ABSENT:
        return value
    if rest:
        return (
            {**value, step: _fill(value[step], child(live, step), rest, (*at, step), root)} if step in value else value
        )
    fill = filled(root, (*at, step))
    return value if step in value or fill is ABSENT else {**value, step: fill}
