"""Forecasts against what real syncs did: every path that changed in the cluster, for every recording of the corpus.

The truth is managed-resources before a real sync with prune and after it. Left out: what only servers write, stamps of
controllers, and applications whose automated syncs do not prune while the recorded sync did.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.vector_bench import SHARED
from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.builtin.types import load_types
from whydrift.adapters.files.recording import Recording
from whydrift.adapters.git.bundles import RecordedRepositories
from whydrift.core.compare.differences import SERVER_OWNED, changes
from whydrift.core.compare.typed.defaults import stored
from whydrift.core.model.effect import Does
from whydrift.core.model.paths import pointer, starts_with
from whydrift.core.model.secrets import Masker
from whydrift.core.model.triage import ApplicationAnswer, EffectAnswer, SyncAnswer
from whydrift.core.model.values import JsonObject, is_object, items, text
from whydrift.settings import Settings
from whydrift.usecases.facts import FactReader
from whydrift.usecases.scan import Read, scan
from whydrift.wiring import analysis

CORPUS = SHARED / "corpus" / "scenarios"
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

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not on this machine")


async def _answers(folder: Path) -> list[ApplicationAnswer]:
    source = Recording(folder)
    repositories = RecordedRepositories(source.files)
    masker = Masker(b"k" * 16)
    reader = lambda instance: FactReader(source, masker, builtin_schemas(), instance, repositories)  # noqa: E731
    looking = analysis(Settings(), True)
    return [answer async for answer in scan(source, looking, reader, lambda application: True, Read())]


@cache
def _looked_at() -> dict[str, list[tuple[ApplicationAnswer, dict[Place, set[str]]]]]:
    """Each recording's answers, with what a real sync changed."""
    found: dict[str, list[tuple[ApplicationAnswer, dict[Place, set[str]]]]] = {}
    for folder in sorted(CORPUS.iterdir()):
        answers = asyncio.run(_answers(folder))
        truths = [(answer, _truth(folder, answer.name)) for answer in answers if not _keeps(folder, answer.name)]
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
