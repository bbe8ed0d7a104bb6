"""CODEOWNERS: whom a file of a repository belongs to (GitHub and GitLab, "CODEOWNERS syntax"; the last rule wins)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

PLACES = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
"""Where the file may stand; the first one counts."""
_SECTION = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>.*)")
_WORD = re.compile(r"(?:\\.|[^\s\\])+")
_GLOBS = re.compile(r"/\*\*/|\*\*/?|/\*\*$|\*|\?|\\.|.", re.DOTALL)


def owners_of(stated: str, file: str) -> tuple[str, ...]:
    """The owners of a file, as CODEOWNERS spells them; () where no rule is about it, or the last one names nobody."""
    found: tuple[str, ...] = ()
    for pattern, owners in _rules(stated):
        if _compiled(pattern).fullmatch(file):
            found = owners
    return found


def _rules(stated: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Patterns with their owners; below a GitLab section those without owners have the section's."""
    default: tuple[str, ...] = ()
    for line in stated.split("\n"):
        content = re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()
        section = _SECTION.fullmatch(content)
        if section:
            default = tuple(section["owners"].split())
        elif content:
            pattern, *owners = _WORD.findall(content)
            yield pattern, tuple(owners) or default


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as gitignore means it: one without a slash inside holds at any depth, a folder for all below it."""
    body = pattern.strip("/")
    anchored = pattern.startswith("/") or "/" in body
    inside = "".join(_spelled(part) for part in _GLOBS.findall(body))
    below = "/.*" if pattern.endswith("/") else "" if body.endswith("/*") else "(?:/.*)?"
    return re.compile(f"{'' if anchored else '(?:.*/)?'}{inside}{below}", re.DOTALL)


def _spelled(part: str) -> str:
    fixed = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "**": ".*", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}
    return fixed.get(part) or re.escape(part[-1])
