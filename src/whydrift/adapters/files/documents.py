"""JSON documents that whydrift wrote: read back whole, of one version, or refused with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from whydrift.errors import UsageError

LARGEST = 256 * 1024**2


class Versioned(Protocol):
    """A document that says which version it is of."""

    @property
    def schema(self) -> str:
        """Name and version, as in `whydrift.plan/1`."""


D = TypeVar("D", bound=Versioned)


def read_document(place: Path, kind: type[D], schema: str, written_by: str) -> D:
    """A document from disk. UsageError where the file cannot be read, is none, or is one of another version."""
    return document(content_of(place), place, kind, schema, written_by)


def content_of(place: Path) -> bytes:
    """What a file holds. UsageError where it cannot be read, or is too large for a document."""
    try:
        if place.stat().st_size > LARGEST:
            raise UsageError(f"{place} is too large: nothing that whydrift writes is")
        return place.read_bytes()
    except OSError as error:
        raise UsageError(f"{place}: {error.strerror or error}") from error


def document(content: bytes, place: Path, kind: type[D], schema: str, written_by: str) -> D:
    """What a content says; `place` names it. UsageError where it is no document of this kind and version."""
    try:
        found = msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{place} is not what `{written_by}` wrote: {error}") from error
    if found.schema != schema:
        raise UsageError(f"{place} is a {found.schema}, this whydrift takes {schema}: make it again")
    return found
