"""Puts the pieces together: which adapter serves which port. The only module that knows all of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.builtin.types import load_types
from whydrift.adapters.files.recording import Recording
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.explain.subject import Knowledge
from whydrift.core.model.people import People
from whydrift.core.model.secrets import Masker
from whydrift.core.pipeline import Analysis
from whydrift.errors import UsageError
from whydrift.ports import Source
from whydrift.settings import Connection
from whydrift.usecases.facts import FactReader


@dataclass
class Settings:
    """What the user's files say about their world."""

    people: People = field(default_factory=People)


@dataclass
class Opened:
    """A source that is ready to be asked, with what goes with it."""

    answers: Source
    reader: Callable[[str], FactReader]
    settings: Settings

    async def close(self) -> None:
        """Let go of everything."""
        await self.answers.close()


def open_answers(connection: Connection) -> Source:
    """The source that the command line names: a recording."""
    if connection.recording is None:
        raise UsageError("give a recording: --from FOLDER|ZIP")
    return Recording(Path(connection.recording))


def open_source(connection: Connection) -> Opened:
    """The source that the command line names, with a reader of facts and the user's settings."""
    source = open_answers(connection)
    masker = Masker(secrets.token_bytes(16))

    def reader(instance: str) -> FactReader:
        return FactReader(source, masker, builtin_schemas(), instance, renders=connection.renders)

    return Opened(source, reader, Settings())


def analysis(settings: Settings, hidden: bool) -> Analysis:
    """How to look: all causes, and everything that is known without reading."""
    return Analysis(CATALOGUE, Knowledge(load_types(), builtin_schemas(), settings.people), hidden)


def titles() -> Mapping[str, str]:
    """What each cause says in a few words."""
    return {cause.id: cause.title for cause in CATALOGUE}
