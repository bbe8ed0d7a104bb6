"""Replies → values: the bytes of Argo CD's and Kubernetes' answers, decoded and masked where they enter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import cast

import msgspec

from whydrift.core.model.aliases import refuse_bombs
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.secrets import Masker
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson
from whydrift.errors import SourceError

NULL = (b"null", b'"null"', b"")
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
NOT_COMPARED = b'"{}"'


class _Status(msgspec.Struct):
    controllerNamespace: str = ""


class _Application(msgspec.Struct):
    status: _Status = msgspec.field(default_factory=_Status)


class _Applications(msgspec.Struct):
    items: list[_Application] | None = None


def stated_homes(content: bytes) -> list[str]:
    """Argo CD's own namespace as each listed Application states it ("": it does not); none where that is no list."""
    try:
        listed = msgspec.json.decode(content, type=_Applications).items or []
    except UNREADABLE:
        return []
    return [application.status.controllerNamespace for application in listed]


class Item(msgspec.Struct):
    """One item of managed-resources; the states stay bytes until somebody looks (types.go ResourceDiff)."""

    group: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    targetState: msgspec.Raw = msgspec.Raw(b"null")
    liveState: msgspec.Raw = msgspec.Raw(b"null")
    normalizedLiveState: msgspec.Raw = msgspec.Raw(b"null")
    predictedLiveState: msgspec.Raw = msgspec.Raw(b"null")
    resourceVersion: str = ""


class ManagedResources(msgspec.Struct):
    """The answer of `/managed-resources`."""

    items: list[Item] | None = None


class RawList(msgspec.Struct):
    """Any list answer, its items still bytes."""

    items: list[msgspec.Raw] | None = None


_MANAGED = msgspec.json.Decoder(ManagedResources)
_LIST = msgspec.json.Decoder(RawList)


def decode(content: bytes, what: str) -> Json:
    """JSON bytes as values. Lone surrogates are read as Go reads them; a number beyond floats is an error, as in Go."""
    try:
        return cast(Json, msgspec.json.decode(content))  # decode gives plain JSON values
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    except RecursionError as error:
        raise SourceError(f"{what}: nested too deeply to be read") from error
    try:
        return _without_surrogates(
            cast(Json, json.loads(content, parse_float=_float, parse_constant=_float))
        )  # as above
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{what}: not JSON ({_place(error)}): truncated, or not an API's answer") from error


def masked(content: bytes, what: str, masker: Masker) -> Json:
    """JSON bytes as a masked value; parts that were read before, spelled alike, are the same value."""
    try:
        return masker.read(content)
    except UNREADABLE:
        return masker.mask(decode(content, what))


def _float(stated: str) -> float:
    number = float(stated)
    if not isfinite(number):
        raise ValueError(f"{stated[:20]} is no number that JSON readers agree on")
    return number


def _without_surrogates(value: Json) -> Json:
    """Lone surrogates become U+FFFD (Go's encoding/json, unquoteBytes)."""
    if isinstance(value, dict):
        return {_replaced(key): _without_surrogates(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return _replaced(value) if isinstance(value, str) else value


def _replaced(value: str) -> str:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decode_object(content: bytes, what: str) -> JsonObject:
    """JSON bytes that must hold an object."""
    return _object(decode(content, what), what)


def masked_object(content: bytes, what: str, masker: Masker) -> JsonObject:
    """JSON bytes that must hold an object, masked."""
    return _object(masked(content, what, masker), what)


def _object(value: Json, what: str) -> JsonObject:
    if not isinstance(value, dict):
        raise SourceError(f"{what}: expected a JSON object, got {type(value).__name__}")
    return value


def raw_items(content: bytes, what: str) -> Iterator[bytes]:
    """The items of a list answer, each still bytes; the list itself is let go of as far as it was read."""
    try:
        found = _LIST.decode(content).items or []
    except UNREADABLE as error:
        raise SourceError(f"{what}: not a list ({_place(error)})") from error
    return (bytes(item) for item in found)


def managed_resources(
    content: bytes, what: str, rows: dict[ObjectKey, JsonObject], masker: Masker
) -> tuple[ObjectSnapshot, ...]:
    """The objects of an application out of `/managed-resources`, paired with their rows in `status.resources`."""
    try:
        found = _MANAGED.decode(content).items or []
    except UNREADABLE as error:
        raise SourceError(f"{what}: not an answer of Argo CD ({_place(error)})") from error
    return tuple(_snapshot(item, what, rows, masker) for item in found)


def _snapshot(item: Item, what: str, rows: dict[ObjectKey, JsonObject], masker: Masker) -> ObjectSnapshot:
    key = ObjectKey(item.group, item.kind, item.namespace, item.name)
    normalized, predicted = bytes(item.normalizedLiveState), bytes(item.predictedLiveState)
    target, live = bytes(item.targetState), bytes(item.liveState)
    row = rows.get(key)
    both = target not in NULL and live not in NULL
    return ObjectSnapshot(
        key=key,
        load=lambda: ReadStates(f"{what} ({key})", masker, target, live, normalized, predicted),
        equal=both and normalized == predicted,
        compared=not (normalized == predicted == NOT_COMPARED and both),
        verdict=_verdict(row),
        row=row,
        resource_version=item.resourceVersion,
    )


def _verdict(row: JsonObject | None) -> Verdict:
    status = (row or {}).get("status")
    return Verdict(status) if isinstance(status, str) and status in set(Verdict) else Verdict.NONE


@dataclass(frozen=True)
class ReadStates:
    """The four sides of one object as they were read: each one decoded and masked when somebody looks at it."""

    what: str
    masker: Masker
    raw_target: bytes
    raw_live: bytes
    raw_normalized_live: bytes
    raw_predicted: bytes

    @cached_property
    def target(self) -> MaybeJson:
        """What git renders to."""
        return _state(self.what, self.raw_target, self.masker)

    @cached_property
    def live(self) -> MaybeJson:
        """What the cluster holds."""
        return _state(self.what, self.raw_live, self.masker)

    @cached_property
    def normalized_live(self) -> MaybeJson:
        """The live side of Argo CD's comparison."""
        return _state(self.what, self.raw_normalized_live, self.masker)

    @cached_property
    def predicted(self) -> MaybeJson:
        """The git side of Argo CD's comparison."""
        if self.raw_predicted == self.raw_normalized_live:
            return self.normalized_live
        return _state(self.what, self.raw_predicted, self.masker)


def _state(what: str, raw: bytes, masker: Masker) -> MaybeJson:
    if raw in NULL:
        return ABSENT
    inner = decode(raw, what)
    if isinstance(inner, str):
        value = masked(inner.encode("utf-8", "surrogatepass"), what, masker)
    else:
        value = masker.mask(inner)
    return ABSENT if value is None else value


def _place(error: Exception) -> str:
    return str(error).splitlines()[0][:120]


def plain_json(document: object) -> Json:
    """A YAML document as JSON, keys as text. ValueError where it holds a million values, aliases written out."""
    refuse_bombs(document)
    return _with_text_keys(document)


def _with_text_keys(part: object) -> Json:
    if isinstance(part, dict):
        return {key if isinstance(key, str) else str(key): _with_text_keys(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_with_text_keys(item) for item in part]
    return part if isinstance(part, bool | int | float | str | None) else str(part)
