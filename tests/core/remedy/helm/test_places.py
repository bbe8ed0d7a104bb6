"""The first place that is offered for a field, and the lines that its edit changes."""

from __future__ import annotations

import pytest

from tests.core.remedy.helm.situations import Situation, changed_lines, place_of, situations


@pytest.mark.parametrize("situation", list(situations()), ids=lambda situation: situation.name)
def test_the_first_place_is_the_one_that_an_editor_would_change(situation: Situation) -> None:
    first = next(situation.edits(), None)
    assert place_of(first) == (situation.wanted["where"], situation.wanted.get("at", ""))
    if first and "lines" in situation.wanted:
        assert changed_lines(first) == situation.wanted["lines"]
    others = {edit.where for edit in situation.edits()}
    decoys = situation.wanted.get("never", [])
    assert isinstance(decoys, list)
    assert not others & set(decoys)
