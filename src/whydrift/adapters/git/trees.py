"""Whole files out of a commit, byte for byte: no checkout, so that no filter, hook, LFS or submodule can act."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from whydrift.adapters.git.command import LARGEST_OUTPUT, GitFailed, checked_revision, git
from whydrift.ports import Blob

FILES, LINK = (b"100644", b"100755"), b"120000"
MOST_FILES = 20_000
MISSING = b"BAD"
"""The size that `ls-tree --long` states of a blob that a thin bundle does not hold."""


async def read_tree(place: Path, revision: str, path: str) -> dict[str, Blob]:
    """The files and links below `path` at a revision, by path. GitFailed where that is too much."""
    listing = ("ls-tree", "-r", "-z", "--long", "--full-tree", "--end-of-options")
    entries = list(_entries(await git(place, *listing, checked_revision(revision), path.strip("/") or ".")))
    if len(entries) > MOST_FILES or sum(size for _, _, _, size in entries) > LARGEST_OUTPUT // 2:
        raise GitFailed(f"{path or 'the repository'} holds too much to be rendered here")
    batch = b"".join(b"%s\n" % blob for _, _, blob, _ in entries)
    content = await git(place, "cat-file", "--batch", given=batch)
    return {name: Blob(found, mode == LINK) for (name, mode, _, _), found in zip(entries, _blobs(content), strict=True)}


def _entries(listing: bytes) -> Iterator[tuple[str, bytes, bytes, int]]:
    """(path, mode, blob, size) of files and links; submodules are left out, as they are not checked out here."""
    for entry in listing.split(b"\0"):
        head, _, name = entry.partition(b"\t")
        fields = head.split()
        if fields[3:] == [MISSING]:
            raise GitFailed("not all of these files were read when it was recorded")
        if len(fields) == 4 and fields[0] in (*FILES, LINK) and fields[3].isdigit():
            yield name.decode("utf-8", "surrogateescape"), fields[0], fields[2], int(fields[3])


def _blobs(batch: bytes) -> Iterator[bytes]:
    """The contents out of `cat-file --batch`, in order. GitFailed where one is missing."""
    place = 0
    while place < len(batch):
        end = batch.index(b"\n", place)
        head = batch[place:end].split()
        if len(head) != 3 or not head[2].isdigit():
            raise GitFailed(f"git cat-file: {batch[place:end].decode('utf-8', 'replace')}")
        size = int(head[2])
        yield batch[end + 1 : end + 1 + size]
        place = end + 2 + size
