"""Globs as Argo CD matches them: github.com/gobwas/glob without separators (util/glob/glob.go :: Match)."""

from __future__ import annotations

import re
from functools import lru_cache

_CLASS = re.compile(r"\[(?P<inverse>!?+)(?:(?P<low>.)-(?P<high>.)|(?!.-)(?P<set>(?:\\.|[^\]\\])+))\]", re.DOTALL)
_PLAIN = {"*": ".*", "?": ".", "{": "(?:"}


def glob_matches(pattern: str, text: str) -> bool:
    """Whether a glob matches the whole text; a glob that does not compile matches nothing."""
    compiled = _compiled(pattern)
    return compiled is not None and compiled.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    parts: list[str] = []
    position = depth = 0
    while position < len(pattern):
        regex, position, depth = _next(pattern, position, depth)
        if regex is None:
            return None
        parts.append(regex)
    return re.compile("".join(parts) + ")" * depth, re.DOTALL)  # gobwas takes an open brace as closed at the end


def _next(pattern: str, position: int, depth: int) -> tuple[str | None, int, int]:
    char = pattern[position]
    if char == "[":
        return (*_class(pattern, position), depth)
    if char == "\\":
        return re.escape(pattern[position + 1 : position + 2]), position + 2, depth
    if depth and char in ",}":
        return ("|", position + 1, depth) if char == "," else (")", position + 1, depth - 1)
    return _PLAIN.get(char) or re.escape(char), position + 1, depth + (char == "{")


def _class(pattern: str, position: int) -> tuple[str | None, int]:
    found = _CLASS.match(pattern, position)
    if found is None or (found["low"] is not None and found["low"] > found["high"]):
        return None, position
    if found["set"] is None:
        content = f"{re.escape(found['low'])}-{re.escape(found['high'])}"
    else:
        content = re.escape(re.sub(r"\\(.)", r"\1", found["set"], flags=re.DOTALL))
    return f"[{'^' if found['inverse'] else ''}{content}]", found.end()
