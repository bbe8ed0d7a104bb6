"""The first story played to its end on the recording: plan, `git am`, render and compare again, what is left by name.

Its author ended at two residuals of twenty. What a person has to decide is left here too, and has to be named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.demo_repository import demo_repository, git
from tests.scenarios.planned import Made, Rendered, planned_for
from whydrift.core.model.plan import Step
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, MaybeJson, is_object
from whydrift.core.prove.again import compared_again, terms_of
from whydrift.core.prove.synced import compared_after_sync
from whydrift.core.remedy.steps import steps
from whydrift.core.report.patches import patch_mail
from whydrift.demo import FLEET
from whydrift.errors import NotComparable
from whydrift.ports import NotRead
from whydrift.usecases.drafts import Draft

DECIDED = {
    "argocd": "the Redis secret's Job is gone, the namespace's pods were not read",
    "sympozium": "two applications claim one Namespace",
    "vcluster-experiments": "a salted hash of the chart",
    "victoria-metrics": "a password that only people choose",
}
"""What a person has to decide, by application."""
NEXT = {"infisical": ["policy/PodDisruptionBudget/infisical-postgresql"]}
"""What git then states no more, and the next plan deletes: the budget of a vendored chart that no sync can write."""


@dataclass(frozen=True)
class Played:
    """By application: the objects that still differ, and those of which a person is asked something."""

    left: Mapping[str, list[str]]
    asked: Mapping[str, set[str]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Every patch applied by git, and every step that deletes or syncs taken as done."""
    return asyncio.run(_played(demo_repository(tmp_path_factory.mktemp("story"))))


async def _played(work: Path) -> Played:
    async with planned_for(FLEET, hidden=False) as made:
        planned = steps(made.plan.offers, made.plan.mends)
        for step in planned:
            if step.kind == "commit":
                git(work, "am", "--keep-cr", "--quiet", given=patch_mail(step, "2026-04-16T22:00:00Z").encode())
        left = {name: await _left(made, draft, work, planned) for name, draft in made.drafts.items() if draft.choices}
        asked: dict[str, set[str]] = {}
        for step in planned:
            if step.kind == "ask" and step.fields:
                asked.setdefault(step.applications[0].partition("/")[2], set()).update(o.id for o in step.objects)
        return Played({name: found for name, found in left.items() if found}, asked)


async def _left(made: Made, draft: Draft, work: Path, planned: tuple[Step, ...]) -> list[str]:
    """The objects of an application that differ with what the repository holds now."""
    edits = await made.as_folder(draft, work)
    assert not isinstance(edits, NotRead)
    rendered = await made.rendered(draft, edits)
    assert not isinstance(rendered, NotRead), f"{draft.application.name}: {rendered}"
    gone = {(o.id, o.namespace) for step in planned if step.kind in ("delete", "manual") for o in step.objects}
    synced = {(o.id, o.namespace) for step in planned if step.kind == "sync" for o in step.objects}
    found = []
    for item in draft.situation.snapshot.objects or ():
        named = (item.key.id, item.key.namespace)
        if named not in gone and named not in synced and list(_still(draft, item, rendered)):
            found.append(item.key.id)
    return found


def _still(draft: Draft, item: ObjectSnapshot, rendered: Rendered) -> Iterator[str]:
    """What an object shows, at once or once a sync has brought git's side."""
    target = _made(item, rendered)
    terms = replace(terms_of(item, draft.situation), server_side=False)
    if item.live is ABSENT:
        return
    try:
        at_once = compared_again(item.key, target, item.live, terms, draft.situation, None)
        if at_once.shown and is_object(target):
            yield from compared_after_sync(draft.situation, item, target, terms).shown
        else:
            yield from at_once.shown
    except NotComparable as error:
        yield str(error)


def _made(item: ObjectSnapshot, rendered: Rendered) -> MaybeJson:
    return rendered.get(item.key, ABSENT)


def test_what_is_not_asked_does_not_differ_any_more(played: Played) -> None:
    """Twenty were red. What programs carry out closes fifteen of them, and most objects of the other five."""
    assert {name: played.left.get(name) for name in NEXT} == NEXT
    assert set(played.asked) == set(DECIDED)
    for name, objects in played.left.items():
        if name in NEXT:
            continue
        assert set(objects) <= played.asked.get(name, set()), f"{name} differs, and nobody is asked"
