"""What whydrift answers to golden vectors of single steps: tracking, hooks, options, merges and decoding."""

from __future__ import annotations

from tests.vector_bench import Bench, Operation, objects, scopes, settings_of, side
from whydrift.core.compare import hooks, tracking
from whydrift.core.compare.merge import json_merge, strategic
from whydrift.core.compare.merge.patch_tags import Schema
from whydrift.core.compare.merge.sides import three_way, three_way_patch, two_way
from whydrift.core.compare.targets import normalize_targets
from whydrift.core.compare.typed.defaults import apply_defaults_of
from whydrift.core.compare.typed.normalize import normalize
from whydrift.core.compare.typed.remarshal import remarshal
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import JsonObject, items, mapping, same, text
from whydrift.errors import NotComparable


def _tracking(vector: JsonObject) -> tracking.Tracking:
    label = text(vector, "labelKey") or tracking.INSTANCE_LABEL
    return tracking.Tracking(text(vector, "method"), label, text(vector, "installationID"))


def _set(vector: JsonObject, bench: Bench) -> JsonObject:
    obj, where = mapping(vector, "object"), text(vector, "namespace")
    return {"object": tracking.stamped(obj, text(vector, "app"), where, _tracking(vector))}


def _remove(vector: JsonObject, bench: Bench) -> JsonObject:
    return {"object": tracking.unstamped(mapping(vector, "object"), text(vector, "method"))}


def _parse(vector: JsonObject, bench: Bench) -> JsonObject:
    found = tracking.parse_tracking_id(text(vector, "value"))
    if found is None:
        raise NotComparable("wrong resource tracking format")
    return {**found._asdict(), "rebuilt": str(found)}


def _owner(vector: JsonObject, bench: Bench) -> JsonObject:
    obj = mapping(vector, "object")
    instance = tracking.checked_id_of(obj, _tracking(vector))
    return {
        "appName": tracking.owner_of(obj, _tracking(vector)),
        "instance": None if instance is None else instance._asdict(),
    }


def _truncate(vector: JsonObject, bench: Bench) -> JsonObject:
    return {"label": tracking.truncated_label(text(vector, "value"))}


def _instance(vector: JsonObject, bench: Bench) -> JsonObject:
    app, where = text(vector, "app"), text(vector, "appNamespace")
    return {
        "instanceName": tracking.instance_name(app, where, text(vector, "controllerNamespace")),
        "qualifiedName": tracking.qualified_name(app, where),
    }


def _self_referenced(vector: JsonObject, bench: Bench) -> JsonObject:
    live, target = side(vector, "live"), side(vector, "target")
    return {"selfReferenced": tracking.is_self_referenced(live, target, text(vector, "app"), _tracking(vector))}


def _normalize_tracking(vector: JsonObject, bench: Bench) -> JsonObject:
    target = side(vector, "target")
    live = tracking.with_target_tracking(target, side(vector, "live"), _tracking(vector))
    return {"target": target, "live": live}


def _normalize_targets(vector: JsonObject, bench: Bench) -> JsonObject:
    found = normalize_targets(
        objects(vector, "objects"), text(vector, "app"), text(vector, "namespace"), scopes(vector), _tracking(vector)
    )
    ordered = sorted(found.objects, key=key_of)
    return {"objects": list(ordered), "conditions": [str(condition) for condition in found.conditions]}


def _three_way(vector: JsonObject, bench: Bench) -> JsonObject:
    target, live = mapping(vector, "target"), mapping(vector, "live")
    stated = target if text(vector, "op") == "two-way" else mapping(vector, "lastApplied")
    sides = three_way(stated, target, live, bench.types) if stated is not target else two_way(target, live, bench.types)
    return {
        "patch": three_way_patch(stated, target, live, bench.types),
        "typed": bench.types.of(stated) is not None,
        "normalizedLive": sides.normalized_live,
        "predictedLive": sides.predicted_live,
        "modified": not same(sides.normalized_live, sides.predicted_live),
    }


def _json_merge(vector: JsonObject, bench: Bench) -> JsonObject:
    live = mapping(vector, "live")
    patch = json_merge.three_way_patch(mapping(vector, "lastApplied"), mapping(vector, "target"), live)
    return {"patch": patch, "object": json_merge.apply(patch, live)}


def _strategic_patch(vector: JsonObject, bench: Bench) -> JsonObject:
    obj = mapping(vector, "object")
    return {"object": strategic.apply(mapping(vector, "patch"), obj, Schema(bench.types, _struct(obj, bench)))}


def _defaults(vector: JsonObject, bench: Bench) -> JsonObject:
    obj = mapping(vector, "object")
    return {"object": apply_defaults_of(_struct(obj, bench), obj, bench.types)}


def _struct(obj: JsonObject, bench: Bench) -> str:
    struct = bench.types.of(obj)
    if struct is None:
        raise NotComparable("no kind of the scheme")
    return struct


def _remarshal(vector: JsonObject, bench: Bench) -> JsonObject:
    return {"object": remarshal(mapping(vector, "object"), bench.types)}


def _normalize(vector: JsonObject, bench: Bench) -> JsonObject:
    if "method" in vector:
        return _normalize_tracking(vector, bench)
    settings = settings_of(vector)
    return {"object": normalize(mapping(vector, "object"), ignore_aggregated_roles=settings.ignore_aggregated_roles)}


def _hook(vector: JsonObject, bench: Bench) -> JsonObject:
    obj = mapping(vector, "object")
    return {
        "isHook": hooks.is_hook(obj),
        "countsAsHook": hooks.counts_as_hook(obj),
        "ignored": hooks.is_ignored_hook(obj),
        "skip": hooks.is_skipped(obj),
        "preDelete": hooks.is_delete_hook(obj, "PreDelete"),
        "postDelete": hooks.is_delete_hook(obj, "PostDelete"),
        "types": list(hooks.hook_types(obj)),
        "phases": list(hooks.phases(obj)),
        "deletePolicies": list(hooks.delete_policies(obj)),
        "wave": hooks.wave(obj),
    }


def _annotation_option(vector: JsonObject, bench: Bench) -> JsonObject:
    found = hooks.annotation_options(mapping(vector, "object"), hooks.SYNC_OPTIONS)
    return {**_option(found, text(vector, "option")), "values": list(found) or None}


def _list_option(vector: JsonObject, bench: Bench) -> JsonObject:
    return _option(tuple(str(option) for option in items(vector, "options")), text(vector, "option"))


def _option(options: tuple[str, ...], asked: str) -> JsonObject:
    return {"has": asked in options, "value": hooks.option_value(options, asked.partition("=")[0])}


STEPS: dict[str, Operation] = {
    "set": _set,
    "remove": _remove,
    "parse": _parse,
    "app-name": _owner,
    "truncate-label": _truncate,
    "instance-name": _instance,
    "self-referenced": _self_referenced,
    "normalize-targets": _normalize_targets,
    "normalize": _normalize,
    "three-way": _three_way,
    "two-way": _three_way,
    "json-merge": _json_merge,
    "strategic-patch": _strategic_patch,
    "defaults": _defaults,
    "remarshal": _remarshal,
    "hook": _hook,
    "has-annotation-option": _annotation_option,
    "has-option": _list_option,
}
"""Steps by the name of the operation."""
