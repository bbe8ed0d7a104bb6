"""What whydrift answers to the input of a golden vector, by its operation or, where it names none, by its shape."""

from __future__ import annotations

from tests.vector_bench import Bench, Operation, objects, scopes, settings_of, side
from tests.vector_plans import plan
from tests.vector_steps import STEPS
from whydrift.core.compare.applications import Surroundings, Verdict, compare_application
from whydrift.core.compare.ignore import check, ignore
from whydrift.core.compare.known_types import known_types
from whydrift.core.compare.objects import compare_object, sent_to_dry_run
from whydrift.core.compare.rules import application_rules, find_rules, rules_in_order
from whydrift.core.compare.terms import DryRun, DryRunFailed, Terms
from whydrift.core.judge.respect import respected
from whydrift.core.model.application import Application
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import Json, JsonObject, items, mapping, text
from whydrift.errors import NotComparable

ANY_PROJECT: JsonObject = {
    "spec": {
        "destinations": [{"server": "*", "namespace": "*"}],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
    }
}


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
    return Terms.of(_application_of(vector), settings_of(vector), bench.knowledge(vector))


def _dry_run(vector: JsonObject) -> DryRun | None:
    answer = vector.get("dryRun")
    if not isinstance(answer, dict):
        return None
    return DryRunFailed(text(answer, "error")) if "error" in answer and "kind" not in answer else answer


def _comparison(vector: JsonObject, bench: Bench) -> JsonObject:
    found = compare_object(side(vector, "target"), side(vector, "live"), _terms(vector, bench), _dry_run(vector))
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
    project = mapping(vector, "project") or ANY_PROJECT
    try:
        terms = _terms(vector, bench)
    except NotComparable:  # Argo CD gives up before it looks at any object, and sets no condition
        return {"sync": "Unknown", "resources": [], "conditions": []}
    found = compare_application(
        _application_of(vector),
        objects(vector, "targets"),
        objects(vector, "lives"),
        terms,
        Surroundings(project, scopes(vector)),
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


def _ignore(vector: JsonObject, bench: Bench) -> JsonObject:
    own = application_rules(items(vector, "application", "spec", "ignoreDifferences"))
    settings = settings_of(vector)
    rules = rules_in_order(own, settings.overrides)
    check(rules, bench.jq)
    found = ignore(mapping(vector, "object"), rules, bench.jq, settings.jq_seconds).document
    if not text(found, "kind"):
        raise NotComparable("Object 'Kind' is missing")
    return {"object": found}


def _known_types(vector: JsonObject, bench: Bench) -> JsonObject:
    found = known_types(mapping(vector, "object"), settings_of(vector).overrides, bench.types)
    if found.error:
        raise NotComparable(found.error)
    return {"object": found.document}


def _respect(vector: JsonObject, bench: Bench) -> JsonObject:
    target, live = mapping(vector, "target"), side(vector, "live")
    return {"target": target if live is None else respected(target, live, _terms(vector, bench))}


def _plan(vector: JsonObject, bench: Bench) -> JsonObject:
    return plan(vector, bench, _application_of(vector))


def _lookup(vector: JsonObject, bench: Bench) -> JsonObject:
    own = application_rules(items(vector, "application", "spec", "ignoreDifferences"))
    found = find_rules(mapping(vector, "object"), own, settings_of(vector).overrides)
    return {
        "found": found.found,
        "jsonPointers": list(found.pointers),
        "jqPathExpressions": list(found.expressions),
        "managedFieldsManagers": list(found.managers),
    }


OPERATIONS: dict[str, Operation] = {
    **STEPS,
    "application": _application,
    "comparison": _comparison,
    "ignore": _ignore,
    "known-types": _known_types,
    "lookup": _lookup,
    "plan": _plan,
    "respect": _respect,
}
