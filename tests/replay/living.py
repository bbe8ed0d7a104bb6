"""A fleet that lives: Applications of a recording that change, watched and streamed as both APIs do it.

What a real server does with a watch is done: versions that only grow, bookmarks, 410 for what was compacted; and what
networks do: cut off in the middle of a line, silence, duplicates.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from tests.replay.mischief import shut
from whydrift.adapters.files.recording import Files, place_of
from whydrift.core.model.values import Json, JsonObject, items, mapping, text
from whydrift.ports import Api, Question

if TYPE_CHECKING:
    from tests.replay.server import _Handler

LIST = "/api/v1/applications"
STREAM = "/api/v1/stream/applications"
GROUP = "/apis/argoproj.io/v1alpha1"
KEPT = 5000
"""Events that a server remembers; a watch from before the oldest is too old (410)."""
Key = tuple[str, str]


class Happened(NamedTuple):
    """One event: its version, type, and the Application as it was then."""

    version: int
    type: str
    application: bytes


class Living:
    """Applications by namespace and name. Thread-safe; `bookmark_every` seconds a watch says where it stands."""

    def __init__(self, files: Files, bookmark_every: float = 60.0) -> None:
        self.lock = threading.Condition()
        self.version = 1000
        self.applications: dict[Key, JsonObject] = {}
        self.happened: deque[Happened] = deque(maxlen=KEPT)
        self.total = 0
        self.compacted = self.version
        self.bookmark_every = bookmark_every
        self.overlay: dict[str, bytes] = {}
        self.generation = 0
        """Counts how often all streams were cut."""
        self.silent = False
        self.bytes = 0
        """What was sent on streams."""
        listed = json.loads(files.read(place_of(Question(Api.ARGOCD, LIST))) or b"{}")
        for application in items(listed, "items"):
            assert isinstance(application, dict)
            self._keep(application)
        self.version += 1

    def put(self, application: JsonObject, managed: JsonObject | None = None) -> None:
        """Add or change an Application, with what its managed resources are from now on."""
        with self.lock:
            key = _key(application)
            kind = "MODIFIED" if key in self.applications else "ADDED"
            if managed is not None:
                place = place_of(Question(Api.ARGOCD, f"{LIST}/{key[1]}/managed-resources"))
                self.overlay[place] = json.dumps(managed).encode()
            self._happen(kind, self._keep(application))

    def slip(self, name: str, managed: JsonObject) -> None:
        """Change an application's managed resources, of which Argo CD says no word."""
        with self.lock:
            self.overlay[place_of(Question(Api.ARGOCD, f"{LIST}/{name}/managed-resources"))] = json.dumps(
                managed
            ).encode()

    def touch(self, namespace: str, name: str, **status: Json) -> None:
        """Change parts of an Application's status."""
        with self.lock:
            application = self.applications[namespace, name]
            changed = {**mapping(application, "status"), **status}
            self._happen("MODIFIED", self._keep({**application, "status": changed}))

    def delete(self, namespace: str, name: str) -> None:
        """Delete an Application."""
        with self.lock:
            application = self.applications.pop((namespace, name))
            self.version += 1
            metadata = {**mapping(application, "metadata"), "resourceVersion": str(self.version)}
            self._happen("DELETED", {**application, "metadata": metadata})

    def again(self, number: int = 1) -> None:
        """Send the last events once more, newest first: duplicates, and in another order."""
        with self.lock:
            last = list(self.happened)[-number:]
            self._append(*reversed(last))

    def compact(self) -> None:
        """Forget the past: a watch from before now is too old."""
        with self.lock:
            self.version += 1
            self.compacted = self.version
            self.happened.clear()

    def cut(self) -> None:
        """Break every stream off, in the middle of a line."""
        with self.lock:
            self.generation += 1
            self.lock.notify_all()

    def _keep(self, application: JsonObject) -> JsonObject:
        self.version += 1
        metadata = mapping(application, "metadata")
        uid = text(metadata, "uid") or f"uid-{text(metadata, 'namespace')}-{text(metadata, 'name')}"
        kept: JsonObject = {**application, "metadata": {**metadata, "uid": uid, "resourceVersion": str(self.version)}}
        self.applications[_key(kept)] = kept
        return kept

    def _happen(self, kind: str, application: JsonObject) -> None:
        self._append(Happened(self.version, kind, json.dumps(application).encode()))

    def _append(self, *events: Happened) -> None:
        for event in events:
            if len(self.happened) == KEPT:
                self.compacted = max(self.compacted, self.happened[0].version + 1)
            self.happened.append(event)
            self.total += 1
        self.lock.notify_all()

    def answer(self, question: Question) -> bytes | int | None:
        """The answer to a question about Applications: a body, or a status; None where it is about something else."""
        with self.lock:
            if question.api is Api.ARGOCD:
                return self._argocd(question)
            return self._kubernetes(question)

    def _argocd(self, question: Question) -> bytes | int | None:
        overlaid = self.overlay.get(place_of(Question(Api.ARGOCD, question.path)))
        if overlaid is not None:
            return overlaid
        head, _, name = question.path.rpartition("/")
        if question.path == LIST:
            return json.dumps(projected(self._listed(), fields_of(question))).encode()
        if head != LIST:
            return None
        namespace = dict(question.query).get("appNamespace", "argocd")
        found = self.applications.get((namespace, name))
        return 404 if found is None else json.dumps(found).encode()

    def _kubernetes(self, question: Question) -> bytes | int | None:
        parts = question.path.removeprefix(GROUP).strip("/").split("/")
        if not question.path.startswith(GROUP) or "applications" not in parts:
            return None
        if parts[-1] == "applications":
            listed = self._listed(_namespace(question))
            limit = int(dict(question.query).get("limit", "0")) or len(self.applications)
            rows = items(listed, "items")
            more: JsonObject = (
                {"remainingItemCount": len(rows) - limit, "continue": "more"} if len(rows) > limit else {}
            )
            metadata: JsonObject = {"resourceVersion": str(self.version), **more}
            envelope: JsonObject = {"kind": "ApplicationList", "apiVersion": "argoproj.io/v1alpha1"}
            return json.dumps({**envelope, "metadata": metadata, "items": rows[:limit]}).encode()
        found = self.applications.get((parts[1], parts[-1]))
        return 404 if found is None else json.dumps(found).encode()

    def _listed(self, namespace: str = "") -> JsonObject:
        keys = sorted(self.applications, key=lambda key: key[1])
        rows: list[Json] = [self.applications[key] for key in keys if namespace in ("", key[0])]
        return {"metadata": {"resourceVersion": str(self.version)}, "items": rows}

    def is_stream(self, question: Question) -> bool:
        """Whether a question is answered without an end."""
        watched = question.path.startswith(GROUP) and question.path.endswith("/applications")
        return question.path == STREAM or (watched and dict(question.query).get("watch") in ("1", "true"))

    def stream(self, handler: _Handler, question: Question) -> None:
        """Answer without an end."""
        kind = "text/event-stream" if "event-stream" in handler.headers.get("Accept", "") else "application/json"
        head = handler.head(200, [("Content-Type", kind), ("Transfer-Encoding", "chunked")])
        with suppress(OSError):
            handler.wfile.write(head)
            for line in self._lines(question, b"data: " if kind == "text/event-stream" else b""):
                handler.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
                self.bytes += len(line)
        handler.close_connection = True
        shut(handler.connection)

    def _lines(self, question: Question, before: bytes) -> Iterator[bytes]:
        query = dict(question.query)
        ended = time.monotonic() + float(query.get("timeoutSeconds", "3600"))
        spelled = _argocd_line if question.api is Api.ARGOCD else _kubernetes_line
        fields, namespace = fields_of(question), _namespace(question)
        with self.lock:
            since, generation = int(query.get("resourceVersion") or self.version), self.generation
            first = (
                []
                if "resourceVersion" in query
                else [application for key, application in self.applications.items() if namespace in ("", key[0])]
            )
            place = self.total - sum(event.version > since for event in self.happened)
            too_old = spelled is _kubernetes_line and since < self.compacted
        if too_old:
            yield _event("ERROR", {"kind": "Status", "code": 410, "message": "too old resource version"})
            return
        for application in first:
            yield before + spelled("ADDED", json.dumps(application).encode(), fields) + b"\n"
        bookmark = time.monotonic() + self.bookmark_every
        while time.monotonic() < ended and generation == self.generation:
            with self.lock:
                if self.total == place or self.silent:
                    self.lock.wait(0.2)
                news = [] if self.silent or self.total == place else list(self.happened)[place - self.total :]
                place, stands = (place if self.silent else self.total), self.version
            yield from (
                before + spelled(event.type, event.application, fields) + b"\n"
                for event in news
                if not namespace or text(json.loads(event.application), "metadata", "namespace") == namespace
            )
            if spelled is _kubernetes_line and time.monotonic() > bookmark and not self.silent:
                bookmark = time.monotonic() + self.bookmark_every
                yield _event("BOOKMARK", {"metadata": {"resourceVersion": str(stands)}})
        if generation != self.generation:
            yield b'{"type":"MODIFIED","obj'


