"""What a plan deletes, in which order, what it leaves and for whom, and what in git took it away (`guarded_delete`)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.from_yaml import from_yaml
from tests.scenarios.planned import planned_for
from whydrift.core.model.plan import Step
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping, text
from whydrift.core.remedy.steps import steps

SHARED = Path(os.environ.get("WHYDRIFT_SHARED") or Path(__file__).parents[3] / "shared")
LEFT = ("ask", "annotate")
"""Steps that leave an object where it is: somebody decides, or it is marked as one that stays."""
NOT_NAMED = {
    ("o-claim-with-data-left", "o-claim-with-data-left"): "volumes of the cluster are not listed",
    ("o-crds-came-first", "orders-2026-06"): "the objects of a definition are not listed",
    ("o-ingress-class-still-used", "storefront"): "the other namespace was not read",
    ("o-role-still-bound-by-hand", "support"): "it names the CronJob that runs under the ServiceAccount",
}
"""Who uses an object, and is not named: by recording and name."""
FREE_ORDER = {"infisical": "two groups of which none names the other"}
UNREAD = {"argocd": "its pods were not read, so that all of it is asked about"}


def _labelled() -> dict[str, tuple[Path, JsonObject]]:
    """Recordings and labels by application."""
    found: dict[str, tuple[Path, JsonObject]] = {}
    for stated in sorted(SHARED.glob("corpus/*/*/*.yaml")):
        if stated.name not in ("scenario.yaml", "expect.yaml") or "guarded_delete:" not in stated.read_text():
            continue
        told: Json = from_yaml(stated.read_text())
        apps = mapping(told, "apps") or {stated.parent.name: mapping(told, "expect")}
        for name, expect in apps.items():
            if mapping(expect, "guarded_delete"):
                found[name] = (stated.parent, mapping(expect, "guarded_delete"))
    return found


LABELLED = _labelled()
_PLANS: dict[Path, tuple[Step, ...]] = {}


def _steps(recording: Path, name: str) -> list[Step]:
    """The steps about one application; each recording is planned once."""

    async def made() -> tuple[Step, ...]:
        async with planned_for(recording) as found:
            return steps(found.plan.offers)

    if recording not in _PLANS:
        _PLANS[recording] = asyncio.run(made())
    return [step for step in _PLANS[recording] if any(each.endswith(f"/{name}") for each in step.applications)]


def _reasons(made: list[Step]) -> Mapping[str, str]:
    """Why each object is left where it is."""
    asked = (step for step in made if step.kind in LEFT)
    return {field.object: field.why or step.why for step in asked for field in step.fields}


@pytest.mark.skipif(not LABELLED, reason="the corpus is not on this machine")
@pytest.mark.parametrize("name", LABELLED)
def test_only_what_may_go_is_deleted_and_dependents_go_first(name: str) -> None:
    """In the label's order; the others are asked about, or marked, with who still uses each."""
    recording, label = LABELLED[name]
    made = _steps(recording, name)
    deleted = [item.id for step in made if step.kind in ("delete", "manual") for item in step.objects]
    if name not in UNREAD:
        assert set(deleted) == set(items(label, "order"))
        assert name in FREE_ORDER or deleted == items(label, "order")
    reasons = _reasons(made)
    for row in filter(is_object, items(label, "in_use")):
        user = text(row, "by").rpartition("/")[2]
        assert text(row, "object") in reasons
        assert user in reasons[text(row, "object")] or (name, user) in NOT_NAMED


@pytest.mark.skipif(not LABELLED, reason="the corpus is not on this machine")
@pytest.mark.parametrize("name", [name for name, (_, label) in LABELLED.items() if mapping(label, "because")])
def test_what_in_git_took_it_away_is_named(name: str) -> None:
    """The file, and for a value that switches it off its very line."""
    recording, label = LABELLED[name]
    stated = mapping(label, "because")
    wheres = [field.where for step in _steps(recording, name) for field in step.fields if field.path == ""]
    assert wheres and {where.partition(":")[0] for where in wheres} == {text(stated, "file")}
    if text(stated, "file").endswith("values.yaml"):
        assert f"{stated['file']}:{str(stated['line']).rpartition(':')[2]}" in wheres
