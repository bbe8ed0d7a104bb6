"""Puts the pieces together: which adapter serves which port. The only module that knows all of them.

Heavy parts are imported when they are used: `ls` needs neither causes nor type tables.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from whydrift.adapters.files.recording import Recording
from whydrift.core.model.people import People
from whydrift.core.model.secrets import Masker
from whydrift.demo import FLEET as DEMO
from whydrift.errors import UsageError
from whydrift.ports import Repository, Source
from whydrift.settings import Connection

if TYPE_CHECKING:
    from whydrift.adapters.files.writer import RecordingSource
    from whydrift.core.pipeline import Analysis
    from whydrift.core.report.cause_page import CausePage
    from whydrift.usecases.facts import FactReader


@dataclass
class Settings:
    """What the user's files say about their world."""

    people: People = field(default_factory=People)


@dataclass
class Opened:
    """A source that is ready to be asked, with what goes with it."""

    answers: Source
    masker: Masker
    renders: int
    repository: Repository | None = None
    settings: Settings = field(default_factory=Settings)
    closing: list[Callable[[], None]] = field(default_factory=list)

    def reader(self, instance: str) -> FactReader:
        """A reader of facts for one Argo CD instance."""
        from whydrift.adapters.builtin.schema import builtin_schemas
        from whydrift.usecases.facts import FactReader

        return FactReader(self.answers, self.masker, builtin_schemas(), instance, self.repository, self.renders)

    async def close(self) -> None:
        """Let go of connections, files and what was unpacked."""
        await self.answers.close()
        for close in self.closing:
            close()


def open_answers(connection: Connection) -> Source:
    """The source that the command line names: a recording; `demo` is the one that ships with the package."""
    if connection.recording is None:
        raise UsageError("give a recording: --from FOLDER|ZIP")
    return Recording(DEMO if connection.recording == "demo" else Path(connection.recording))


def open_source(connection: Connection) -> Opened:
    """The source that the command line names, with repositories and the user's settings."""
    opened = Opened(open_answers(connection), Masker(secrets.token_bytes(16)), connection.renders)
    if not connection.no_git:
        _open_repositories(opened)
    return opened


def _open_repositories(opened: Opened) -> None:
    from whydrift.adapters.git.bundles import RecordedRepositories

    if isinstance(opened.answers, Recording):
        repositories = RecordedRepositories(opened.answers.files)
        opened.repository = repositories
        opened.closing.append(repositories.close)


def recorder(opened: Opened, folder: Path) -> RecordingSource:
    """A source that writes down every answer; the reader of facts asks through it too."""
    from whydrift.adapters.files.writer import RecordingSource

    writing = RecordingSource(opened.answers, folder, opened.masker)
    opened.answers = writing
    return writing


def pack(folder: Path, archive: Path) -> None:
    """Put a finished recording into a .zip."""
    from whydrift.adapters.files.writer import pack as into_zip

    into_zip(folder, archive)


def analysis(settings: Settings, hidden: bool) -> Analysis:
    """How to look: all causes, and everything that is known without reading."""
    from whydrift.adapters.builtin.schema import builtin_schemas
    from whydrift.adapters.builtin.types import load_types
    from whydrift.adapters.jq import JqWorker
    from whydrift.core.explain.causes import CATALOGUE
    from whydrift.core.explain.subject import Knowledge
    from whydrift.core.pipeline import Analysis

    knowledge = Knowledge(load_types(), builtin_schemas(), settings.people, JqWorker())
    return Analysis(CATALOGUE, knowledge, hidden)


def titles() -> Mapping[str, str]:
    """What each cause says in a few words."""
    from whydrift.core.explain.causes import CATALOGUE

    return {cause.id: cause.title for cause in CATALOGUE}


def cause_pages() -> list[CausePage]:
    """The pages of the catalogue, in its order."""
    from whydrift.adapters.files.cause_pages import cause_page
    from whydrift.core.explain.causes import CATALOGUE

    return [cause_page(cause) for cause in CATALOGUE]
