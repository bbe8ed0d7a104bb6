"""What is said of candidates: how sure they are, several changes at once, and what is no place."""

from __future__ import annotations

import pytest

from tests.core.remedy.helm.situations import Situation, changed_lines, situations
from whydrift.core.model.remedy import Change
from whydrift.core.remedy.places.helm import helm_candidates

NAMED = {situation.name: situation for situation in situations()}


def first_guess(situation: Situation) -> str:
    """Why the first candidate is not sure."""
    return next(situation.edits()).guess


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("typical: a count is the value's", ""),
        ("layers: a literal of a subchart in the same repository has no better place", "subchart"),
        ("layers: a chart of a registry is configured by the Application", "not in git"),
        ("shapes: a hash of a random value has a place, and nothing to state there", "somebody to say"),
    ],
)
def test_what_is_not_shown_says_so(name: str, why: str) -> None:
    guess = first_guess(NAMED[name])
    assert why in guess
    assert bool(why) == bool(guess)


def test_three_defaults_of_one_item_are_one_edit() -> None:
    situation = NAMED["shapes: defaults are pinned at the end of a block inside a range"]
    path = situation.change().path[:-1]
    pins = {"conversionStrategy": "Default", "decodingStrategy": "None", "metadataPolicy": "None"}
    changes = [Change((*path, name), value) for name, value in pins.items()]
    edit = next(helm_candidates(situation.application, situation.git, 0, situation.key, situation.target(), changes))
    assert changed_lines(edit) == {"+": [f"        {name}: {value}" for name, value in pins.items()]}


def test_changes_that_two_files_would_have_to_make_are_none() -> None:
    situation = NAMED["typical: a count is the value's"]
    changes = [situation.change(), Change(("spec", "revisionHistoryLimit"), 5)]
    assert not list(
        helm_candidates(situation.application, situation.git, 0, situation.key, situation.target(), changes)
    )


def test_an_object_that_nothing_states_has_no_place() -> None:
    situation = NAMED["typical: a count is the value's"]
    other = situation.key._replace(name="nobody")
    target = {"kind": "Deployment", "metadata": {"name": "nobody"}, "spec": {"paused": True}}
    changes = [Change(("spec", "paused"), False)]
    assert not list(helm_candidates(situation.application, situation.git, 0, other, target, changes))  # type: ignore[arg-type]  # a literal object
