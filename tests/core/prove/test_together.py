"""Several edits of one object at once: whether git's object comes out as all of them want it."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import config_map
from tests.core.remedy.offered import item
from whydrift.core.model.objects import key_of
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, JsonObject
from whydrift.core.prove.together import why_not_together

GIT = config_map(a="1", b="2", drawn="x")
A, B = Change(("data", "a"), "9"), Change(("data", "b"), ABSENT)
KEY = key_of(GIT)


def why_not(changes: list[Change], made: JsonObject | None, before: JsonObject = GIT) -> str:
    """What is said of a render with all edits."""
    held = item(GIT, GIT, KEY)
    return why_not_together(held, changes, {KEY: before}, {} if made is None else {KEY: made})


@pytest.mark.parametrize(
    ("changes", "made", "said"),
    [
        ([A, B], config_map(a="9", drawn="x"), ""),
        ([A, B], config_map(a="9", b="2", drawn="x"), "(data.b)"),
        ([A], config_map(a="9", b="3", drawn="x"), "(data.b)"),
        ([A], None, "is not what was wanted"),
        ([Change((), ABSENT)], None, ""),
        ([Change(("data", "a", "b"), "1")], GIT, "no place in what is stated"),
    ],
    ids=["all of them", "one is lost", "one too many", "the object is gone", "it was to go", "they cannot all be"],
)
def test_all_edits_come_out_or_the_place_is_named(changes: list[Change], made: JsonObject | None, said: str) -> None:
    """What none of them wanted counts as well."""
    found = why_not(changes, made)
    assert (said in found) if said else found == ""


def test_what_is_drawn_anew_in_each_render_does_not_count() -> None:
    """It is otherwise without any edit."""
    made = config_map(a="9", b="2", drawn="z")
    assert why_not([A], made, before=config_map(a="1", b="2", drawn="y")) == ""
    assert "(data.drawn)" in why_not([A], made)
