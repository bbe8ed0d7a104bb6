"""What whydrift answers to the input of a golden vector, by its operation or, where it names none, by its shape."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.builtin.types import load_types
from whydrift.adapters.jq import JqWorker
from whydrift.core.compare import hooks, tracking
from whydrift.core.compare.applications import Surroundings, Verdict, compare_application
from whydrift.core.compare.ignore import check, ignore
from whydrift.core.compare.known_types import known_types
from whydrift.core.compare.merge import json_merge, strategic
from whydrift.core.compare.merge.patch_tags import Schema
from whydrift.core.compare.merge.sides import three_way, three_way_patch, two_way
from whydrift.core.compare.objects import compare_object, sent_to_dry_run
from whydrift.core.compare.rules import application_rules, find_rules, rules_in_order
from whydrift.core.compare.settings import ComparisonSettings, settings_of_config_map
from whydrift.core.compare.targets import Scopes, normalize_targets
from whydrift.core.compare.terms import DryRun, DryRunFailed, Knowledge, Terms
from whydrift.core.compare.typed.defaults import apply_defaults_of
from whydrift.core.compare.typed.normalize import normalize
from whydrift.core.compare.typed.remarshal import remarshal
from whydrift.core.model.application import Application
from whydrift.core.model.objects import key_of
from whydrift.core.model.schema import Schemas
from whydrift.core.model.values import Json, JsonObject, items, mapping, same, text
from whydrift.errors import NotComparable

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("WHYDRIFT_SHARED") or REPOSITORY.parent / "shared")
ANY_PROJECT: JsonObject = {
    "spec": {
        "destinations": [{"server": "*", "namespace": "*"}],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
    }
}


class Bench:
    """Everything that vectors are run with; close it after use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jq = JqWorker()
        self.types = load_types()
        self.builtin = builtin_schemas()

    def schemas(self, vector: JsonObject) -> Schemas:
        """The built-in schemas and those of the CRDs that a vector names or states."""
        crds = [
            crd
            for entry in items(vector, "crds")
            for crd in ([entry] if isinstance(entry, dict) else crds_named(str(entry), self.folder))
        ]
        return self.builtin.with_crds(crds) if crds else self.builtin


Operation = Callable[[JsonObject, Bench], JsonObject]


def answer(vector: JsonObject, bench: Bench, *, with_sent: bool) -> JsonObject:
    """The answer to one input; `{"error": text}` where whydrift says NotComparable."""
    name = text(vector, "op") or _operation_by_shape(vector)
    if name not in OPERATIONS:
        return {"not answered": name}
    try:
        found = OPERATIONS[name](vector, bench)
    except NotComparable as error:
        found = {"error": str(error)}
    return {**found, "sent": _sent(vector, bench)} if with_sent else found


def _operation_by_shape(vector: JsonObject) -> str:
    if "targets" in vector:
        return "application"
    return "ignore" if "object" in vector else "comparison"


def content_of(file: Path) -> bytes:
    """The content of a file, gzipped or not."""
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content


@cache
def crds_named(name: str, folder: Path) -> tuple[JsonObject, ...]:
    """The CRDs of that name: beside the vectors, else among the shared ones."""
    for place in (folder / "crds", folder.parent.parent / "crds", SHARED / "crds"):
        for file in (place / f"{name}.yaml", place / f"{name}.yaml.gz"):
            if file.exists():
                documents = yaml.load_all(content_of(file), Loader=yaml.CSafeLoader)
                return tuple(document for document in documents if isinstance(document, dict))
    raise FileNotFoundError(f"no CRDs {name} beside {folder}")


def _settings_of(vector: JsonObject) -> ComparisonSettings:
    settings = settings_of_config_map({key: str(value) for key, value in mapping(vector, "argocdCm").items()})
    milliseconds = vector.get("jqTimeoutMs")
    return replace(settings, jq_seconds=milliseconds / 1000) if isinstance(milliseconds, int) else settings


def _application_of(vector: JsonObject) -> Application:
    raw = mapping(vector, "application")
    spec = mapping(raw, "spec")
    destination: JsonObject = {"namespace": "shop", "server": "https://kubernetes.default.svc"}
    return Application(
        {
            **raw,
            "metadata": {"name": "shop", "namespace": "argocd", **mapping(raw, "metadata")},
            "spec": {**spec, "destination": {**destination, **mapping(spec, "destination")}},
        }
    )


def _terms(vector: JsonObject, bench: Bench) -> Terms:
    knowledge = Knowledge(bench.types, bench.schemas(vector), bench.jq)
    return Terms.of(_application_of(vector), _settings_of(vector), knowledge)


def _dry_run(vector: JsonObject) -> DryRun | None:
    answer = vector.get("dryRun")
    if not isinstance(answer, dict):
        return None
    return DryRunFailed(text(answer, "error")) if "error" in answer and "kind" not in answer else answer


def _side(vector: JsonObject, name: str) -> JsonObject | None:
    side = vector.get(name)
    return side if isinstance(side, dict) else None


