"""Reads the files that an application is rendered from, also those that its own folder refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from whydrift.core.model.application import Application, Source
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.facts import Gap
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import items
from whydrift.ports import NO_REPOSITORIES, NotRead
from whydrift.usecases.packed_charts import packed_charts

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader

STEPS = 6
"""How often references are followed: a base of a base of an overlay."""
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
OUTSIDE = re.compile(r"(?<![\w./-])(?:\.\./)+[\w./-]*")


async def rendered_from(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The text files of every git source, with the folders that the sources name.

    They are not masked: what leaves is a place (`file:line`) or an edit, which is masked; to mask a vendored chart
    takes longer than all the rest.
    """
    found: dict[str, str] = {}
    own: list[str] = []
    trees: list[Tree] = []
    why = "no source of this application is in git"
    for source, revision in zip(application.sources, application.revisions, strict=False):
        if source.chart or reader.repository is None:
            why = why if source.chart else NO_REPOSITORIES
            trees.append(Tree())
            continue
        files = await _followed(reader, source, revision, wanted_of(application, source))
        if isinstance(files, NotRead):
            return Gap(f"files of {source.repo}", files.why, RENDERED_FROM.needs)
        found |= files
        own.append(normpath(source.path).removeprefix(".") if source.path else "")
        beside = await _beside(reader, source, revision, files)
        packed = await packed_charts(reader.repository, source.repo, revision, files)
        trees.append(Tree(source.repo, revision, own[-1], files, beside, packed))
    return GitFiles(found, tuple(own), tuple(trees)) if found else Gap("files in git", why, RENDERED_FROM.needs)


def wanted_of(application: Application, source: Source) -> set[str]:
    """What of a repository the Application says is rendered, as paths.

    That is its folder and value files elsewhere; of a source that is only referred to, the files that others take.
    """
    if source.path or not source.ref:
        return {normpath(source.path or "."), *_value_files(source)}
    stated = (str(name) for other in application.sources for name in items(other.raw, "helm", "valueFiles"))
    prefix = f"${source.ref}/"
    return {normpath(name.removeprefix(prefix)) for name in stated if name.startswith(prefix)}


async def _followed(reader: FactReader, source: Source, revision: str, wanted: set[str]) -> dict[str, str] | NotRead:
    """The files below what is wanted of a source, and below what they refer to."""
    assert reader.repository is not None
    found: dict[str, str] = {}
    read: set[str] = set()
    for _ in range(STEPS):
        new = {path for path in wanted if not any(path == done or path.startswith(f"{done}/") for done in read)}
        for path in sorted(new):
            files = await reader.repository.files(source.repo, revision, "" if path == "." else path)
            if isinstance(files, NotRead) and not read:
                return files
            read.add(path)
            found |= {} if isinstance(files, NotRead) else files
        wanted = {path for name, content in found.items() for path in _references(name, content)}
        if not new:
            break
    return found


async def _beside(reader: FactReader, source: Source, revision: str, files: dict[str, str]) -> dict[str, str]:
    """The kustomizations of folders next to one that is built on something outside: they may be built on it, too."""
    inside = f"{normpath(source.path or '.')}/"
    if reader.repository is None or all(name.startswith(inside) for name in files):
        return {}
    found = await reader.repository.files(source.repo, revision, dirname(normpath(source.path)))
    near = {} if isinstance(found, NotRead) else found
    return {name: content for name, content in near.items() if _is_kustomization(name) and name not in files}


def _is_kustomization(name: str) -> bool:
    return name.rpartition("/")[2] in KUSTOMIZATIONS


def _value_files(source: Source) -> Iterator[str]:
    """Value files outside of the source's own path (Argo CD, `helm.valueFiles`)."""
    for name in items(source.raw, "helm", "valueFiles"):
        if isinstance(name, str) and name.startswith("../"):
            yield normpath(join(source.path or ".", name))
        elif isinstance(name, str) and name.startswith("/"):
            yield normpath(name.lstrip("/"))


def _references(name: str, content: str) -> Iterator[str]:
    """What a kustomization names outside of its own folder, as paths in the repository."""
    if _is_kustomization(name):
        for reference in OUTSIDE.findall(content):
            path = normpath(join(dirname(name), reference))
            if not path.startswith(".."):
                yield path
