"""Regular expressions of templates. Go's take linear time, Python's may not: what could run away is not tried."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 10_000
"""How long a text may be that is searched with at most one repetition."""
MOST_STEPS = 10_000_000
"""How many steps a search may take at worst: the length of the text to the power of the repetitions."""
LONGEST_NESTED = 20
"""How long a text may be where one repetition stands in another, which can take 2^n steps."""
REFERENCE = re.compile(r"\$\{?(\w+)\}?")
PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def search(form: str, text: str) -> str | None:
    """The first match; None where there is none. ValueError for what is not tried."""
    found = _ready(form, text).search(text)
    return found.group() if found else None


def replaced(form: str, text: str, by: str) -> str:
    """The text with each match replaced; `$1` and `${1}` in `by` are groups."""
    return _ready(form, text).sub(REFERENCE.sub(r"\\g<\1>", by.replace("\\", r"\\")), text)


def replaced_literally(form: str, text: str, by: str) -> str:
    """The text with each match replaced by `by` as it is."""
    return _ready(form, text).sub(by.replace("\\", r"\\"), text)


def _ready(form: str, text: str) -> re.Pattern[str]:
    if len(text) > longest(form):
        raise ValueError(f"{form!r} is not tried on so long a text")
    return _compiled(form)


@lru_cache(512)
def longest(form: str) -> int:
    """How long a text may be that an expression is tried on."""
    inner, repetitions, nested = [False], 0, False
    parts = [found.group() for found in PART.finditer(form)]
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        repeated = following in ("*", "+", "{")
        repetitions += repeated
        if part == "(":
            inner.append(False)
        elif part == ")" and len(inner) > 1:
            held = inner.pop()
            nested = nested or (held and repeated)
            inner[-1] = inner[-1] or held or repeated
        elif repeated or part == "|":
            inner[-1] = True
    if nested:
        return LONGEST_NESTED
    return LONGEST if repetitions < 2 else max(int(MOST_STEPS ** (1 / repetitions)), LONGEST_NESTED)


@lru_cache(512)
def _compiled(form: str) -> re.Pattern[str]:
    try:
        return re.compile(form.replace(r"\z", r"\Z"))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{form!r} is no expression that can be read") from error