def _comparison(vector: JsonObject, bench: Bench) -> JsonObject:
    found = compare_object(_side(vector, "target"), _side(vector, "live"), _terms(vector, bench), _dry_run(vector))
    answer: JsonObject = {
        "normalizedLive": found.normalized_live,
        "predictedLive": found.predicted_live,
        "modified": found.modified,
    }
    if key_of(found.live_state or found.target_state)[:2] == ("", "Secret"):
        answer |= {"liveState": found.live_state, "targetState": found.target_state}
    return answer if found.differs == found.modified else {**answer, "modifiedBeforeMasking": found.differs}


def _sent(vector: JsonObject, bench: Bench) -> JsonObject:
    return sent_to_dry_run(mapping(vector, "target"), mapping(vector, "live"), _terms(vector, bench))


def _application(vector: JsonObject, bench: Bench) -> JsonObject:
    scopes = _scopes(vector)
    project = mapping(vector, "project") or ANY_PROJECT
    try:
        terms = _terms(vector, bench)
    except NotComparable:  # Argo CD gives up before it looks at any object, and sets no condition
        return {"sync": "Unknown", "resources": [], "conditions": []}
    found = compare_application(
        _application_of(vector),
        _objects(vector, "targets"),
        _objects(vector, "lives"),
        terms,
        Surroundings(project, scopes),
    )
    conditions: list[Json] = [str(condition) for condition in found.conditions]
    return {"sync": found.sync, "resources": [_row(row) for row in found.resources], "conditions": conditions}


def _row(row: Verdict) -> JsonObject:
    found = row.comparison
    stated: JsonObject = {
        "group": row.key.group,
        "version": row.version,
        "kind": row.key.kind,
        "namespace": row.key.namespace,
        "name": row.key.name,
        "status": row.status,
        "hook": row.hook,
        "requiresPruning": row.requires_pruning,
        "requiresDeletionConfirmation": row.requires_confirmation,
        "syncWave": row.wave,
    }
    answer: JsonObject = {key: value for key, value in stated.items() if value}
    answer |= {"target": row.pair.target is not None, "live": row.pair.live is not None, "modified": False}
    if found is not None and found.differs:
        answer |= {"modified": True, "normalizedLive": found.normalized_live, "predictedLive": found.predicted_live}
    return answer


def _objects(vector: JsonObject, name: str) -> list[JsonObject]:
    return [obj for obj in items(vector, name) if isinstance(obj, dict)]


def _scopes(vector: JsonObject) -> Scopes:
    stated = [str(entry) for entry in items(vector, "clusterScoped")]
    kinds = {entry: tuple(entry.removeprefix("?").rsplit("/", 1)) for entry in stated}
    pairs = {entry: (group, kind) for entry, (group, kind) in kinds.items()}
    unknown = frozenset(pair for entry, pair in pairs.items() if entry.startswith("?"))
    return Scopes(frozenset(pairs.values()) - unknown, unknown)


def _ignore(vector: JsonObject, bench: Bench) -> JsonObject:
    own = application_rules(items(vector, "application", "spec", "ignoreDifferences"))
    settings = _settings_of(vector)
    rules = rules_in_order(own, settings.overrides)
    check(rules, bench.jq)
    found = ignore(mapping(vector, "object"), rules, bench.jq, settings.jq_seconds).document
    if not text(found, "kind"):
        raise NotComparable("Object 'Kind' is missing")
    return {"object": found}


def _known_types(vector: JsonObject, bench: Bench) -> JsonObject:
    found = known_types(mapping(vector, "object"), _settings_of(vector).overrides, bench.types)
    if found.error:
        raise NotComparable(found.error)
    return {"object": found.document}


def _lookup(vector: JsonObject, bench: Bench) -> JsonObject:
    own = application_rules(items(vector, "application", "spec", "ignoreDifferences"))
    found = find_rules(mapping(vector, "object"), own, _settings_of(vector).overrides)
    return {
        "found": found.found,
        "jsonPointers": list(found.pointers),
        "jqPathExpressions": list(found.expressions),
        "managedFieldsManagers": list(found.managers),
    }


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
    live, target = _side(vector, "live"), _side(vector, "target")
    return {"selfReferenced": tracking.is_self_referenced(live, target, text(vector, "app"), _tracking(vector))}


def _normalize_tracking(vector: JsonObject, bench: Bench) -> JsonObject:
    target = _side(vector, "target")
    live = tracking.with_target_tracking(target, _side(vector, "live"), _tracking(vector))
    return {"target": target, "live": live}


def _normalize_targets(vector: JsonObject, bench: Bench) -> JsonObject:
    found = normalize_targets(
        _objects(vector, "objects"), text(vector, "app"), text(vector, "namespace"), _scopes(vector), _tracking(vector)
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
    settings = _settings_of(vector)
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


OPERATIONS: dict[str, Operation] = {
    "application": _application,
    "comparison": _comparison,
    "ignore": _ignore,
    "known-types": _known_types,
    "lookup": _lookup,
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
