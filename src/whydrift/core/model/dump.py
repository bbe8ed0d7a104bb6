"""A dump: what a guarded delete takes away, whole, with what a restore needs and what it cannot bring back."""

from __future__ import annotations

from whydrift.core.model.triage import Answered

SCHEMA = "whydrift.dump/1"


class DumpedObject(Answered, frozen=True, omit_defaults=False):
    """One object as it was: the path at which it is created again, its content unmasked, and what is lost for good."""

    id: str
    namespace: str
    path: str
    live: dict[str, object]
    lost: tuple[str, ...]


class HealthRow(Answered, frozen=True, omit_defaults=False):
    """Argo CD's word on the health of one object before the first delete; without a kind: of the application."""

    group: str
    kind: str
    namespace: str
    name: str
    status: str


class Dump(Answered, frozen=True, omit_defaults=False):
    """Everything that one delete step takes away, in the order of its deletes."""

    at: str
    plan: str
    step: str
    application: str
    instance: str
    cluster: str
    objects: tuple[DumpedObject, ...]
    health: tuple[HealthRow, ...]
    schema: str = SCHEMA
