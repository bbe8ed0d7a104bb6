"""What writes a recording down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from whydrift.adapters.files.writer import RecordingSource
    from whydrift.adapters.git.noted import NotedRepositories
    from whydrift.wiring import Opened


def recorder(opened: Opened, folder: Path) -> RecordingSource:
    """A source that writes down every answer; the reader of facts asks through it too."""
    from whydrift.adapters.files.writer import RecordingSource

    writing = RecordingSource(opened.answers, folder, opened.masker)
    opened.answers = writing
    return writing


def noted_repositories(opened: Opened) -> NotedRepositories | None:
    """What notes which parts of repositories are read, from now on; None where none is read."""
    from whydrift.adapters.git.noted import Cloned, NotedRepositories

    if not isinstance(opened.repository, Cloned):
        return None
    opened.repository = noted = NotedRepositories(opened.repository)
    return noted


async def bundles(noted: NotedRepositories, into: RecordingSource) -> list[dict[str, object]]:
    """Put what was read of repositories into a recording; their rows in recording.json."""
    from whydrift.adapters.git.bundles import write_bundles

    rows, failed = await write_bundles(noted, into.folder)
    into.unread |= failed
    return [msgspec.to_builtins(row) for row in rows]


def pack(folder: Path, archive: Path) -> None:
    """Put a finished recording into a .zip."""
    from whydrift.adapters.files.writer import pack as into_zip

    into_zip(folder, archive)
