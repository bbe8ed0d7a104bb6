"""What kind of source an application is rendered from, and where an edit of it belongs."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.application import Application, Source
from whydrift.core.model.values import items, mapping, text

PLUGIN, HYDRATED, CHART, OCI = "plugin", "hydrated", "chart", "oci"


def source_type(application: Application, place: int) -> str:
    """directory, helm, kustomize, plugin, chart, oci or hydrated; "" where Argo CD did not render it yet."""
    source = application.sources[place]
    if mapping(application.raw, "spec", "sourceHydrator"):
        return HYDRATED
    if source.repo.startswith("oci://"):
        return OCI
    if source.chart:  # a registry is stated without a scheme (util/helm/client.go, IsHelmOciRepo)
        return CHART if "://" in source.repo else OCI
    named = items(application.raw, "status", "sourceTypes")
    stated = named[place] if place < len(named) else text(application.raw, "status", "sourceType")
    return PLUGIN if mapping(source.raw, "plugin") else str(stated or "").lower()


def source_notes(application: Application) -> Iterator[str]:
    """Where an edit belongs, for every source whose own files are not the place; one sentence each."""
    for place, source in enumerate(application.sources):
        match source_type(application, place):
            case "hydrated":
                yield _dry(application)
            case "plugin":
                yield f"{_named(source)} is rendered by a config management plugin: no edit can be derived from it"
            case "chart" | "oci":
                yield f"{_named(source)} comes from no git: what can be edited is what the Application itself states"
            case _:
                pass


def _named(source: Source) -> str:
    return " ".join(part for part in (source.repo, source.chart or source.path) if part)


def _dry(application: Application) -> str:
    """The source that the source hydrator renders from (types.go, SourceHydrator), at the commit that it rendered."""
    stated = mapping(application.raw, "spec", "sourceHydrator", "drySource")
    rendered = text(application.raw, "status", "sourceHydrator", "lastSuccessfulOperation", "drySHA")
    where = " ".join(part for part in (text(stated, "repoURL"), text(stated, "path")) if part)
    at = text(stated, "targetRevision")
    return (
        f"what is compared was written by the source hydrator: an edit belongs to the dry source {where}"
        + (f" at {at}" if at else "")
        + (f" (rendered from commit {rendered})" if rendered else "")
    )


def same_url(one: str, other: str) -> bool:
    """Whether two URLs name one repository: a last slash, `.git` and letter case do not count (NormalizeGitURL)."""
    return _plain(one) == _plain(other)


def _plain(url: str) -> str:
    return url.rstrip("/").removesuffix(".git").lower()
