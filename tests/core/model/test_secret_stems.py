"""Texts without a stem of a secret's name are not searched for such names: no pattern may find one without a stem."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.model.secret_text import BEARER, HEAD, NETRC, STEMS, WORD

NAMED = (re.compile(rf"(?i){WORD}"), HEAD, BEARER, NETRC)
LETTERS = st.characters(max_codepoint=126, min_codepoint=9)


@given(st.sampled_from(NAMED).flatmap(lambda pattern: st.from_regex(pattern, fullmatch=True, alphabet=LETTERS)))
def test_what_is_found_by_its_name_holds_a_stem(text: str) -> None:
    assert any(stem in text.lower() for stem in STEMS)


@given(st.from_regex(re.compile(rf"(?i){WORD}=x"), fullmatch=True, alphabet=LETTERS))
def test_each_name_is_found_by_its_first_letter(text: str) -> None:
    assert HEAD.search(text)
