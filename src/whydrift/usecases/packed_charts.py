"""Opens the packed subcharts of a chart (`charts/NAME-VERSION.tgz`), which are read and never edited."""

from __future__ import annotations

import io
import posixpath
import tarfile
import zlib
from collections.abc import Iterator, Mapping

from whydrift.ports import NotRead, Repository, Trees

LARGEST_FILE = 1024**2
MOST_TEXT = 16 * 1024**2
MOST_FILES = 5_000


class NotUnpacked(Exception):
    """An archive is not read to its end; the message says why."""


async def packed_charts(repository: Repository, url: str, revision: str, files: Mapping[str, str]) -> dict[str, str]:
    """The text files of packed subcharts, as `charts/NAME-VERSION.tgz/NAME/…`; {} where there are none, or not read."""
    found: dict[str, str] = {}
    if not isinstance(repository, Trees):
        return found
    for chart in sorted(path for path in files if posixpath.basename(path) == "Chart.yaml"):
        if "dependencies:" not in files[chart]:
            continue
        folder = posixpath.join(posixpath.dirname(chart), "charts")
        tree = await repository.tree(url, revision, folder)
        for path, blob in () if isinstance(tree, NotRead) else sorted(tree.items()):
            if path.endswith(".tgz") and posixpath.dirname(path) == folder:
                found |= {f"{path}/{name}": text for name, text in unpacked(blob.content)}
    return found


def unpacked(archive: bytes) -> Iterator[tuple[str, str]]:
    """The text files of a .tgz by name; links, devices, and what is more than a chart would hold are left out."""
    try:
        for name, content in contents(archive, LARGEST_FILE, MOST_TEXT):
            text = _text(content) if content is not None else None
            if text is not None:
                yield posixpath.normpath(name), text
    except NotUnpacked:
        return


def contents(archive: bytes, largest: int, most: int) -> Iterator[tuple[str, bytes | None]]:
    """Everything but folders in a .tgz by its name as it stands there; None for links, devices and files > `largest`.

    NotUnpacked where it is broken, or would come to more than `most` bytes: what came before is whole.
    """
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as packed:
            for place, member in enumerate(packed):
                total += member.size if member.isfile() else 0
                if place >= MOST_FILES or total > most:
                    raise NotUnpacked("it holds more than a chart would")
                content = packed.extractfile(member) if member.isfile() and member.size <= largest else None
                if not member.isdir():
                    yield member.name, content.read() if content else None
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise NotUnpacked("it is no whole .tgz") from error


def _text(content: bytes) -> str | None:
    try:
        return None if b"\0" in content else content.decode()
    except UnicodeDecodeError:
        return None
