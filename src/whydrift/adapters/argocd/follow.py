"""Applications as Argo CD's own stream tells of them: which one changed, to which version; never where it stands.

The stream cannot be resumed: with a resourceVersion it leaves out older Applications, but does not tell what happened
in between (server/application/application.go, Watch). So it is always taken from the beginning, where it tells of every
Application, cut down to names and versions: some hundred bytes each (measured with 3.5.1).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

import msgspec

from whydrift.adapters.argocd.refusals import Judge
from whydrift.adapters.argocd.source import ArgocdSource
from whydrift.adapters.http.client import Answer
from whydrift.adapters.http.stream import Ended, Opened, lines
from whydrift.core.model.finding import ApplicationName
from whydrift.errors import SourceError
from whydrift.ports import Api, NotRead, Question
from whydrift.ports.watching import AppChange, ApplicationChanged, ApplicationDeleted, StreamBroke, StreamStands

STREAM = "/api/v1/stream/applications"
PART = "result.application.metadata"
FIELDS = ("fields", f"result.type,{PART}.name,{PART}.namespace,{PART}.resourceVersion")
EVENTS = "text/event-stream"
"""Asked for as events, Argo CD sends a sign of life every 15 seconds."""
SILENCE = 60.0
NO_LOGIN = 401
REFUSED = (403, 404, 501)


class ArgocdFollower:
    """Follows the streams of Argo CD instances, by their ids."""

    way = "Argo CD's stream of Applications"

    def __init__(self, instances: Mapping[str, ArgocdSource]) -> None:
        self._instances = instances

    def continues(self, since: str) -> bool:
        """Never: it cannot be resumed."""
        return False

    async def follow(self, instance: str, since: str) -> AsyncGenerator[AppChange, None]:
        """See `ports.watching.Follower`; `since` says nothing to this one."""
        argocd = self._instances[instance]
        try:
            async for said in lines(argocd.client, STREAM, (FIELDS,), EVENTS, SILENCE):
                change = _told(said, argocd.judge, instance)
                if change is not None:
                    yield change
        except SourceError as error:
            yield StreamBroke(str(error))


def _told(said: Opened | bytes | Ended, judge: Judge, instance: str) -> AppChange | None:
    match said:
        case Opened():
            return StreamStands()
        case Ended(refusal=Answer() as refusal):
            return _refused(judge, refusal)
        case Ended(why=why):
            return StreamBroke(why or "the server ended the stream")
        case _:
            return _change(said, instance)


def _refused(judge: Judge, refusal: Answer) -> StreamBroke:
    reply = judge.reply(Question(Api.ARGOCD, STREAM), refusal)
    why = reply.why if isinstance(reply, NotRead) else f"{judge.server} does not answer with a stream"
    return StreamBroke(why, refused=refusal.status in REFUSED, login=refusal.status == NO_LOGIN)


def _change(line: bytes, instance: str) -> AppChange | None:
    """What one line says; None of an empty one and of a sign of life. Plain lines of JSON are read as well."""
    content = line.removeprefix(b"data:").strip()
    if not content or content.startswith((b":", b"event:", b"id:", b"retry:")):
        return None
    try:
        event = _EVENT.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return StreamBroke("the stream broke off in the middle of an event, or is none")
    if event.result is None:
        return StreamBroke(f"Argo CD ended the stream: {event.error.message or 'no reason given'}")
    stated = event.result.application.metadata
    name = ApplicationName(instance, stated.namespace, stated.name)
    if event.result.type == "DELETED":
        return ApplicationDeleted(name)
    return ApplicationChanged(name, stated.resourceVersion)


class _Metadata(msgspec.Struct):
    name: str = ""
    namespace: str = ""
    resourceVersion: str = ""


class _Application(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class _Result(msgspec.Struct):
    type: str = ""
    application: _Application = msgspec.field(default_factory=_Application)


class _Error(msgspec.Struct):
    message: str = ""


class _Event(msgspec.Struct):
    result: _Result | None = None
    error: _Error = msgspec.field(default_factory=_Error)


_EVENT = msgspec.json.Decoder(_Event)
