"""What kustomizations refer to: read as far as it is in the repository, refused where it would be fetched or run."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join

from whydrift.adapters.render.checkout import Checkout, NotRendered, inside
from whydrift.adapters.render.manifests import parsed
from whydrift.adapters.render.sources import KUSTOMIZATIONS
from whydrift.core.model.values import Json, JsonObject, items, text

FOLDERS = ("resources", "bases", "components")
FILES = ("crds", "configurations", "patchesStrategicMerge", "transformers", "generators", "validators")
INLINE = ("patchesStrategicMerge", "transformers", "generators", "validators")
"""Lists that may hold YAML text in place of a path."""
WITH_PATH = ("patches", "patchesJson6902", "replacements")
GENERATORS = ("configMapGenerator", "secretGenerator")
RUN = ("helmCharts", "helmChartInflationGenerator", "helmGlobals")
"""What kustomize does by running helm."""
MOST = 500
"""How many kustomizations may hang together."""


def kustomization_of(checkout: Checkout, path: str) -> str:
    """The kustomization file of a folder; NotRendered where there is none."""
    found = next((join(path, name) for name in KUSTOMIZATIONS if checkout.file(join(path, name)) is not None), None)
    if found is None:
        raise NotRendered(f"{path or 'the repository'} holds no kustomization")
    return found


async def read_references(checkout: Checkout, path: str) -> None:
    """Read all that a kustomization and those below it refer to; NotRendered where that is not in the repository."""
    waiting, done = [path], set[str]()
    while waiting:
        folder = waiting.pop()
        if folder in done:
            continue
        done.add(folder)
        if len(done) > MOST:
            raise NotRendered(f"more than {MOST} kustomizations hang together")
        await checkout.need(folder)
        name = kustomization_of(checkout, folder)
        stated = parsed(checkout.file(name) or b"", name)
        run = next((key for key in RUN if stated.get(key)), None)
        if run:
            raise NotRendered(f"{name}: {run} would run helm inside kustomize")
        waiting += [place for place in [await _read(checkout, folder, n) for n in _paths(stated)] if place is not None]


async def _read(checkout: Checkout, folder: str, stated: str) -> str | None:
    """Read what one entry names; the folder of another kustomization where it is one."""
    if "://" in stated or stated.startswith("git@") or "?ref=" in stated:
        raise NotRendered(f"{stated} is not in the repository, and nothing is fetched")
    place = inside(join(folder, stated)) if not stated.startswith("/") else stated
    if place.startswith("/"):
        raise NotRendered(f"{stated} is no path in the repository")
    await checkout.need(place)
    if checkout.file(place) is not None:
        return None
    if not checkout.has_folder(place):
        raise NotRendered(f"{stated} is not in the repository, and nothing is fetched")
    return place


def _paths(stated: JsonObject) -> Iterator[str]:
    """Everything that a kustomization names by a path."""
    for key in (*FOLDERS, *FILES):
        yield from (each for each in items(stated, key) if isinstance(each, str) and not _is_inline(key, each))
    for key in WITH_PATH:
        yield from (text(each, "path") for each in items(stated, key) if text(each, "path"))
    for key in GENERATORS:
        for each in items(stated, key):
            yield from _generated_from(each)
    if text(stated, "openapi", "path"):
        yield text(stated, "openapi", "path")


def _is_inline(key: str, stated: str) -> bool:
    return key in INLINE and ("\n" in stated or ": " in stated)


def _generated_from(generator: Json) -> Iterator[str]:
    """The files of a generator: `key=path` or `path`."""
    for file in items(generator, "files"):
        yield str(file).rpartition("=")[2]
    yield from (str(name) for name in items(generator, "envs"))
    if text(generator, "env"):
        yield text(generator, "env")
