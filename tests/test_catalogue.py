"""What "done" means for a cause: in the catalogue, documented in four sections, honest cases that hold."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.cases import load, subject_of
from whydrift.core.explain.cause import Cause
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.explain.engine import explain
from whydrift.core.model.values import Json, JsonObject, is_object

CAUSES = Path(__file__).parent.parent / "src/whydrift/core/explain/causes"
CASES = sorted(CAUSES.glob("*/cases/*/case.yaml"))
SECTIONS = ("Why it happens:", "What proves it:", "What would refute it:", "Remedies:")
BY_ID = {cause.id: cause for cause in CATALOGUE}


def folder_of(cause: Cause) -> Path:
    return CAUSES / cause.id.replace("-", "_")


def test_every_folder_is_in_the_catalogue() -> None:
    assert {path.name.replace("_", "-") for path in CAUSES.iterdir() if path.is_dir() and path.name[0] != "_"} == set(
        BY_ID
    )
    assert len(BY_ID) == len(CATALOGUE)


@pytest.mark.parametrize("cause", CATALOGUE, ids=lambda cause: cause.id)
def test_a_cause_is_documented_and_has_honest_cases(cause: Cause) -> None:
    module = importlib.import_module(f"whydrift.core.explain.causes.{folder_of(cause).name}")
    assert cause is module.CAUSE
    assert all(section in (module.__doc__ or "") for section in SECTIONS)
    names = [path.name for path in (folder_of(cause) / "cases").iterdir()]
    assert any(name.startswith("explains-") for name in names)
    assert any(name.startswith("refuses-") for name in names)
    if cause.needs or cause.helps:
        assert any(name.startswith("undecided-") for name in names)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parts[-4]}/{path.parent.name}")
def test_a_case_holds(path: Path) -> None:
    case = load(path)
    cause = BY_ID[path.parts[-4].replace("_", "-")]
    outcome = explain(subject_of(case), [cause])
    expected = case["expect"]
    assert is_object(expected), "a case expects something"
    found = {f.difference.pointer: f for f in outcome.findings}
    explained = {pointer: f.explanations[0].strength.value for pointer, f in found.items() if f.explanations}
    undecided = {pointer for pointer, f in found.items() if f.undecided}
    assert explained == (expected.get("explained") or {})
    assert sorted(undecided) == sorted(str(pointer) for pointer in _listed(expected, "undecided"))
    assert all(pointer in found for pointer in _listed(expected, "refused")), (
        f"the refused differences are there: {sorted(found)}"
    )
    sides = {
        pointer: f.explanations[0].side for pointer, f in found.items() if f.explanations and f.explanations[0].side
    }
    assert sides == (expected.get("side") or {})
    assert path.parent.name.split("-")[0] == ("undecided" if undecided else "explains" if explained else "refuses")


def _listed(expected: JsonObject, name: str) -> list[Json]:
    stated = expected.get(name, [])
    assert isinstance(stated, list)
    return stated
