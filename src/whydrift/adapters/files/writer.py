"""Writes recordings: each answer masked into a file of its own, at once, so that an interrupted recording goes on."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from whydrift.adapters.files.recording import Recording, place_of
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import Json
from whydrift.errors import SourceError
from whydrift.ports import Body, NotRead, Question, Reply, Source

ABOUT = "recording.json"


class RecordingSource:
    """A source that writes down every answer that it passes on. What an earlier run recorded is not asked again."""

    def __init__(self, inner: Source, folder: Path, masker: Masker) -> None:
        self.name = inner.name
        self._inner = inner
        self._folder = folder
        self._masker = masker
        self.resumed = 0
        self.unread: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def requests(self) -> int:
        """How many questions were asked live."""
        return self._inner.requests

    async def ask(self, question: Question) -> Reply:
        """Answer from what is recorded already, else ask and record."""
        place = self._folder / place_of(question)
        if place.is_file():
            self.resumed += 1
            return Body(place.read_bytes())
        reply = await self._inner.ask(question)
        if isinstance(reply, Body):
            self._write(place, self.masked(reply.content))
        else:
            self._note(question, place, reply)
        return reply

    def masked(self, content: bytes) -> bytes:
        """An answer with its secrets replaced; what is no JSON is masked as text."""
        try:
            decoded: Json = msgspec.json.decode(content)
        except (msgspec.DecodeError, RecursionError):
            return self._masker.text(content.decode("utf-8", "replace")).encode()
        return msgspec.json.encode(self._masker.mask(decoded))

    def _note(self, question: Question, place: Path, reply: NotRead) -> None:
        self.unread[str(question)] = reply.why
        if reply.status is not None:
            body = json.dumps({"error": self._masker.text(reply.why), "code": reply.status}).encode()
            self._write(place.with_name(f"{place.name}.{reply.status}"), body)

    def _write(self, place: Path, content: bytes) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            partial = place.with_name(f".{place.name}.part"[-250:])
            partial.write_bytes(content)
            partial.replace(place)
        except OSError as error:
            raise SourceError(
                f"{self._folder}: the recording cannot be written ({error.strerror}); what is there is kept: "
                "free some space and give the same command again"
            ) from error

    def finish(self, about: dict[str, object]) -> None:
        """Write recording.json: when, by what, from where, and what could not be read."""
        unread = [{"what": what, "why": self._masker.text(why)} for what, why in sorted(self.unread.items())]
        self._write(self._folder / ABOUT, json.dumps({**about, "notRead": unread}, indent=1).encode())

    def instances(self) -> Sequence[str]:
        """The instances of the live source."""
        return self._inner.instances()

    async def clusters(self) -> dict[str, str]:
        """The clusters of the live source."""
        return await self._inner.clusters()

    async def close(self) -> None:
        """Close the live source."""
        await self._inner.close()


def pack(folder: Path, archive: Path) -> None:
    """Put a finished recording's folder into a .zip, all or nothing, and check that it opens."""
    partial = archive.with_name(f".{archive.name}.part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as into:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not path.name.endswith(".part"):
                    into.write(path, str(path.relative_to(folder)))
        Recording(partial)
        partial.replace(archive)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SourceError(
            f"{archive}: cannot be written ({error.strerror}); the answers are kept in {folder}"
        ) from error
