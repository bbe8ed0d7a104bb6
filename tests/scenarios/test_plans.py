"""Plans of the whole corpus: they render to what the right fixes were proven to render to, and offer nothing unsafe."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.replay.recorded import RECORDINGS, corpus
from tests.scenarios.planned import Made, planned_for, proving, scenario
from whydrift.core.model.paths import pointer
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.model.values import ABSENT, same
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.steps import steps
from whydrift.ports import NotRead

CARRIED = {path.stem: path for path in RECORDINGS}


@dataclass
class Found:
    """How often plans come to the objects of the proven fix, where they do not, and what they may never hold."""

    alike: int = 0
    unlike: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    edits: int = 0
    forbidden: list[str] = field(default_factory=list)


def forbidden(offer: Offer) -> Iterator[str]:
    """Drops that a sync would make dangerous, and that do not say so (reference/measured.md 19, 33, 54-56)."""
    server_side = "ServerSideApply=true" in offer.application.sync_options
    for change in offer.group.changes if offer.group.choice.kind is RemedyKind.GIT_DROP else ():
        if change.value is ABSENT and not server_side:
            at, safety = pointer(change.path), offer.group.choice.safety.value
            rolls = at.startswith("/spec/template/metadata/annotations") and safety == "safe"
            if at.endswith(("/replicas", "/caBundle")) or rolls:
                yield f"{offer.named} {offer.item.key} {at} {safety}"


def proven_fix(recording: Path) -> Path | None:
    """The folder with the fix that was played on real servers; None where the fix is no folder of files."""
    stated = scenario(recording).get("fixed")
    name = stated.get("files") if isinstance(stated, dict) else stated
    folder = proving() / recording.name / str(name)
    return folder if name and folder.is_dir() else None


async def look_at(recording: Path, fixed: Path, found: Found) -> None:
    """One scenario."""
    async with planned_for(recording) as made:
        for offer in made.plan.offers:
            found.forbidden += forbidden(offer)
            if offer.edit is not None and offer.group.choice.kind is not RemedyKind.ASK:
                found.edits += 1
                why = offer.proof.why_not if offer.proof is not None else "not tried"
                found.unproven += [f"{recording.name}: {offer.item.key}: {why}"] if why else []
        alike = await is_alike(made, recording.name, fixed)
        if alike is not None:
            found.alike += alike
            found.unlike += [] if alike else [recording.name]


async def is_alike(made: Made, name: str, fixed: Path) -> bool | None:
    """Whether the plan renders as the fix does; None where one of both renders not at all."""
    draft = made.drafts[name]
    wanted = await made.as_folder(draft, fixed)
    if isinstance(wanted, NotRead):
        return None
    fix, mine = await made.rendered(draft, wanted), await made.rendered(draft, made.edits(draft))
    if isinstance(fix, NotRead) or isinstance(mine, NotRead):
        return None
    return all(same(fix.get(key, ABSENT), mine.get(key, ABSENT)) for key in {*fix, *mine})


@pytest.mark.skipif(not corpus() or not proving().is_dir(), reason="the corpus is not on this machine")
def test_plans_render_to_what_was_proven() -> None:
    """Four of five plans come to the very objects; the others say as much in another way, or ask for a value."""
    found = Found()
    for recording in corpus():
        fixed = proven_fix(recording)
        if fixed is not None:
            asyncio.run(look_at(recording, fixed, found))
    total = found.alike + len(found.unlike)
    sys.stdout.write(f"alike {found.alike}/{total}, unproven {len(found.unproven)}/{found.edits}\n{found}\n")
    assert not found.forbidden
    assert total > 70 and found.alike >= 0.8 * total
    assert len(found.unproven) <= 0.03 * found.edits


def test_an_application_from_a_set_is_changed_where_the_set_is_stated() -> None:
    """By a commit, never by a patch that the set's controller takes back."""

    async def kinds() -> list[tuple[str, str]]:
        async with planned_for(CARRIED["s-generated-by-a-set"]) as made:
            return [(step.kind, step.where) for step in steps(made.plan.offers)]

    assert ("commit", "appsets/ratings.yaml:25") in asyncio.run(kinds())
