"""What else may be done where no place in git works: for each case of each cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.remedy.choosing import situation_of
from tests.core.remedy.test_choice import EVERY, of
from whydrift.core.model.remedy import Choice, RemedyKind
from whydrift.core.remedy.next_choice import NEEDS_A_PLACE, next_choices

WHY = "rendered with the edit, git's object is not what was wanted"
PROVABLE = frozenset({RemedyKind.SERVER_SIDE_DIFF, RemedyKind.IGNORE, RemedyKind.GIT_SET, RemedyKind.GIT_DROP})


def following(name: str, path: Path) -> list[tuple[Choice, list[Choice]]]:
    """Each choice of a case with those that come after it."""
    chosen = of(name, path).values()
    return [(c, list(next_choices(c, f, s, situation_of(s, (f,)), WHY))) for s, f, c in chosen]


@pytest.mark.parametrize(("name", "path"), EVERY, ids=[name for name, _ in EVERY])
def test_only_what_a_place_was_needed_for_has_a_next_choice(name: str, path: Path) -> None:
    """It says why the first one is not offered; a change of somebody's is asked about, all else can be proven."""
    for first, found in following(name, path):
        assert not found or first.kind in NEEDS_A_PLACE
        assert all(f"{first.kind.value} is not offered, {WHY}" in each.why for each in found)
        if first.kind is RemedyKind.ADOPT:
            assert [each.kind for each in found] == [RemedyKind.ASK] and not found[0].changes
            continue
        assert {each.kind for each in found} <= PROVABLE & {other.kind for other in first.instead}
        assert all(each.instead[-1].kind is first.kind for each in found)


def test_each_way_that_can_be_tried_is_reached() -> None:
    """Else the law above holds of nothing."""
    reached = {each.kind for name, path in EVERY for _, found in following(name, path) for each in found}
    assert {RemedyKind.ASK, RemedyKind.SERVER_SIDE_DIFF, RemedyKind.IGNORE, RemedyKind.GIT_DROP} <= reached