def _namespace(question: Question) -> str:
    """The namespace whose Applications a question of Kubernetes is about, "" for all."""
    before, named, rest = question.path.removeprefix(GROUP).partition("/namespaces/")
    return rest.partition("/")[0] if named and not before else ""


def _event(kind: str, what: JsonObject) -> bytes:
    return json.dumps({"type": kind, "object": what}).encode() + b"\n"


def _key(application: JsonObject) -> Key:
    return text(application, "metadata", "namespace"), text(application, "metadata", "name")


def _kubernetes_line(kind: str, application: bytes, fields: tuple[str, ...]) -> bytes:
    return b'{"type":"' + kind.encode() + b'","object":' + application + b"}"


def _argocd_line(kind: str, application: bytes, fields: tuple[str, ...]) -> bytes:
    whole: JsonObject = {"result": {"type": kind, "application": json.loads(application)}}
    return json.dumps(projected(whole, fields)).encode()


def fields_of(question: Question) -> tuple[str, ...]:
    """The fields that a question asks for; () for all."""
    return tuple(field for field in dict(question.query).get("fields", "").split(",") if field)


def projected(value: Json, fields: tuple[str, ...]) -> Json:
    """A value cut down to some fields, as Argo CD does it (argoproj/pkg grpc/http/forwarders.go)."""
    if not fields:
        return value
    if isinstance(value, list):
        return [projected(part, fields) for part in value]
    if not isinstance(value, Mapping):
        return value
    inside: dict[str, list[str]] = {}
    for field in fields:
        key, _, rest = field.partition(".")
        inside.setdefault(key, []).extend([rest] if rest else [])
    return {key: projected(part, tuple(inside[key])) for key, part in value.items() if key in inside}
