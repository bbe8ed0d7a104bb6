"""What golden vectors are run with: types, schemas, jq, and the common fields of their inputs."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.from_yaml import all_from_yaml
from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.builtin.types import load_types
from whydrift.adapters.jq import JqWorker
from whydrift.core.compare.settings import ComparisonSettings, settings_of_config_map
from whydrift.core.compare.targets import Scopes
from whydrift.core.compare.terms import Knowledge
from whydrift.core.model.schema import Schemas
from whydrift.core.model.values import JsonObject, items, mapping

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("WHYDRIFT_SHARED") or REPOSITORY.parent / "shared")


class Bench:
    """Everything that vectors are run with; close it after use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jq = JqWorker()
        self.types = load_types()
        self.builtin = builtin_schemas()

    def knowledge(self, vector: JsonObject) -> Knowledge:
        """What a comparison of this vector must know."""
        return Knowledge(self.types, self.schemas(vector), self.jq)

    def schemas(self, vector: JsonObject) -> Schemas:
        """The built-in schemas and those of the CRDs that a vector names or states."""
        crds = [
            crd
            for entry in items(vector, "crds")
            for crd in ([entry] if isinstance(entry, dict) else crds_named(str(entry), self.folder))
        ]
        return self.builtin.with_crds(crds) if crds else self.builtin


Operation = Callable[[JsonObject, Bench], JsonObject]


def content_of(file: Path) -> bytes:
    """The content of a file, gzipped or not."""
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content


@cache
def crds_named(name: str, folder: Path) -> tuple[JsonObject, ...]:
    """The CRDs of that name: beside the vectors, else among the shared ones."""
    for place in (folder / "crds", folder.parent.parent / "crds", SHARED / "crds"):
        for file in (place / f"{name}.yaml", place / f"{name}.yaml.gz"):
            if file.exists():
                documents = all_from_yaml(content_of(file))
                return tuple(document for document in documents if isinstance(document, dict))
    raise FileNotFoundError(f"no CRDs {name} beside {folder}")


def settings_of(vector: JsonObject) -> ComparisonSettings:
    """The settings that a vector states."""
    settings = settings_of_config_map({key: str(value) for key, value in mapping(vector, "argocdCm").items()})
    milliseconds = vector.get("jqTimeoutMs")
    return replace(settings, jq_seconds=milliseconds / 1000) if isinstance(milliseconds, int) else settings


def side(vector: JsonObject, name: str) -> JsonObject | None:
    """A side that may be missing."""
    found = vector.get(name)
    return found if isinstance(found, dict) else None


def objects(vector: JsonObject, name: str) -> list[JsonObject]:
    """A list of objects."""
    return [obj for obj in items(vector, name) if isinstance(obj, dict)]


def scopes(vector: JsonObject) -> Scopes:
    """The kinds without a namespace; after a `?` those that the cluster does not serve."""
    stated = [str(entry) for entry in items(vector, "clusterScoped")]
    kinds = {entry: tuple(entry.removeprefix("?").rsplit("/", 1)) for entry in stated}
    pairs = {entry: (group, kind) for entry, (group, kind) in kinds.items()}
    unknown = frozenset(pair for entry, pair in pairs.items() if entry.startswith("?"))
    return Scopes(frozenset(pairs.values()) - unknown, unknown)
