"""Writes recordings: each answer masked into a file of its own, at once, so that an interrupted recording goes on."""

from __future__ import annotations

import json
import secrets
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from whydrift.adapters.files.recording import ABOUT, Recording, dry_run_place, file_name, place_of
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import Json, JsonObject, is_object, items, text
from whydrift.errors import SourceError, UsageError
from whydrift.ports import Api, Body, DryRuns, NotRead, Question, Reply, Source
from whydrift.usecases.decode import decode, decode_object

NOT_THERE = 404
KEY, KEY_BYTES = ".key.part", 16
"""The key of the tokens, while a recording is not finished: the rest of it must mask equal values equally."""


def masker_of(folder: Path) -> Masker:
    """The masker of a new recording, or the one that an interrupted recording in this folder began with.

    UsageError where the folder holds something else: answers of different times never get into one recording.
    """
    if (folder / ABOUT).exists():
        raise UsageError(f"{folder} holds a finished recording: give another name, or remove it")
    kept = folder / KEY
    try:
        if kept.exists() and len(key := kept.read_bytes()) == KEY_BYTES:
            return Masker(key)
        if folder.exists() and any(place != kept for place in folder.iterdir()):
            raise UsageError(f"{folder} is not empty, and no interrupted recording: give another name")
        folder.mkdir(parents=True, exist_ok=True)
        key = secrets.token_bytes(KEY_BYTES)
        kept.touch(mode=0o600)
        kept.write_bytes(key)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return Masker(key)


def _unwritable(folder: Path, error: OSError) -> SourceError:
    return SourceError(
        f"{folder}: the recording cannot be written ({error.strerror}); what is there is kept: "
        "free some space and give the same command again"
    )


class RecordingSource:
    """A source that writes down every answer that it passes on. What an earlier run recorded is not asked again."""

    def __init__(self, inner: Source, folder: Path, masker: Masker) -> None:
        self._inner = inner
        self.folder = folder
        self._masker = masker
        self.resumed = 0
        """How many answers an earlier run of the same recording left."""
        self.unread: dict[str, str] = {}
        self._mine: set[Path] = set()
        self._served: dict[tuple[str, str], dict[str, Json]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def name(self) -> str:
        """Where the live source reads, which it may know better once it was asked."""
        return self._inner.name

    @property
    def requests(self) -> int:
        """How many questions were asked live."""
        return self._inner.requests

    async def ask(self, question: Question) -> Reply:
        """Answer from what is recorded already, else ask and record."""
        place = self.folder / place_of(question)
        if place.is_file():
            self.resumed += place not in self._mine
            return Body(place.read_bytes())
        reply = await self._inner.ask(question)
        if isinstance(reply, NotRead):
            self._note(question, place, reply)
            return reply
        try:
            self._write(place, self.masked(reply.content, place.suffix == ".json"))
            self._mine.add(place)
        except SourceError as error:
            if isinstance(error.__cause__, OSError):
                raise
            self._note(question, place, NotRead(str(error)))  # what cannot be read cannot be masked: it is left out
        return reply

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        """What the live source answers to a dry run, written down under the URL path that was asked."""
        if not isinstance(self._inner, DryRuns):
            return NotRead("this source answers no dry runs")
        reply = await self._inner.dry_run(at, target, namespace)
        place = await self._dry_run_place(at, target, namespace)
        if place is None:
            return reply
        if isinstance(reply, Body):
            self._write(place, self.masked(reply.content, True))
        elif reply.status is not None:
            self._write_refusal(place, reply, reply.status)
        return reply

    async def _dry_run_place(self, at: str, target: JsonObject, namespace: str) -> Path | None:
        """Where a dry run's answer stands; None where the cluster does not tell the plural of the kind."""
        version, kind = text(target, "apiVersion"), text(target, "kind")
        group = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if (at, group) not in self._served:
            reply = await self._inner.ask(Question(Api.KUBERNETES, group, (), at))
            found = decode_object(reply.content, group) if isinstance(reply, Body) else {}
            self._served[at, group] = {text(row, "kind"): row for row in items(found, "resources") if _is_whole(row)}
        row = self._served[at, group].get(kind)
        if not is_object(row):
            return None
        inside = text(target, "metadata", "namespace") or namespace
        where = f"/namespaces/{inside}" if row.get("namespaced") is True else ""
        asked = Question(Api.KUBERNETES, f"{group}{where}/{text(row, 'name')}/{text(target, 'metadata', 'name')}")
        return self.folder / dry_run_place(at) / file_name(asked).partition("/")[2]

    def masked(self, content: bytes, is_json: bool) -> bytes:
        """An answer with its secrets replaced; a log is masked as text. SourceError for JSON that cannot be read."""
        if not is_json:
            return self._masker.text(content.decode("utf-8", "replace")).encode()
        return msgspec.json.encode(self._masker.mask(decode(content, "an answer")))

    def _note(self, question: Question, place: Path, reply: NotRead) -> None:
        if reply.status != NOT_THERE:  # that something is not there has been read
            self.unread[str(question)] = reply.why
        if reply.status is not None:
            self._write_refusal(place, reply, reply.status)

    def _write_refusal(self, place: Path, reply: NotRead, status: int) -> None:
        said = {"said": self._masker.text(reply.said)} if reply.said else {}
        body = json.dumps({"error": self._masker.text(reply.why), "code": status, **said}).encode()
        self._write(place.with_name(f"{place.name}.{status}"), body)

    def _write(self, place: Path, content: bytes) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            partial = place.with_name(f".{place.name}.part"[-250:])
            partial.write_bytes(content)
            partial.replace(place)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def finish(self, about: dict[str, object]) -> None:
        """Write recording.json: when, by what, from where, and what could not be read."""
        unread = [{"what": what, "why": self._masker.text(why)} for what, why in sorted(self.unread.items())]
        self._write(self.folder / ABOUT, json.dumps({**about, "notRead": unread}, indent=1).encode())
        (self.folder / KEY).unlink(missing_ok=True)

    def instances(self) -> Sequence[str]:
        """The instances of the live source."""
        return self._inner.instances()

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """The clusters of the live source."""
        return await self._inner.clusters(instance)

    async def close(self) -> None:
        """Close the live source."""
        await self._inner.close()


def _is_whole(row: Json) -> bool:
    """Whether a row of discovery is about the resource itself, no subresource."""
    return "/" not in text(row, "name")


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
        raise SourceError(
            f"{archive}: cannot be written ({error.strerror}); the answers are kept in {folder}"
        ) from error
    finally:
        partial.unlink(missing_ok=True)
