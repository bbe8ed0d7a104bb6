"""The inventory: which objects are not Synced, from the statuses in one list answer. Decodes nothing else."""

from __future__ import annotations

import msgspec

from whydrift.core.model.finding import ApplicationName
from whydrift.core.select import Chosen
from whydrift.errors import SourceError
from whydrift.usecases.decode import UNREADABLE


class Metadata(msgspec.Struct):
    """The part of an Application's metadata that the inventory needs."""

    name: str = ""
    namespace: str = ""
    labels: dict[str, str] | None = None


class Status(msgspec.Struct):
    """A status in one word: `status.sync` or `status.health`."""

    status: str = ""


class Row(msgspec.Struct):
    """One row of `status.resources`."""

    kind: str = ""
    group: str = ""
    name: str = ""
    namespace: str = ""
    status: str = ""
    hook: bool = False
    requiresPruning: bool = False


class ApplicationStatus(msgspec.Struct):
    """The part of an Application's status that the inventory needs."""

    sync: Status = msgspec.field(default_factory=Status)
    health: Status = msgspec.field(default_factory=Status)
    resources: list[Row] | None = None


class Spec(msgspec.Struct):
    """The part of an Application's spec that the inventory needs."""

    project: str = "default"


class Listed(msgspec.Struct):
    """An Application as the inventory sees it."""

    metadata: Metadata = msgspec.field(default_factory=Metadata)
    spec: Spec = msgspec.field(default_factory=Spec)
    status: ApplicationStatus = msgspec.field(default_factory=ApplicationStatus)


class _List(msgspec.Struct):
    items: list[msgspec.Raw] | None = None


class Line(msgspec.Struct, frozen=True):
    """One line of the inventory. `status` is the row's; `health` and `sync` are the application's."""

    application: str
    object: str
    place: str
    status: str
    sync: str
    health: str
    instance: str = ""


_LIST = msgspec.json.Decoder(_List)
_ITEM = msgspec.json.Decoder(Listed)


def inventory(
    content: bytes, chosen: Chosen, hooks: bool = False, everything: bool = False, instance: str = ""
) -> list[list[Line]]:
    """The lines of each chosen application of an Argo CD instance; [] for one with nothing to tell.

    OutOfSync and Unknown rows; `hooks` adds rows without a status, `everything` also Synced ones. An application that
    is red without such a row has a line of its own.
    """
    try:
        listed = (_ITEM.decode(raw) for raw in _LIST.decode(content).items or [])
        return [_lines(one, hooks, everything, instance) for one in listed if _fits(one, chosen, instance)]
    except UNREADABLE as error:
        raise SourceError(f"the list of applications: not an answer of Argo CD ({error})") from error


def _fits(listed: Listed, chosen: Chosen, instance: str) -> bool:
    name = ApplicationName(instance, listed.metadata.namespace, listed.metadata.name)
    return chosen.fits(name, listed.spec.project, dict(listed.metadata.labels or {}))


def _lines(listed: Listed, hooks: bool, everything: bool, instance: str) -> list[Line]:
    name, status = listed.metadata.name, listed.status
    rows = [row for row in status.resources or [] if _told(row, hooks, everything)]
    told = [
        Line(
            name,
            f"{row.kind}/{row.name}",
            row.namespace or "cluster",
            row.status,
            status.sync.status,
            status.health.status,
            instance,
        )
        for row in rows
    ]
    red = status.sync.status != "Synced" and not any(row.status in ("OutOfSync", "Unknown") for row in rows)
    if red:
        itself = f"Application/{name}"
        place = listed.metadata.namespace or "cluster"
        told.append(Line(name, itself, place, status.sync.status, status.sync.status, status.health.status, instance))
    return told


def _told(row: Row, hooks: bool, everything: bool) -> bool:
    if row.hook or not row.status:
        return hooks
    return everything or row.status != "Synced"
