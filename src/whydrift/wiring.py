"""Puts the pieces together: which adapter serves which port. The only module that knows all of them."""

from __future__ import annotations

import secrets
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
from whydrift.usecases.facts import FactReader


def open_source(recording: str | None) -> Source:
    """The source that the command line names: a recording."""
    if recording is None:
        raise UsageError("give a recording: --from FOLDER|ZIP")
    return Recording(Path(recording))


def masker() -> Masker:
    """A masker with a key of this run."""
    return Masker(secrets.token_bytes(16))


def analysis(hidden: bool) -> Analysis:
    """How to look: all causes, and everything that is known without reading."""
    return Analysis(CATALOGUE, Knowledge(load_types(), builtin_schemas(), People()), hidden)


def fact_reader(source: Source, instance: str) -> FactReader:
    """A reader of facts for one Argo CD instance."""
    return FactReader(source, masker(), builtin_schemas(), instance)
