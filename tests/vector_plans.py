"""What whydrift answers to golden vectors of sync plans: which objects a sync touches, in which phase, by which call.

Put together from what the forecast itself asks. Not part of it, and left out of both sides: the order of the tasks,
waves, validation, finalizers, propagation, ownership migration (the forecast takes it for done), and the Namespace that
CreateNamespace makes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.vector_bench import Bench, objects, settings_of
from whydrift.core.compare.hooks import counts_as_hook, is_hook, phases
from whydrift.core.compare.objects import compare_unmasked
from whydrift.core.compare.terms import Terms
from whydrift.core.compare.tracking import is_self_referenced
from whydrift.core.explain.subject import Knowledge
from whydrift.core.judge.applying import is_left_out
from whydrift.core.judge.prunes import pruned
from whydrift.core.judge.situation import Situation, is_forced, way_of
from whydrift.core.model.application import Application
from whydrift.core.model.effect import Does
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.people import People
from whydrift.core.model.snapshot import ApplicationSnapshot, ObjectSnapshot, States, Verdict
from whydrift.core.model.values import ABSENT, Json, JsonObject, items, mapping, text

TOLD = ("phase", "group", "kind", "name", "hook", "action", "force", "result", "needsConfirmation")
"""What of a task both sides are compared by."""


def plan(vector: JsonObject, bench: Bench, application: Application) -> JsonObject:
    """The tasks of a sync with prune."""
    lives = {_place(live): live for live in objects(vector, "lives")}
    terms = Terms.of(application, settings_of(vector), bench.knowledge(vector))
    tasks = [task for target in objects(vector, "targets") for task in _applies(target, lives, application, terms)]
    stated = {_place(target) for target in objects(vector, "targets")}
    extra = [live for place, live in lives.items() if place not in stated and not counts_as_hook(live)]
    return told({"tasks": [*tasks, *_prunes(extra, application, terms, bench)]})


def told(answer: JsonObject) -> JsonObject:
    """A plan with what is compared of it, in one order."""
    kept: list[Json] = [
        {key: part for key, part in mapping(task).items() if key in TOLD}
        for task in items(answer, "tasks")
        if text(task, "phase") != "PreSync" or text(task, "kind") != "Namespace"
    ]
    ordered: list[Json] = list(sorted(kept, key=lambda task: json.dumps(task, sort_keys=True)))
    return {"tasks": ordered}


def _place(obj: JsonObject) -> ObjectKey:
    return key_of(obj)._replace(namespace="")


def _task(obj: JsonObject, phase: str, action: str, **more: Json) -> JsonObject:
    key = key_of(obj)
    told = {name: value for name, value in more.items() if value}
    return {"phase": phase, "group": key.group, "kind": key.kind, "name": key.name, "action": action, **told}


def _applies(
    target: JsonObject, lives: dict[ObjectKey, JsonObject], application: Application, terms: Terms
) -> Iterator[JsonObject]:
    live = lives.get(_place(target), ABSENT)
    hook = is_hook(target)
    differs = live is ABSENT or compare_unmasked(target, mapping({"live": live}, "live"), terms).differs
    verdict = Verdict.OUT_OF_SYNC if differs else Verdict.SYNCED
    for phase in phases(target):
        if is_left_out(application, verdict) and not hook:
            yield _task(target, phase, "skip-not-modified")
        else:
            way = way_of(application, target, live, terms.settings.release).value
            yield _task(target, phase, way, hook=hook, force=is_forced(target, live, terms.settings.release))


def _prunes(extra: list[JsonObject], application: Application, terms: Terms, bench: Bench) -> Iterator[JsonObject]:
    knowledge = Knowledge(bench.types, bench.builtin, People(), bench.jq)
    snapshot = ApplicationSnapshot(application, ())
    situation = Situation(snapshot, {}, (), lambda key: Facts(), knowledge)
    for live in extra:
        if is_self_referenced(live, None, application.name, terms.settings.tracking):
            states = States(live=live)
            item = ObjectSnapshot(key=key_of(live), load=lambda states=states: states, verdict=Verdict.OUT_OF_SYNC)  # type: ignore[misc]  # a default binds the loop's value
            effect, gone = pruned(item, situation)
            skipped = effect.does is Does.NOTHING
            waits = not gone and not skipped
            result = "PruneSkipped" if skipped else "Pruned"
            yield _task(live, "Sync", "prune", result=result, needsConfirmation=waits)
