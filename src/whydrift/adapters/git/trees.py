"""Whole files out of a commit, byte for byte: no checkout, so that no filter, hook, LFS or submodule can act."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from posixpath import normpath
from typing import NamedTuple

from whydrift.adapters.git.command import LARGEST_OUTPUT, GitFailed, checked_revision
from whydrift.adapters.git.objects import Objects
from whydrift.ports import Blob

MOST_FILES = 20_000
MOST_ENTRIES = 500_000
"""How many files and folders are listed: trees that hold themselves many times over would never end."""
LARGEST_TEXT = 1024**2
MOST_TEXT = 32 * 1024**2
OCTAL = re.compile(b"[0-7]{1,7}")


class File(NamedTuple):
    """A file or a link of a commit, without its content."""

    name: bytes
    link: bool
    hash: str
    size: int


class _Entry(NamedTuple):
    """One line of a tree."""

    name: bytes
    mode: int
    hash: str


def tree_of(objects: Objects, revision: str, path: str) -> dict[str, Blob]:
    """The files and links below `path` at a revision, by path. GitFailed where that is too much."""
    files = _files(objects, revision, path)
    if len(files) > MOST_FILES or sum(file.size for file in files) > LARGEST_OUTPUT // 2:
        raise GitFailed(f"{path or 'the repository'} holds too much to be rendered here")
    contents = objects.contents([file.hash for file in files])
    found = zip(files, contents, strict=True)
    return {file.name.decode("utf-8", "surrogateescape"): Blob(content, file.link) for file, (_, content) in found}


def texts_of(objects: Objects, revision: str, path: str) -> dict[str, str]:
    """The text files below `path` at a revision; those over 1 MiB, binary ones and links are left out."""
    files = list(_small(_files(objects, revision, path)))
    contents = objects.contents([file.hash for file in files])
    texts = ((file.name, _text(content)) for file, (_, content) in zip(files, contents, strict=True))
    return {name.decode("utf-8", "replace"): text for name, text in texts if text is not None}


def _small(files: list[File]) -> Iterator[File]:
    """The regular files that are small enough, as many as are read."""
    total = 0
    for file in files:
        if not file.link and file.size <= LARGEST_TEXT:
            total += file.size
            if total > MOST_TEXT:
                return
            yield file


def _text(content: bytes) -> str | None:
    try:
        return None if b"\0" in content else content.decode()
    except UnicodeDecodeError:
        return None


def _files(objects: Objects, revision: str, path: str) -> list[File]:
    """What lies below a path, in git's order; submodules are left out, as they are not checked out here."""
    entries = [entry for entry in _below(objects, revision, path) if stat.S_ISREG(entry.mode) or _is_link(entry)]
    headers = objects.headers([entry.hash for entry in entries])
    found = []
    for entry, header in zip(entries, headers, strict=True):
        if header is None:
            raise GitFailed("not all of these files were read when it was recorded")
        found.append(File(entry.name, _is_link(entry), entry.hash, header.size))
    return found


def _is_link(entry: _Entry) -> bool:
    return stat.S_ISLNK(entry.mode)


def _below(objects: Objects, revision: str, path: str) -> Iterator[_Entry]:
    """The entry at a path, or all that is below it, folders left out."""
    (top, content), *_ = objects.contents([f"{checked_revision(revision)}^{{tree}}"])
    found = _Entry(b"", stat.S_IFDIR, top.hash)
    for step in _steps(path):
        inside = _entries(content, len(top.hash) // 2) if stat.S_ISDIR(found.mode) else ()
        entry = next((entry for entry in inside if entry.name == step), None)
        if entry is None:
            return
        found = entry._replace(name=b"/".join(filter(None, (found.name, step))))
        if stat.S_ISDIR(found.mode):
            (_, content), *_ = objects.contents([found.hash])
    if stat.S_ISDIR(found.mode):
        yield from _walk(objects, found)
    else:
        yield found


def _steps(path: str) -> list[bytes]:
    """The names on the way to a path. GitFailed for one that leaves the repository, or that no name can be."""
    inside = normpath(path.strip("/") or ".")
    if inside == ".." or inside.startswith("../"):
        raise GitFailed(f"{path} leaves the repository")
    try:
        return [] if inside == "." else inside.encode("utf-8", "surrogateescape").split(b"/")
    except UnicodeEncodeError as error:
        raise GitFailed(f"{path!r} is no path") from error


def _walk(objects: Objects, top: _Entry) -> Iterator[_Entry]:
    """The files below a folder, each folder where it stands."""
    trees = _trees(objects, top.hash)
    waiting, seen = [top], 0
    while waiting:
        entry = waiting.pop()
        seen += 1
        if seen > MOST_ENTRIES:
            raise GitFailed(f"more than {MOST_ENTRIES} files and folders")
        if stat.S_ISDIR(entry.mode):
            prefix = entry.name + b"/" if entry.name else b""
            waiting += (inner._replace(name=prefix + inner.name) for inner in reversed(trees[entry.hash]))
        else:
            yield entry


def _trees(objects: Objects, top: str) -> dict[str, list[_Entry]]:
    """A folder and all below it, each read once, and those of one depth together."""
    found: dict[str, list[_Entry]] = {}
    wanted = {top: None}
    while wanted:
        read = objects.contents(list(wanted))
        level = {header.hash: list(_entries(content, len(top) // 2)) for header, content in read}
        found |= level
        inner = (entry for entries in level.values() for entry in entries if stat.S_ISDIR(entry.mode))
        wanted = dict.fromkeys(entry.hash for entry in inner if entry.hash not in found)
    return found


def _entries(tree: bytes, width: int) -> Iterator[_Entry]:
    """The lines of a tree as git keeps it, with the modes that git makes of those it finds (`canon_mode`)."""
    place = 0
    while place < len(tree):
        space, end = tree.find(b" ", place), tree.find(b"\0", place)
        mode = tree[place:space]
        if not 0 < space < end or not OCTAL.fullmatch(mode) or end + 1 + width > len(tree):
            raise GitFailed("a folder in git is damaged")
        yield _Entry(tree[space + 1 : end], int(mode, 8), tree[end + 1 : end + 1 + width].hex())
        place = end + 1 + width
