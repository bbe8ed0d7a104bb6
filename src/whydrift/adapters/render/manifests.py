"""YAML and JSON text → manifests, read as Kubernetes reads it (kube.SplitYAML, splitYAMLOrJSON)."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from whydrift.adapters.render.checkout import NotRendered
from whydrift.core.model.values import ABSENT, Json, JsonObject, is_object
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable, SourceError
from whydrift.usecases.decode import decode

KEPT = 64
"""How many files are remembered as values."""
KEPT_DOCUMENTS = 4096
"""How many documents are: of what a chart renders with an edit nearly all are those that it renders without."""
UNPRINTED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON lets stand as it is, and YAML does not (YAML 1.2, 5.1; YAML 1.1, 4.1.4)."""
MARKER = re.compile(r"^---(?=\s|$)", re.MULTILINE)
"""At the start of a line it begins a document wherever it stands (YAML 1.2, 9.1.2)."""
SOURCE = re.compile(r"\n# Source: [^\n]*\n")
"""What helm writes above each document, after what the document before it ends with (cmd/helm/template.go)."""
KEEPS_BREAKS = re.compile(r"[|>][0-9]?\+")
"""Looks like text that keeps the line breaks that follow it."""


@lru_cache(maxsize=KEPT)
def yaml_manifests(content: bytes, what: str) -> tuple[JsonObject, ...]:
    """The manifests of a YAML file or of a tool's output; NotRendered where one is none.

    The same files come again with every edit of one of them: the last ones are remembered, and nobody changes them.
    """
    try:
        values = [value for part in MARKER.split(decoded(content, what)) for value in _values(part)]
    except NotEditable as error:
        raise NotRendered(f"{what}: {error}") from error
    return tuple(_manifest(value, what) for value in values if value is not None)


def manifests_or_why(content: bytes, what: str) -> tuple[JsonObject, ...] | str:
    """The same, or why a document is none: what another process can tell."""
    try:
        return yaml_manifests(content, what)
    except NotRendered as error:
        return str(error)


@lru_cache(maxsize=KEPT_DOCUMENTS)
def _values(text: str) -> tuple[Json, ...]:
    values = (document.value for document in documents(_printed(text)))
    return tuple(value for value in values if value is not ABSENT)


def _printed(text: str) -> str:
    """A document as a template prints it, without what helm writes around it; nothing that counts is left out.

    That text was read before, in search of places.
    """
    above = SOURCE.match(text)
    if above is None:
        return text
    return text[above.end() : -1 if text.endswith("\n\n") and not KEEPS_BREAKS.search(text) else None]


def json_manifests(content: bytes, what: str) -> tuple[JsonObject, ...]:
    """The one manifest of a JSON file."""
    try:
        return (_manifest(decode(decoded(content, what).encode(), what), what),)
    except SourceError as error:
        raise NotRendered(str(error)) from error


def parsed(content: bytes, what: str) -> JsonObject:
    """A YAML file of parameters as a map; {} where it holds nothing."""
    try:
        values = [document.value for document in documents(decoded(content, what))]
    except NotEditable as error:
        raise NotRendered(f"{what}: {error}") from error
    value = values[0] if values and values[0] is not ABSENT else None
    if value is not None and not is_object(value):
        raise NotRendered(f"{what} holds no map")
    return value or {}


def written(value: JsonObject) -> bytes:
    """A value as JSON that every reader of YAML reads alike: no halves of characters, no breaks that YAML has alone."""
    found = json.dumps(value, ensure_ascii=False)
    return UNPRINTED.sub(lambda match: f"\\u{ord(match[0]):04x}", found).encode()


def decoded(content: bytes, what: str) -> str:
    """A file's text, its byte order mark gone (util/utfutil)."""
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotRendered(f"{what} is no UTF-8") from error


def _manifest(value: object, what: str) -> JsonObject:
    if not is_object(value) or not isinstance(value.get("kind"), str) or not value["kind"]:
        raise NotRendered(f"{what}: a document is no manifest: it states no kind")
    return value
