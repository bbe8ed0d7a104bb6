"""Reads what one container wrote: from its cluster, else through Argo CD; bounded, masked, the end of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import POD_LOG
from whydrift.core.model.facts import Gap
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import ContainerLog
from whydrift.core.model.values import Json, mapping, text
from whydrift.ports import Body, NotRead

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader

LINES = "200"
LARGEST = 256 * 1024
"""Bytes of a log that are kept, the last ones."""
NOTHING_WRITTEN = (400, 404)
"""What a kubelet answers where there was no earlier run, or the pod is gone."""
NOT_KEPT = b"unable to retrieve container logs for "
"""A kubelet's whole answer, status 200, where the container is gone from its node (kuberuntime_container.go)."""
NO_TIME = "0001-01-01"
"""The time of an entry that no container wrote, but Argo CD: why it could not read (application.go PodLogs)."""
NOTHING_YET = ("previous terminated container", "is waiting to start")
"""How a kubelet says with its 400 that there is nothing to read; Argo CD passes on the words only."""
BOUNDS = (("tailLines", LINES), ("limitBytes", str(LARGEST)))


def log_key(namespace: str, pod: str, container: str) -> ObjectKey:
    """The key that stands for one container's log."""
    return ObjectKey("", "Container", namespace, f"{pod}/{container}")


async def pod_log(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The log of the container of `log_key`, and that of its run before; a gap where neither API gives them."""
    pod, _, container = key.name.partition("/")
    found = [await _read(reader, application, (key.namespace, pod, container), previous) for previous in (True, False)]
    refused = next((part for part in reversed(found) if isinstance(part, NotRead) and not _never_ran(part)), None)
    texts = [_text(reader, part) for part in found]
    if refused is not None and not any(texts):
        return Gap(f"log of {key.namespace}/{pod}", refused.why, POD_LOG.needs)
    return ContainerLog(previous=texts[0], current=texts[1])


def _never_ran(reply: NotRead) -> bool:
    """Whether there is nothing to read. A recording without the earlier log had none to record."""
    return reply.status in NOTHING_WRITTEN


async def _read(
    reader: FactReader, application: Application, place: tuple[str, str, str], previous: bool
) -> Body | NotRead:
    namespace, pod, container = place
    query = (("container", container),) * bool(container) + (("previous", "true"),) * previous
    reply = await reader.kubernetes(application, f"/api/v1/namespaces/{namespace}/pods/{pod}/log", query, BOUNDS)
    if isinstance(reply, Body) and reply.content.startswith(NOT_KEPT):
        return NotRead(f"the node no longer has the log of {container or pod}")
    if isinstance(reply, Body) or reply.status in NOTHING_WRITTEN:
        return reply
    about = (("namespace", namespace), ("podName", pod), *query)
    other = await reader.about(application, "/logs", about, (("tailLines", LINES), ("follow", "false")))
    said = _unwrapped(other.content) if isinstance(other, Body) else reply
    return reply if isinstance(said, NotRead) and reply.status is not None else said


def _unwrapped(stream: bytes) -> Body | NotRead:
    """The lines out of Argo CD's stream of JSON objects (application.proto LogEntry), or why it could not read them."""
    found: list[str] = []
    refused = ""
    for line in stream.splitlines():
        try:
            entry: Json = json.loads(line)
        except (ValueError, RecursionError):
            continue
        content = text(entry, "result", "content")
        if mapping(entry, "error") or text(entry, "result", "timeStampStr").startswith(NO_TIME):
            refused = text(entry, "error", "message") or content
        elif mapping(entry, "result") and not mapping(entry, "result").get("last"):
            found.append(content)
    if refused and not found:
        nothing_yet = any(words in refused for words in NOTHING_YET)
        return NotRead(f"Argo CD cannot read the log: {refused}", NOTHING_WRITTEN[0] if nothing_yet else None)
    return Body("\n".join(found).encode("utf-8", "surrogatepass"))


def _text(reader: FactReader, reply: Body | NotRead) -> str:
    if isinstance(reply, NotRead):
        return ""
    end = reply.content[-LARGEST:].decode("utf-8", "replace")
    return (
        "\n".join(reader.masker.text(line) for line in end.split("\n")) if _each_line(end) else reader.masker.text(end)
    )


def _each_line(log: str) -> bool:
    """Whether a log holds records of their own on each line (JSON), which are masked as such."""
    return "\n{" in log or log.startswith("{")
