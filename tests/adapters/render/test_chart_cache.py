"""Charts of registries are rendered out of helm's own cache: exactly the chart that was compared, nothing harmful."""

from __future__ import annotations

import asyncio
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.adapters.render.repositories import URL, Repository, data_of
from tests.adapters.render.tools import tools
from tests.usecases.test_packed_charts import link, packed

from whydrift.adapters.git.repository import GitRepositories
from whydrift.adapters.render.chart_cache import MOST, ChartCache, chart_folder
from whydrift.adapters.render.renderer import ToolRenderer
from whydrift.core.model.application import Application
from whydrift.core.model.values import Json, JsonObject
from whydrift.ports import NotRead, Rendering

CHARTS = "https://charts.example.com/stable"
CHART = "apiVersion: v2\nname: relay\nversion: 1.4.2\n"
SHOWS = """apiVersion: v1
kind: ConfigMap
metadata: {name: shown}
data: {x: {{ .Values.x | quote }}, release: {{ .Release.Name }}/{{ .Release.Namespace }}}
"""
FILES = {"Chart.yaml": CHART, "values.yaml": "x: chart\n", "templates/shown.yaml": SHOWS}


def member(name: str, content: str | bytes = "x") -> tuple[tarfile.TarInfo, bytes]:
    """A file of an archive."""
    return tarfile.TarInfo(name), content.encode() if isinstance(content, str) else content


