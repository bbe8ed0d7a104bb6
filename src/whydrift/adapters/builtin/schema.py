"""The types of Kubernetes' built-in kinds (version 1.36), which ship with the package."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

import orjson

from whydrift.core.model.schema import Schemas


@cache
def builtin_schemas() -> Schemas:
    """The schemas of the built-in kinds; add a cluster's own with `Schemas.with_crds`."""
    packed = files(__package__).joinpath("schema.json.gz").read_bytes()
    return Schemas(orjson.loads(gzip.decompress(packed)))
