"""Every recording of the corpus: forecasts against what real syncs did, remedies against their labels.

Forecasts are held against every path that changed in the cluster: managed-resources before a real sync with prune and
after it. Left out: what only servers write, stamps of controllers, and applications whose automated syncs do not prune
while the recorded sync did.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest

from tests.faces.command import inside
from tests.replay.recorded import corpus, stated
from whydrift.adapters.builtin.types import load_types
from whydrift.core.compare.differences import SERVER_OWNED, changes
from whydrift.core.compare.typed.defaults import stored
from whydrift.core.model.effect import Does
from whydrift.core.model.paths import pointer, starts_with
from whydrift.core.model.triage import Answer, ApplicationAnswer, EffectAnswer, RemedyAnswer, SyncAnswer
from whydrift.core.model.values import JsonObject, is_object, items, text

STAMPS = (
    "deployment.kubernetes.io/revision",
    "argocd.argoproj.io/refresh",
    "argocd.argoproj.io/hydrate",
    "deprecated.daemonset.template.generation",
)
TAKEN_BACK = frozenset({"autoscaler-scales-replicas", "controller-owns-field", "ignore-rule-misses"})
"""Causes whose controllers may have written again before the second look."""
GRAVE = frozenset({Does.DELETE, Does.SCALE, Does.RESTART, Does.REPLACE})
QUIET = frozenset({Does.NOTHING, Does.FAIL, Does.RUN_HOOK})
Place = tuple[str, str]

EDITED = frozenset({"git-set", "git-drop", "adopt", "chart-value", "one-owner"})

pytestmark = pytest.mark.skipif(not corpus(), reason="the corpus is not on this machine")


@cache
def _answers(recording: Path) -> tuple[ApplicationAnswer, ...]:
    """What `whydrift scan --hidden` says of a recording, asked once for all tests of this file."""
    said = inside("scan", "--hidden", "--from", recording, "-o", "json")
    return msgspec.json.decode(said.out, type=Answer).applications


@cache
def _looked_at() -> dict[str, list[tuple[ApplicationAnswer, dict[Place, set[str]]]]]:
    """Each recording's answers, with what a real sync changed."""
    found: dict[str, list[tuple[ApplicationAnswer, dict[Place, set[str]]]]] = {}
    for folder in corpus():
        answers = [answer for answer in _answers(folder) if not _keeps(folder, answer.name)]
        truths = [(answer, _truth(folder, answer.name)) for answer in answers]
        found[folder.name] = [(answer, truth) for answer, truth in truths if truth is not None]
    return found


def _keeps(folder: Path, name: str) -> bool:
    """Whether automated syncs of an application do not prune, while the recorded one did."""
    spec = json.loads((folder / f"argocd/api/v1/applications/{name}.json").read_text())["spec"]
    automated = (spec.get("syncPolicy") or {}).get("automated")
    return automated is not None and not automated.get("prune")


def _truth(folder: Path, name: str) -> dict[Place, set[str]] | None:
    before = folder / f"argocd/api/v1/applications/{name}/managed-resources.json"
    after = folder / f"truth/after-sync/{name}.managed-resources.json"
    if not before.exists() or not after.exists():
        return None
    old, new = _lives(before), _lives(after)
    return {place: _changed(old.get(place), new.get(place)) for place in old | new}


def _lives(file: Path) -> dict[Place, JsonObject]:
    rows = (row for row in items(json.loads(file.read_text()), "items") if is_object(row) and not row.get("hook"))
    decoded = ((row, json.loads(text(row, "liveState") or "null")) for row in rows)
    return {_place(row): live for row, live in decoded if live is not None}


def _place(row: JsonObject) -> Place:
    return f"{text(row, 'group')}/{text(row, 'kind')}/{text(row, 'name')}", text(row, "namespace")


def _changed(before: JsonObject | None, after: JsonObject | None) -> set[str]:
    if before is None or after is None:
        return {""}
    types = load_types()
    old, new = (stored(side, types) or side for side in (before, after))
    found = (change.left for change in changes(old, new))
    told = (path for path in found if not any(starts_with(path, place) for place in SERVER_OWNED))
    return {pointer(path) for path in told if path[-1] not in STAMPS}


