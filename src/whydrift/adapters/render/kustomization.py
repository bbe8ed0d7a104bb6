"""What kustomizations refer to: read as far as it is in the repository, refused where it would be fetched or run.

Files outside of a kustomization's folder, where build options allow them, are put below it in the copy: kustomize's own
restriction stays on, so that no path leads out of the copy, whatever names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import join

from whydrift.adapters.render.build_options import BuildOptions
from whydrift.adapters.render.chart_entries import read_charts
from whydrift.adapters.render.checkout import Checkout, NotRendered, inside, is_below
from whydrift.adapters.render.manifests import decoded, parsed, written
from whydrift.adapters.render.named_paths import CHARTS, GLOBALS, OLD_CHARTS, check_spelling, fetches, with_paths
from whydrift.adapters.render.sources import KUSTOMIZATIONS
from whydrift.core.model.values import ABSENT, Json, JsonObject, items
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable
from whydrift.ports import Blob

RUN = (CHARTS, OLD_CHARTS, GLOBALS)
"""What kustomize does by running helm."""
PROGRAMS = ("generators", "transformers", "validators")
"""What may be programs."""
MOVED = ".outside-of-the-folder"
"""Where files that lie outside of a kustomization's folder are put, below it."""
MOST = 500
"""How many kustomizations may hang together."""


def kustomization_of(checkout: Checkout, path: str) -> str:
    """The kustomization file of a folder; NotRendered where there is none."""
    found = next((join(path, name) for name in KUSTOMIZATIONS if checkout.file(join(path, name)) is not None), None)
    if found is None:
        raise NotRendered(f"{path or 'the repository'} holds no kustomization")
    return found


async def read_references(checkout: Checkout, path: str, options: BuildOptions) -> bool:
    """Read all that a kustomization and those below it refer to; NotRendered where that is not in the repository.

    The answer is whether any of them renders a chart.
    """
    waiting, done, charts = [path], set[str](), False
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
        _check_runs(name, stated, options)
        waiting += await _read_one(checkout, folder, name, stated, options)
        charts = charts or bool(stated.get(CHARTS))
    return charts


def _check_runs(name: str, stated: JsonObject, options: BuildOptions) -> None:
    """Refuse what would run a program, or helm where it must not."""
    check_spelling(name, stated)
    run = next((key for key in RUN if stated.get(key)), None)
    if run and not options.helm:
        raise NotRendered(f"{name}: {run} would run helm inside kustomize, which only --enable-helm allows")
    if stated.get(OLD_CHARTS):
        raise NotRendered(f"{name}: {OLD_CHARTS} is out of use, and not rendered here")
    programs = next((key for key in PROGRAMS if stated.get(key)), None)
    if programs and options.programs:
        raise NotRendered(f"{name}: {programs} may be programs ({options.programs}), and none is run here")


async def _read_one(checkout: Checkout, folder: str, name: str, stated: JsonObject, options: BuildOptions) -> list[str]:
    """Read what one kustomization names, and put what it may not name below it; the folders of others that it names."""
    paths: dict[str, str] = {}
    with_paths(stated, lambda path: paths.setdefault(path, path))
    read = {path: await _read(checkout, folder, path) for path in paths}
    known = with_charts = await read_charts(checkout, folder, name, stated, MOVED if options.outside else "")
    if options.outside:
        new = _moved(checkout, folder, {path: place for path, (place, is_file) in read.items() if is_file})
        known = with_paths(with_charts, lambda path: new.get(path, path))
    if known != stated and any(str(each).endswith("Annotations") for each in items(stated, "buildMetadata")):
        raise NotRendered(f"{name}: buildMetadata would say where files lie, and some lie elsewhere in the copy")
    _check_programs(checkout, name, stated, read)
    checkout.files[name] = Blob(written(known))  # what was looked at is what is built, however YAML may be read
    return [place for place, is_file in read.values() if not is_file]


def _check_programs(checkout: Checkout, name: str, stated: JsonObject, read: Mapping[str, tuple[str, bool]]) -> None:
    """Refuse generators and the like that name a URL, and folders of them, which may be built into anything."""
    for key in PROGRAMS:
        for entry in map(str, items(stated, key)):
            place, is_file = read.get(entry, ("", True))
            if not is_file:
                raise NotRendered(f"{name}: {key} are built of a folder ({entry}), and may become anything")
            content = (checkout.file(place) or b"") if place else entry.encode()
            if any(fetches(value) for value in _values(content, place or name)):
                raise NotRendered(f"{name}: {key} name a URL, and nothing is fetched")


def _values(content: bytes, what: str) -> Iterator[Json]:
    try:
        values = [document.value for document in documents(decoded(content, what))]
    except NotEditable as error:
        raise NotRendered(f"{what}: {error}") from error
    yield from (value for value in values if value is not ABSENT)


def _moved(checkout: Checkout, folder: str, files: Mapping[str, str]) -> dict[str, str]:
    """Put files that are not in a folder, and what its links lead to, below it; their new names by the stated ones."""
    new: dict[str, str] = {}
    for path, place in files.items():
        blob = checkout.files[place]
        if blob.link or not is_below(place, folder):
            new[path] = join(MOVED, place)
            checkout.files[join(folder, MOVED, place)] = Blob(checkout.file(place) or b"")
    return new


async def _read(checkout: Checkout, folder: str, stated: str) -> tuple[str, bool]:
    """Read what one entry names: its path in the repository, and whether it is a file, and no folder of another one."""
    if "://" in stated or stated.startswith("git@") or "?ref=" in stated:
        raise NotRendered(f"{stated} is not in the repository, and nothing is fetched")
    if stated.startswith("/"):
        raise NotRendered(f"{stated} is no path in the repository")
    place = inside(join(folder, stated))
    await checkout.need(place)
    if checkout.file(place) is not None:
        return place, True
    if not checkout.has_folder(place):
        raise NotRendered(f"{stated} is not in the repository, and nothing is fetched")
    return place, False
