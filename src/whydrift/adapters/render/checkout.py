"""The files of one repository that a render needs, with edits in place: in memory, then as a temporary copy.

Nothing is checked out by git, so that no filter, hook, submodule or LFS can act; links that leave the repository are
refused, as Argo CD refuses them (util/app/path/path.go :: CheckOutOfBoundsSymlinks).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile
from pathlib import Path
from posixpath import dirname, join, normpath

from whydrift.ports import Blob, NotRead, Trees

MOST_LINKS = 10
"""How often links may lead to links (util/io/path/resolved.go :: resolveSymbolicLinkRecursive)."""


class NotRendered(Exception):
    """A source cannot be rendered here; the message says why, in one line."""


@dataclass
class Checkout:
    """One repository at one revision, as far as it was read. `edits` are contents by path."""

    url: str
    revision: str
    trees: Trees
    edits: Mapping[str, str] = field(default_factory=dict)
    files: dict[str, Blob] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)

    async def need(self, path: str) -> None:
        """Read what lies below a path ("" is everything), and what links there lead to. NotRendered where it cannot."""
        waiting = [inside(path)]
        for _ in range(MOST_LINKS):
            new = [place for place in waiting if not self._has(place)]
            for place in new:
                await self._load(place)
            waiting = [self._led_to(name) for name, blob in self.files.items() if blob.link]
            if all(self._has(place) for place in waiting):
                return
        raise NotRendered(f"links in {path or 'the repository'} lead to links without end")

    async def _load(self, place: str) -> None:
        found = await self.trees.tree(self.url, self.revision, place)
        if isinstance(found, NotRead):
            raise NotRendered(f"{self.url}: {found.why}")
        self._read.add(place)
        for name, blob in found.items():
            self.files[checked(name)] = blob
        for name, content in self.edits.items():
            if name == place or not place or name.startswith(f"{place}/"):
                self._edit(name, content)

    def _edit(self, name: str, content: str) -> None:
        if name in self.files and self.files[name].link:
            raise NotRendered(f"{name} is a link: the file that it leads to must be edited")
        self.files[checked(name)] = Blob(content.encode())

    def _has(self, place: str) -> bool:
        return any(not done or place == done or place.startswith(f"{done}/") for done in self._read)

    def _led_to(self, name: str) -> str:
        """The path that a link leads to; NotRendered where it leaves the repository.

        A way that goes up after it went down may go up from where another link leads: a system follows it otherwise
        than the names say.
        """
        target = self.files[name].content.decode("utf-8", "surrogateescape")
        place = normpath(join(dirname(name), target))
        if target.startswith("/") or place == ".." or place.startswith("../"):
            raise NotRendered(f"the link {name} leaves the repository")
        if ".." in dropwhile("..".__eq__, (part for part in target.split("/") if part not in ("", "."))):
            raise NotRendered(f"the link {name} goes up after it went down, perhaps from where another link leads")
        return "" if place == "." else place

    def file(self, name: str) -> bytes | None:
        """The content of a file, links to files followed; None where there is none."""
        for _ in range(MOST_LINKS):
            blob = self.files.get(name)
            if blob is None or not blob.link:
                return None if blob is None else blob.content
            name = self._led_to(name)
        raise NotRendered(f"the link {name} leads to links without end")

    def below(self, path: str) -> Iterator[str]:
        """The files below a folder, in the order in which Go walks them."""
        prefix = f"{path}/" if path else ""
        yield from sorted((name for name in self.files if name.startswith(prefix)), key=lambda name: name.split("/"))

    def has_folder(self, path: str) -> bool:
        """Whether there is a folder of this path."""
        return next(self.below(path), None) is not None

    def copy(self, path: str, to: str) -> None:
        """Put what lies below one folder below another one as well."""
        for name in list(self.below(path)):
            self.files[to + name.removeprefix(path)] = Blob(self.file(name) or b"")

    def write(self, folder: Path) -> None:
        """Write everything that was read below a new folder; links last, so that nothing is written through one."""
        links = {name for name, blob in self.files.items() if blob.link}
        made: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)
        for name, blob in self.files.items():
            parents = ["/".join(name.split("/")[:length]) for length in range(1, name.count("/") + 1)]
            if not links.isdisjoint(parents):
                raise NotRendered(f"{name} lies below a link")
            if not made.issuperset(parents):
                (folder / dirname(name)).mkdir(parents=True, exist_ok=True)
                made.update(parents)
            if not blob.link:
                (folder / name).write_bytes(blob.content)
        for name in links:
            (folder / name).symlink_to(self.files[name].content.decode("utf-8", "surrogateescape"))

    def digest(self) -> bytes:
        """What tells these files from others."""
        found = hashlib.blake2b(digest_size=20)
        for name in sorted(self.files):
            blob = self.files[name]
            found.update(f"{len(name)} {name} {len(blob.content)} {blob.link}".encode("utf-8", "surrogateescape"))
            found.update(blob.content)
        return found.digest()


def inside(path: str) -> str:
    """A path in the repository without what does not count; NotRendered where it leaves it."""
    place = normpath(path.lstrip("/") or ".")
    if place == ".." or place.startswith("../"):
        raise NotRendered(f"{path} leaves the repository")
    return "" if place == "." else place


def is_below(place: str, folder: str) -> bool:
    """Whether a path in the repository lies below a folder; all do below the repository itself ("")."""
    return not folder or place.startswith(f"{folder}/")


def checked(name: str) -> str:
    """A file's name as it may be written; NotRendered for one that no honest repository holds."""
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in name.split("/")) or "\0" in name:
        raise NotRendered(f"{name!r} is no name for a file")
    return name
