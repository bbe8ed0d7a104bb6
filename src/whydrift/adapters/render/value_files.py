"""The value files of a chart in the order in which they count: also outside of it, in other sources, and by globs.

Source: reposerver/repository/repository.go :: getResolvedValueFiles, getResolvedRefValueFile; util/io/path/resolved.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from posixpath import dirname, join
from typing import NamedTuple

from whydrift.adapters.render.checkout import Checkout, NotRendered, inside
from whydrift.adapters.render.sources import Asked
from whydrift.core.model.values import JsonObject, child, items

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
GLOB = re.compile(r"[*?\[]")
PARTS = re.compile(r"\*\*/?|\*|\?|\[[^\]]*\]|[^*?\[]+")


class ValueFile(NamedTuple):
    """A file by the ref of the source that holds it ("" is the chart's own) and its path in that repository."""

    ref: str
    path: str


async def value_files(asked: Asked, stated: JsonObject, checkouts: Mapping[str, Checkout]) -> list[ValueFile]:
    """The files, each once; of a glob those that are not named by themselves. NotRendered where one is missing."""
    named = [resolved(asked, str(name), checkouts) for name in items(stated, "helm", "valueFiles")]
    optional = child(stated, "helm", "ignoreMissingValueFiles") is True
    found: dict[ValueFile, None] = {}
    for file in named:
        checkout = checkouts[file.ref]
        await checkout.need(_folder(file.path) if _is_glob(file.path) else file.path)
        several = _matches(checkout, file, named) if _is_glob(file.path) else _one(checkout, file)
        if several is None and not optional:
            raise NotRendered(f"the value file {file.path} is not there")
        found |= dict.fromkeys(several or ())
    return list(found)


def resolved(asked: Asked, name: str, checkouts: Mapping[str, Checkout]) -> ValueFile:
    """Where a value file is: beside the chart, from the repository's root (`/…`), or in another source (`$ref/…`)."""
    ref, _, rest = name.removeprefix("$").partition("/")
    if name.startswith("$") and ref and ref in checkouts:
        return ValueFile(ref, inside(asked.substituted(rest)))
    plain = asked.substituted(name)
    if SCHEME.match(plain):
        raise NotRendered(f"the value file {plain} is not in git, and nothing is fetched")
    return ValueFile("", inside(plain if plain.startswith("/") else join(asked.source.path, plain)))


def _is_glob(path: str) -> bool:
    return GLOB.search(path) is not None


def _folder(pattern: str) -> str:
    """The folder above everything that a glob can match."""
    return dirname(GLOB.split(pattern, maxsplit=1)[0])


def _one(checkout: Checkout, file: ValueFile) -> list[ValueFile] | None:
    return None if checkout.file(file.path) is None else [file]


def _matches(checkout: Checkout, file: ValueFile, named: list[ValueFile]) -> list[ValueFile] | None:
    pattern = _compiled(file.path)
    found = [ValueFile(file.ref, name) for name in sorted(checkout.files) if pattern.fullmatch(name)]
    return [each for each in found if each not in named] if found else None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A glob of doublestar: `*` and `?` stay in a folder, `**` does not."""
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = (meaning.get(part) or _literal(part) for part in PARTS.findall(pattern))
    return re.compile("".join(parts), re.DOTALL)


def _literal(part: str) -> str:
    if part.startswith("[") and part.endswith("]"):
        return "[" + part[1:-1].replace("!", "^", 1) + "]" if part[1:2] == "!" else part
    return re.escape(part)