def _effects(answer: ApplicationAnswer) -> tuple[EffectAnswer, ...]:
    assert isinstance(answer.sync, SyncAnswer), f"{answer.name} was not foreseen"
    return tuple(effect for effect in answer.sync.effects if effect.does not in QUIET)


def _related(one: str, other: str) -> bool:
    return one == other or not one or not other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _missed() -> Iterator[tuple[str, Place, str, bool]]:
    """Every path that a sync really changed, and whether it was foreseen."""
    for name, looked in _looked_at().items():
        for answer, truth in looked:
            for place, paths in truth.items():
                told = {p for e in _effects(answer) if (e.object, e.namespace) == place for p in e.paths}
                yield from ((name, place, path, any(_related(path, other) for other in told)) for path in paths)


def test_what_syncs_changed_was_foreseen(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 98 % of the paths."""
    rows = list(_missed())
    wrong = [row for row in rows if not row[3]]
    with capsys.disabled():
        sys.stdout.write(f"\n{len(rows) - len(wrong)} of {len(rows)} changed paths were foreseen\n")
        sys.stdout.writelines(f"  not foreseen: {name} {place[0]} {path}\n" for name, place, path, _ in wrong)
    assert len(wrong) <= 0.02 * len(rows)


def test_no_grave_effect_came_unforeseen() -> None:
    """No object was deleted, nothing was scaled and no pod template changed without a word."""
    grave = [row for row in _missed() if not row[3] and (not row[2] or "replicas" in row[2] or "/template" in row[2])]
    assert not grave


def test_what_was_foreseen_happened() -> None:
    """A grave effect that did not happen is one that a controller took back, or that the truth cannot show."""
    for name, looked in _looked_at().items():
        for answer, truth in looked:
            failing = {e.object for e in (answer.sync.effects if isinstance(answer.sync, SyncAnswer) else ())
                       if e.does is Does.FAIL}  # fmt: skip
            for effect in _effects(answer):
                if effect.does not in GRAVE or effect.loses in TAKEN_BACK or effect.object in failing:
                    continue
                real = truth.get((effect.object, effect.namespace), set())
                assert any(_related(path, other) for path in effect.paths for other in real), (name, effect.says)


def _remedies(recording: Path) -> Iterator[tuple[str, str, RemedyAnswer]]:
    """The remedies of a recording, with object and path."""
    objects = (found for answer in _answers(recording) for found in answer.objects or ())
    differences = ((found.id, difference) for found in objects for difference in found.differences)
    yield from ((name, d.path, d.remedy) for name, d in differences if isinstance(d.remedy, RemedyAnswer))


def test_remedies_are_as_labelled() -> None:
    """Kinds at least 98 %, places at least 95 %, and never a place that is labelled as one that does nothing."""
    kinds, places, decoys = [0, 0], [0, 0], []
    for folder in corpus():
        labels = stated(folder)["expect"]
        found = list(_remedies(folder))
        for label in (*(labels.get("fields") or ()), *(labels.get("hidden") or ())):
            mine = [r for o, path, r in found if o == label["object"] and _related(path, label.get("path", ""))]
            if label["fix"] == "nothing" and not mine:
                continue
            allowed = {label["fix"], *_listed(label.get("orFix"))}
            right = bool(mine) and all(r.kind.value in allowed for r in mine)
            kinds = [kinds[0] + right, kinds[1] + 1]
            if label.get("where") and label["fix"] in EDITED:
                places = [places[0] + (label["where"] in {r.where for r in mine}), places[1] + 1]
            decoys += [f"{folder.name}: {r.where}" for r in mine if r.where and r.where in _listed(label.get("decoys"))]
    sys.stdout.write(f"fix {kinds[0]}/{kinds[1]} · where {places[0]}/{places[1]}\n")
    assert not decoys
    assert kinds[0] >= 0.98 * kinds[1] > 400 and places[0] >= 0.95 * places[1] > 250


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