def chart(files: Mapping[str, str] = FILES, *more: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """A packed chart, as `helm package` makes it, and what else somebody put into it."""
    return packed(*(member(f"relay/{name}", content) for name, content in files.items()), *more)


def source(repo: str = CHARTS, name: str = "relay", **stated: Json) -> JsonObject:
    """A source that is a chart of a registry."""
    return {"repoURL": repo, "chart": name, "targetRevision": "1.*", **stated}


def application(*sources: JsonObject, revisions: tuple[str, ...] = ("1.4.2",)) -> Application:
    """An Application of sources that were compared at some revisions."""
    several = len(sources) > 1
    compared: JsonObject = {"sources": list(sources)} if several else {"source": sources[0]}
    at: JsonObject = {"revisions": list(revisions)} if several else {"revision": revisions[0]}
    kinds: JsonObject = {"sourceTypes": ["Helm", ""]} if several else {"sourceType": "Helm"}
    destination: JsonObject = {"server": "https://kubernetes.default.svc", "namespace": "web"}
    return Application(
        {
            "metadata": {"name": "shop", "namespace": "argocd"},
            "spec": {"project": "default", "destination": destination, **compared},
            "status": {**kinds, "sync": {**at, "comparedTo": compared}},
        }
    )


def made(
    cache: Path | None, asked: Application, git: Mapping[str, Path] | None = None, spec: JsonObject | None = None
) -> Mapping[str, JsonObject] | str:
    """What an Application renders to with charts out of a cache, by `Kind/name`; the reason where it is not."""
    trees = GitRepositories(dict(git or {}), Path("/nowhere"), clone=False)
    renderer = ToolRenderer(trees, tools(), charts=ChartCache(cache) if cache else None)
    found = asyncio.run(renderer.render(Rendering(asked, {}, spec)))
    return found.why if isinstance(found, NotRead) else {f"{key.kind}/{key.name}": obj for key, obj in found.items()}


def kept(folder: Path, archive: bytes, name: str = "relay-1.4.2.tgz") -> Path:
    """A cache with one archive in it."""
    (folder / name).write_bytes(archive)
    return folder


@pytest.mark.parametrize(
    ("repo", "name", "command"),
    [
        (CHARTS, "relay", f"`helm pull relay --repo {CHARTS} --version 1.4.2 -d"),
        (
            "registry.example.com/charts",
            "relay",
            "`helm pull oci://registry.example.com/charts/relay --version 1.4.2 -d",
        ),
        (CHARTS, "../relay", f"`helm pull relay --repo {CHARTS}"),
        ("https://x; reboot", "relay", "--repo 'https://x; reboot' --version"),
    ],
    ids=["a chart repository", "an OCI registry", "a name that goes up", "a name for a shell"],
)
def test_a_chart_that_helm_does_not_keep_says_how_it_would(tmp_path: Path, repo: str, name: str, command: str) -> None:
    found = made(tmp_path, application(source(repo, name)))
    assert isinstance(found, str) and "its chart comes from a registry, which is not asked" in found
    assert command in found


def test_without_a_cache_nothing_is_rendered() -> None:
    assert made(None, application(source())) == "its chart comes from a registry, which is not asked"


@pytest.mark.parametrize(
    ("archive", "why"),
    [
        (chart({**FILES, "Chart.yaml": CHART.replace("1.4.2", "1.4.3")}), "holds another chart: relay 1.4.3"),
        (chart({**FILES, "Chart.yaml": CHART.replace("relay", "replay")}), "holds another chart: replay 1.4.2"),
        (chart({"values.yaml": "x: 1\n"}), "holds another chart: without a name"),
        (chart(FILES, member("relay/../../evil")), "'../../evil' is no name for a file"),
        (chart(FILES, member("relay/templates/../../../evil")), "is no name for a file"),
        (chart(FILES, member("/etc/cron.d/evil")), "outside of the chart's folder"),
        (chart(FILES, member("../evil")), "outside of the chart's folder"),
        (chart(FILES, member("evil")), "outside of the chart's folder"),
        (chart(FILES, member("relay/.git/config")), "is no name for a file"),
        (chart(FILES, (link("relay/templates/passwd", "/etc/passwd"), b"")), "a link, or too large a file"),
        (b"no archive", "is no whole .tgz"),
        (chart()[:-40], "is no whole .tgz"),
    ],
    ids=[
        "another version", "another chart", "no chart", "goes up", "goes up from below", "absolute", "beside", "bare",
        "a repository", "a link", "nonsense", "cut short",
    ],
)  # fmt: skip
def test_what_is_not_exactly_the_compared_chart_is_refused(tmp_path: Path, archive: bytes, why: str) -> None:
    """Nothing of it is written anywhere."""
    found = made(kept(tmp_path, archive), application(source()))
    assert isinstance(found, str) and why in found
    assert [each.name for each in tmp_path.parent.rglob("evil*")] == []


def test_an_archive_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    size = 4 * 1024**2
    large = chart(FILES, *(member(f"relay/{number}", b"x" * size) for number in range(MOST // size + 1)))
    found = made(kept(tmp_path, large), application(source()))
    assert isinstance(found, str) and "it holds more than a chart would" in found


def test_a_version_is_no_way_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "cache"
    outside.mkdir()
    kept(tmp_path, chart(), "relay-1.4.2.tgz")
    found = made(outside, application(source(), revisions=("../relay-1.4.2",)))
    assert isinstance(found, str) and "no name that helm keeps a chart under" in found


def test_it_is_rendered_with_the_values_of_the_application_and_with_edited_ones(tmp_path: Path) -> None:
    asked = application(source(helm={"releaseName": "one", "valuesObject": {"x": "own"}}))
    found = made(kept(tmp_path, chart()), asked)
    assert not isinstance(found, str) and data_of(found, "shown") == {"x": "own", "release": "one/web"}
    edited: JsonObject = {**asked.raw["spec"], "source": source(helm={"valuesObject": {"x": "edited"}})}  # type: ignore[dict-item]
    found = made(tmp_path, asked, spec=edited)
    assert not isinstance(found, str) and data_of(found, "shown") == {"x": "edited", "release": "shop/web"}


def test_an_oci_registry_is_another_place_for_the_same_chart(tmp_path: Path) -> None:
    found = made(kept(tmp_path, chart()), application(source("registry.example.com/charts")))
    assert not isinstance(found, str) and data_of(found, "shown") == {"x": "chart", "release": "shop/web"}


def test_another_version_than_was_compared_proves_nothing(tmp_path: Path) -> None:
    asked = application(source())
    newer: JsonObject = {**asked.raw["spec"], "source": {**source(), "targetRevision": "2.0.0"}}  # type: ignore[dict-item]
    found = made(kept(tmp_path, chart()), asked, spec=newer)
    assert found == "another repository or revision is asked for than was compared"


def test_its_values_may_stand_in_another_source(tmp_path: Path) -> None:
    """As `$values/…`: the chart's files come from the cache, the values from git."""
    git = Repository.of(tmp_path / "repository", {"prod.yaml": "x: git\n"})
    values: JsonObject = {"repoURL": URL, "ref": "values", "targetRevision": "main"}
    asked = application(source(helm={"valueFiles": ["$values/prod.yaml"]}), values, revisions=("1.4.2", git.revision))
    found = made(kept(tmp_path, chart()), asked, {URL: git.place})
    assert not isinstance(found, str) and data_of(found, "shown") == {"x": "git", "release": "shop/web"}


@pytest.mark.parametrize(
    ("environment", "platform", "ends"),
    [
        ({"HELM_REPOSITORY_CACHE": "/a", "HELM_CACHE_HOME": "/b"}, "linux", "/a"),
        ({"HELM_CACHE_HOME": "/b", "XDG_CACHE_HOME": "/c"}, "linux", "/b/repository"),
        ({"XDG_CACHE_HOME": "/c"}, "linux", "/c/helm/repository"),
        ({}, "linux", "/.cache/helm/repository"),
        ({}, "darwin", "/Library/Caches/helm/repository"),
    ],
)
def test_the_folder_is_where_helm_has_it(environment: dict[str, str], platform: str, ends: str) -> None:
    assert str(chart_folder(environment, platform)).endswith(ends)
