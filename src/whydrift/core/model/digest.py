"""The digest of an object: two looks have the same one unless somebody changed what matters of it.

A resourceVersion also moves with every status; a digest leaves out what the server and controllers keep writing.
"""

from __future__ import annotations

import hashlib

import msgspec

from whydrift.core.model.application import REFRESH
from whydrift.core.model.secret_names import TOKEN
from whydrift.core.model.values import JsonObject, mapping

NOISE = frozenset({"resourceVersion", "managedFields", "generation", "selfLink"})
"""Metadata that moves with every write, or that the server alone keeps."""
LEFT_OUT = frozenset({"apiVersion", "kind", "metadata", "status", "operation"})
"""Lists do not repeat version and kind; the uid tells objects apart."""


def digest(raw: JsonObject) -> str:
    """SHA-256 of a live object without its status and bookkeeping; which token masks a secret does not count.

    The operation of an Application counts neither: it comes and goes with every sync.
    """
    metadata = {key: value for key, value in mapping(raw, "metadata").items() if key not in NOISE}
    annotations = {key: value for key, value in mapping(metadata, "annotations").items() if key != REFRESH}
    stated: JsonObject = {key: value for key, value in raw.items() if key not in LEFT_OUT}
    stated["metadata"] = {**metadata, "annotations": annotations}
    encoded = msgspec.json.encode(stated, order="sorted").decode("utf-8", "surrogatepass")
    return hashlib.sha256(TOKEN.sub("masked", encoded).encode("utf-8", "surrogatepass")).hexdigest()
