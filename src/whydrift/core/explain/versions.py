"""Which of two image references is the newer version of one image, where their tags have an order at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TAG: Final = re.compile(
    r"(?P<prefix>(?:release|version|rel)[-_]?)?v?(?P<numbers>\d+(?:\.\d+)*)(?P<suffix>.*)", re.ASCII | re.IGNORECASE
)
_COMMIT: Final = re.compile(r"[-_.+]g?[0-9a-f]{7,40}$", re.ASCII)
_WORD: Final = re.compile(r"[-_.+]?(?P<word>[a-z]*)[-_.]?(?P<number>\d*)", re.ASCII | re.IGNORECASE)
_BEFORE: Final = ("dev", "snapshot", "nightly", "pre", "preview", "alpha", "a", "beta", "b", "m", "rc", "cr")
"""Words of a suffix that stand before the release itself (semver.org 11), the earliest first."""
_AFTER: Final = frozenset({"", "hotfix", "fix", "patch", "p", "post", "sp", "build", "r", "rev", "final", "ga"})
"""Words of a suffix that stand after the release: fixes and packagings of it."""
_DATE_DIGITS: Final = (8, 10, 12, 14)
_LONGEST_NUMBER: Final = 5


@dataclass(frozen=True, slots=True)
class Image:
    """An image reference in its parts; `tag` and `digest` are "" where it has none."""

    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, reference: str) -> Image:
        """The parts of `registry:port/name:tag@digest` (distribution reference grammar)."""
        name, _, digest = reference.partition("@")
        path, _, last = name.rpartition("/")
        last, _, tag = last.partition(":")
        return cls(f"{path}/{last}" if path else last, tag, digest)

    @property
    def version(self) -> str:
        """The tag and the beginning of the digest, as far as there are any."""
        algorithm, _, sum_ = self.digest.partition(":")
        pinned = f"@{algorithm}:{sum_[:12]}" if self.digest else ""
        return f"{self.tag}{pinned}" or "no tag"


def is_newer(after: str, before: str) -> bool:
    """Whether `after` is the same image in a newer version; False for another image, a digest, unordered tags."""
    new, old = Image.parse(after), Image.parse(before)
    if new.repository != old.repository or new.digest or old.digest:
        return False
    mine, theirs = _order(new.tag), _order(old.tag)
    if mine is None or theirs is None or mine.flavour != theirs.flavour:
        return False
    length = max(len(mine.numbers), len(theirs.numbers))
    return _padded(mine, length) > _padded(theirs, length)


def is_newer_tag(after: str, before: str) -> bool:
    """Whether the tag of `after` names a newer version of the same image, whatever digest stands beside it."""
    return is_newer(after.partition("@")[0], before.partition("@")[0])


@dataclass(frozen=True, slots=True)
class _Order:
    numbers: tuple[int, ...]
    stage: tuple[int, int]
    """Before the release (negative), the release itself (0), or after it; then the number of that stage."""
    flavour: str
    """What has no order (`alpine`): both tags have to have the same."""


def _padded(order: _Order, length: int) -> tuple[tuple[int, ...], tuple[int, int]]:
    return order.numbers + (0,) * (length - len(order.numbers)), order.stage


def _order(tag: str) -> _Order | None:
    match = _TAG.fullmatch(tag)
    if match is None or not _is_version(match["numbers"], match["suffix"]):
        return None
    numbers = tuple(int(part) for part in match["numbers"].split("."))
    stage, flavour = _stage(_COMMIT.sub("", match["suffix"]))
    return _Order(numbers, stage, flavour + (match["prefix"] or ""))


def _is_version(numbers: str, suffix: str) -> bool:
    """Whether digits count something: a lone long number is a date or nothing, glued letters are part of a hash."""
    if suffix[:1].isalpha() and not re.match(r"(?:rc|alpha|beta|[abpr])\d", suffix, re.IGNORECASE):
        return False
    is_date = numbers.startswith("20") and len(numbers) in _DATE_DIGITS
    return "." in numbers or len(numbers) <= _LONGEST_NUMBER or is_date


def _stage(suffix: str) -> tuple[tuple[int, int], str]:
    if not suffix:
        return (0, 0), ""
    match = _WORD.match(suffix)
    assert match is not None, "every part of the pattern is optional"
    word, number, rest = match["word"].lower(), int(match["number"] or 0), suffix[match.end() :]
    if word in _BEFORE:
        return (_BEFORE.index(word) - len(_BEFORE), number), rest
    if word in _AFTER:
        return (1, number), rest
    return (0, 0), suffix
