"""Which applications may be rendered from a file: what can be told without reading anything, never too few."""

from __future__ import annotations

from posixpath import basename, normpath

from whydrift.core.model.application import Application, Source
from whydrift.core.model.sources import source_type
from whydrift.core.model.values import items, text


def same_url(one: str, other: str) -> bool:
    """Whether two spellings of a URL are one repository (util/git, NormalizeGitURL, as far as Argo CD's own go)."""
    return one.rstrip("/").removesuffix(".git").lower() == other.rstrip("/").removesuffix(".git").lower()


def may_read(application: Application, repo: str, branch: str, file: str) -> bool:
    """Whether a commit of a file to the branch of a repository may change what an application renders to."""
    for place, source in enumerate(application.sources):
        followed = same_url(source.repo, repo) and (source.target_revision or "HEAD") == (branch or "HEAD")
        if followed and _reads(application, place, file):
            return True
    return False


def _reads(application: Application, place: int, file: str) -> bool:
    """Kustomizations and charts may refer to any folder; a folder of plain files reads itself."""
    source = application.sources[place]
    if source.path and _is_below(file, source.path):
        return True
    if not source.path:
        return any(_names(other, file) for other in application.sources)
    kind = source_type(application, place)
    return kind == "kustomize" or (kind in ("helm", "") and (_names(source, file) or _is_of_chart(file)))


def _names(source: Source, file: str) -> bool:
    """Whether a source names a value file of this name, or any by a glob."""
    stated = [str(name) for name in items(source.raw, "helm", "valueFiles")]
    stated += [text(each, "path") for each in items(source.raw, "helm", "fileParameters")]
    return any(basename(name) == basename(file) or set("*?[") & set(name) for name in stated)


def _is_of_chart(file: str) -> bool:
    """Whether a file may belong to a chart beside another one, which depends on it."""
    return "/templates/" in f"/{file}" or basename(file) in ("Chart.yaml", "values.yaml")


def _is_below(file: str, path: str) -> bool:
    folder = normpath(path)
    return folder == "." or file.startswith(f"{folder.strip('/')}/")
