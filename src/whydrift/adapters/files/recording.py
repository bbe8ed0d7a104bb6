"""Recordings as a source: each answer is a file named after its URL (design/answer.md, "A recording")."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from whydrift.core.model.neighbours import NOT_RECORDED
from whydrift.core.model.values import JsonObject, text
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply

ABOUT, SCHEMA = "recording.json", "whydrift.recording/1"
SAFE = "-._~!$&'()+,;=:@"
LONGEST_NAME = 200
CREATED = ("200", "201")
LARGEST_FILE = 1024**3
LARGEST_RATIO = 400
"""Unpacked to packed: ten thousand applications that are alike reach 100; zeros 1000."""
REFUSALS = ("400", "401", "403", "404", "409", "422", "429", "500", "502", "503", "504")


def file_name(question: Question) -> str:
    """The path of a question's answer inside a recording's (or an instance's) folder."""
    parts = [_short(_part(part)) for part in question.path.strip("/").split("/")]
    query = "&".join(f"{_part(key)}={_part(value)}" for key, value in question.query)
    suffix = ".txt" if question.path.endswith(("/log", "/logs")) else ".json"
    parts[-1] = _short(parts[-1] + (f"@{query}" if query else ""))
    return "/".join((question.api.value, *parts)) + suffix


def _short(name: str) -> str:
    """A name that a file system takes (200 bytes at most); what is cut is told apart by its digest."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def place_of(question: Question) -> str:
    """The path of a question's answer inside a recording: `file_name`, below the folder of its instance or cluster."""
    several = "instances" if question.api is Api.ARGOCD else "clusters"
    return (f"{several}/{_part(question.at)}/" if question.at else "") + file_name(question)


def _part(part: str) -> str:
    quoted = quote(part, safe=SAFE, errors="surrogatepass")  # names out of JSON may hold what is no text
    return quoted.replace(".", "%2E") if quoted in (".", "..") else quoted


class Files:
    """The files of a recording: a folder or a .zip. Nothing outside of it is ever opened."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._resolved = root.resolve()
        self._zip = self._open_zip(root) if root.is_file() else None
        if self._zip is None and not root.is_dir():
            raise SourceError(f"{root}: no such recording: give a folder or a .zip that `whydrift record` wrote")

    def reopen(self) -> None:
        """Open an archive anew: a forked process would share the place in it with the one that it comes from."""
        self._zip = self._open_zip(self.root) if self._zip is not None else None

    @staticmethod
    def _open_zip(path: Path) -> zipfile.ZipFile:
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise SourceError(f"{path}: not a zip file ({error})") from error
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror or error}") from error
        seen: set[str] = set()
        for entry in archive.infolist():
            parts = entry.filename.split("/")
            if entry.filename.startswith("/") or "\\" in entry.filename or ".." in parts:
                raise SourceError(f"{path}: holds a file named {entry.filename!r}: refused")
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise SourceError(f"{path}: holds a symbolic link ({entry.filename!r}): refused")
            if entry.filename in seen:
                raise SourceError(f"{path}: holds two files named {entry.filename!r}: refused")
            seen.add(entry.filename)
        return archive

    def read(self, name: str) -> bytes | None:
        """The content of one file; None where it does not exist."""
        try:
            return self._read_zipped(name) if self._zip else self._read_plain(name)
        except OSError as error:
            raise SourceError(f"{self.root}/{name}: {error.strerror or error}") from error

    def _read_plain(self, name: str) -> bytes | None:
        path = self.root / name
        if not path.is_file():
            return None
        if not path.resolve().is_relative_to(self._resolved):
            raise SourceError(f"{path}: leads out of the recording: refused")
        return path.read_bytes()

    def _read_zipped(self, name: str) -> bytes | None:
        assert self._zip is not None
        try:
            entry = self._zip.getinfo(name)
        except KeyError:
            return None
        if entry.file_size > LARGEST_FILE or entry.file_size > LARGEST_RATIO * max(entry.compress_size, 10_000):
            raise SourceError(f"{self.root}: {name} would unpack to {entry.file_size} bytes: refused")
        try:
            return self._zip.read(entry)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
            raise SourceError(f"{self.root}: {name} cannot be read ({error})") from error

    def size(self, name: str) -> int:
        """How many bytes one file holds; 0 where it does not exist."""
        if self._zip:
            return self._zip.NameToInfo[name].file_size if name in self._zip.NameToInfo else 0
        place = self.root / name
        return place.stat().st_size if place.is_file() else 0

    def statuses(self, name: str) -> list[str]:
        """The HTTP statuses of the refusals that stand in place of a file."""
        if self._zip:
            return [status for status in REFUSALS if self.holds(f"{name}.{status}")]
        place = self.root / name
        beside = {path.name for path in place.parent.iterdir()} if place.parent.is_dir() else ()
        return [status for status in REFUSALS if f"{place.name}.{status}" in beside]

    def holds(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._zip.NameToInfo if self._zip else (self.root / name).is_file()

    def names(self, folder: str) -> list[str]:
        """The names of the files directly in a folder."""
        if self._zip:
            prefix = folder.rstrip("/") + "/"
            names = (entry[len(prefix) :] for entry in self._zip.namelist() if entry.startswith(prefix))
            return sorted(name for name in names if name and "/" not in name)
        place = self.root / folder
        return sorted(path.name for path in place.iterdir() if path.is_file()) if place.is_dir() else []

    def folders(self, folder: str) -> list[str]:
        """The names of the folders directly in a folder."""
        if self._zip:
            prefix = folder.rstrip("/") + "/"
            below = (entry[len(prefix) :] for entry in self._zip.namelist() if entry.startswith(prefix))
            return sorted({name.partition("/")[0] for name in below if "/" in name})
        place = self.root / folder
        return sorted(path.name for path in place.iterdir() if path.is_dir()) if place.is_dir() else []

    def open(self, name: str) -> io.BytesIO | None:
        """One file as a stream of bytes; None where it does not exist."""
        content = self.read(name)
        return None if content is None else io.BytesIO(content)


class Place(msgspec.Struct):
    """An Argo CD instance or a cluster of a recording: where it answers from, and the folder of its answers.

    A row of a cluster that names an `instance` holds for that one only: each calls the cluster that it runs in
    https://kubernetes.default.svc.
    """

    id: str = ""
    url: str = ""
    instance: str = ""
    folder: str = ""


class Unread(msgspec.Struct):
    """What could not be read when it was recorded."""

    what: str = ""
    why: str = ""


class About(msgspec.Struct):
    """What `recording.json` says."""

    schema: str = SCHEMA
    instances: list[Place] = []
    clusters: list[Place] | None = None
    notRead: list[Unread] = []
    at: str = ""


class Recording:
    """A recording as a `ports.Source`."""

    def __init__(self, root: Path) -> None:
        self.files = Files(root)
        self.name = str(root)
        self._about = self._read_about()
        self._why_not = {row.what: row.why for row in self._about.notRead}
        self.asked: set[str] = set()

    def _read_about(self) -> About:
        content = self.files.read(ABOUT)
        if content is None:
            if not self.files.holds("argocd/api/v1/applications.json"):
                raise SourceError(f"{self.name}: not a recording: it holds no argocd/api/v1/applications.json")
            return About()
        try:
            about = msgspec.json.decode(content, type=About)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SourceError(f"{self.name}: {ABOUT} cannot be read ({error})") from error
        if about.schema != SCHEMA:
            raise SourceError(f"{self.name}: {ABOUT} is {about.schema}, and {SCHEMA} is read here: a newer whydrift?")
        return about

    @property
    def requests(self) -> int:
        """How many answers were asked for so far, each counted once: nothing is gained by not asking a file again."""
        return len(self.asked)

    @property
    def at(self) -> str:
        """When it was recorded, "" where it does not say."""
        return self._about.at

    async def ask(self, question: Question) -> Reply:
        """The recorded answer; a refusal that was recorded; or: it was not recorded."""
        name = self._place_of(question)
        self.asked.add(name)
        content = self.files.read(name)
        if content is not None:
            return Body(content)
        for status in self.files.statuses(name):
            refusal = self.files.read(f"{name}.{status}")
            if refusal is not None:
                return NotRead(_refusal(status, refusal), int(status), _said(refusal))
        return NotRead(self._why_not.get(str(question), NOT_RECORDED))

    def size(self, question: Question) -> int:
        """How many bytes the recorded answer has; 0 where there is none."""
        return self.files.size(self._place_of(question))

    def _place_of(self, question: Question) -> str:
        """Where an answer stands: in the folder that `recording.json` states, else where `record` writes it."""
        rows = self._about.instances if question.api is Api.ARGOCD else self._about.clusters or ()
        stated = next((row.folder for row in rows if row.id == question.at and row.folder), "")
        return f"{stated.rstrip('/')}/{file_name(question)}" if stated else place_of(question)

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        """What a dry run of this object was recorded to answer; its kind's plural is the folder's name."""
        version, kind = text(target, "apiVersion"), text(target, "kind")
        name, where = text(target, "metadata", "name"), text(target, "metadata", "namespace") or namespace
        group = f"{dry_run_place(at)}{'apis' if '/' in version else 'api'}/{version}"
        for folder in (group, f"{group}/namespaces/{_short(_part(where))}") if where else (group,):
            for plural in self.files.folders(folder):
                reply = self._dry_run_in(f"{folder}/{plural}/{_short(_part(name))}.json", kind)
                if reply is not None:
                    return reply
        return NotRead("no dry run of it is in the recording")

    def _dry_run_in(self, name: str, kind: str) -> Reply | None:
        for status in ("", *CREATED, *REFUSALS):
            content = self.files.read(f"{name}.{status}" if status else name)
            if content is not None and status in REFUSALS:
                return NotRead(_refusal(status, content), int(status), _said(content))
            if content is not None and _kind(content) == kind:
                return Body(content)
        return None

    def instances(self) -> Sequence[str]:
        """Ids of the recorded Argo CD instances."""
        return [row.id for row in self._about.instances] or [""]

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """Destination URL → id of the recorded clusters."""
        if self._about.clusters is None:
            return {"https://kubernetes.default.svc": "", "in-cluster": ""}
        return {row.url: row.id for row in self._about.clusters if row.instance in ("", instance)}

    async def close(self) -> None:
        """Nothing is kept open but the archive, which the process lets go of."""


def dry_run_place(at: str) -> str:
    """The folder of a cluster's dry runs inside a recording."""
    return f"clusters/{_part(at)}/dry-run/" if at else "dry-run/"


def _kind(content: bytes) -> str:
    try:
        return msgspec.json.decode(content, type=_Kind).kind
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


class _Kind(msgspec.Struct):
    kind: str = ""


def _said(body: bytes) -> str:
    """The API server's message in a recorded refusal: as `record` keeps it, or its own Status object's."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    message = said.get("message") if said.get("kind") == "Status" else said.get("said")
    return " ".join(message.split()) if isinstance(message, str) else ""


def _refusal(status: str, body: bytes) -> str:
    """What a recorded refusal says, in one line: the message of Argo CD's, Kubernetes' and our own error bodies."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    message = said.get("message") or said.get("error") if isinstance(said, dict) else body.decode("utf-8", "replace")
    line = " ".join(str(message).split())[:300]
    return line if line.startswith(f"{status}: ") else f"{status}: {line}"
