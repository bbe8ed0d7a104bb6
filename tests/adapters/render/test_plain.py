"""Folders of plain manifests: which files count, how they are read, and edits of them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.adapters.render.repositories import URL, Link, Repository, config, data_of, made, names, rendered

from whydrift.core.model.values import JsonObject, text
from whydrift.ports import NotRead, Rendering

FOLDER = {
    "app/a.yaml": config("a", x="1"),
    "app/b.yml": config("b", x="1") + "---\n# nothing\n---\n" + config("c", x="1"),
    "app/d.json": json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "d"}}),
    "app/values.yaml": "just: values\n",
    "app/notes.txt": config("notes", x="1"),
    "app/skipped.yaml": "# +argocd:skip-file-rendering\n" + config("skipped", x="1"),
    "app/sub/e.yaml": config("e", x="1"),
    "app/sub/deep/f.yaml": config("f", x="1"),
    "beside/g.yaml": config("g", x="1"),
}


@pytest.mark.parametrize(
    ("directory", "found"),
    [
        ({}, "abcd"),
        ({"recurse": True}, "abcdef"),
        ({"recurse": True, "exclude": "sub/*"}, "abcd"),
        ({"recurse": True, "exclude": "{a.yaml,sub/deep/*}"}, "bcde"),
        ({"recurse": True, "include": "*.yaml"}, "aef"),
        ({"recurse": True, "include": "*.yaml", "exclude": "a*"}, "ef"),
    ],
    ids=str,
)
def test_the_files_that_argocd_reads(tmp_path: Path, directory: JsonObject, found: str) -> None:
    """One folder or all below it, with globs that know no folders; what is no manifest is left out."""
    objects = rendered(tmp_path, "Directory", FOLDER, {"path": "app", "directory": directory})
    assert names(objects) == [f"ConfigMap/{name}" for name in found]


def test_objects_are_placed_and_marked(tmp_path: Path) -> None:
    """As Argo CD compares them."""
    found = rendered(tmp_path, "Directory", FOLDER)["ConfigMap/a"]
    assert text(found, "metadata", "namespace") == "web"
    assert text(found, "metadata", "annotations", "argocd.argoproj.io/tracking-id") == "shop:/ConfigMap:web/a"


def test_yaml_is_read_as_go_reads_it(tmp_path: Path) -> None:
    """YAML 1.1 booleans, octal, anchors, a byte order mark, Windows line ends."""
    content = "\ufeff" + config("a", on="yes", mode="0755", big="1e3", when="2026-01-01").replace("\n", "\r\n")
    found = data_of(rendered(tmp_path, "Directory", {"app/a.yaml": content.encode()}), "a")
    assert found == {"true": True, "mode": 0o755, "big": 1000, "when": "2026-01-01"}


def test_of_an_object_that_is_stated_twice_the_last_counts(tmp_path: Path) -> None:
    """In the order of the files."""
    files = {"app/1.yaml": config("a", x="'first'"), "app/2.yaml": config("a", x="'second'")}
    assert data_of(rendered(tmp_path, "Directory", files), "a") == {"x": "second"}


def test_edits_take_the_place_of_files(tmp_path: Path) -> None:
    """Also a file that is new."""
    edits = {"app/a.yaml": config("a", x="'2'"), "app/new.yaml": config("z", x="'1'")}
    found = rendered(tmp_path, "Directory", {"app/a.yaml": config("a", x="'1'")}, edits=edits)
    assert data_of(found, "a") == {"x": "2"}
    assert "ConfigMap/z" in found


def test_links_inside_the_repository_are_followed(tmp_path: Path) -> None:
    """To a file beside the folder, as Argo CD follows them."""
    files: dict[str, str | bytes | Link] = {"shared/a.yaml": config("a", x="1"), "app/a.yaml": Link("../shared/a.yaml")}
    assert names(rendered(tmp_path, "Directory", files)) == ["ConfigMap/a"]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"app/a.jsonnet": "{}"}, "app/a.jsonnet: Jsonnet is not run here"),
        ({"app/a.yaml": config("a", x="1") + "  bad\n: ["}, "app/a.yaml: no YAML"),
        ({"app/a.json": "{"}, "app/a.json: not JSON"),
        ({"app/a.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \xff}\n"}, "app/a.yaml is no UTF-8"),
        ({"other/a.yaml": config("a", x="1")}, "app holds no file at"),
    ],
    ids=["jsonnet", "broken YAML", "broken JSON", "no text", "no folder"],
)
def test_what_cannot_be_rendered_says_why(tmp_path: Path, files: dict[str, str | bytes | Link], why: str) -> None:
    """One line, with the file."""
    found = made(tmp_path, "Directory", files)
    assert isinstance(found, str) and why in found


@pytest.mark.parametrize("kind", ["Plugin", "Nonsense"])
def test_other_kinds_of_sources_are_refused(tmp_path: Path, kind: str) -> None:
    """Nothing of the repository is run for them."""
    assert isinstance(made(tmp_path, kind, {"app/a.yaml": config("a", x="1")}), str)


def test_several_sources_are_put_together(tmp_path: Path) -> None:
    """Each from its own path; of the same object the later source counts."""
    files = {
        "one/a.yaml": config("a", x="'one'"),
        "two/a.yaml": config("a", x="'two'"),
        "two/b.yaml": config("b", x="1"),
    }
    repository = Repository.of(tmp_path / "repository", files)
    application = repository.application("Directory", {"path": "one"}, {"path": "two"})
    found = asyncio.run(repository.renderer().render(Rendering(application)))
    assert not isinstance(found, NotRead)
    assert {key.name: obj["data"] for key, obj in found.items()} == {"a": {"x": "two"}, "b": {"x": 1}}


def test_another_spec_is_rendered_at_the_compared_revision(tmp_path: Path) -> None:
    """Another path will do; another branch is one that nobody compared."""
    repository = Repository.of(
        tmp_path / "repository", {"one/a.yaml": config("a", x="1"), "two/b.yaml": config("b", x="1")}
    )
    application = repository.application("Directory", {"path": "one"})
    source: JsonObject = {"repoURL": URL, "targetRevision": "main", "path": "two"}
    moved = asyncio.run(repository.renderer().render(Rendering(application, spec={"source": source})))
    assert not isinstance(moved, NotRead) and [key.name for key in moved] == ["b"]
    elsewhere: JsonObject = {"source": {**source, "targetRevision": "next"}}
    refused = asyncio.run(repository.renderer().render(Rendering(application, spec=elsewhere)))
    assert refused == NotRead("another repository or revision is asked for than was compared")


@pytest.mark.parametrize(
    ("files", "source", "found"),
    [
        ({}, {}, ["ConfigMap/a"]),
        ({"app/kustomization.yaml": "resources: [a.yaml]\nnamePrefix: x-\n"}, {}, ["ConfigMap/x-a"]),
        ({"app/kustomization.yaml": "resources: [a.yaml]\n"}, {"kustomize": {"namePrefix": "y-"}}, ["ConfigMap/y-a"]),
        ({"app/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n"}, {}, []),
        ({"app/Chart.yaml": "not read"}, {"directory": {}}, ["ConfigMap/a"]),
    ],
    ids=["plain", "kustomization", "stated", "chart", "stated against the files"],
)
def test_what_argocd_never_rendered_is_told_by_its_files(
    tmp_path: Path, files: dict[str, str], source: JsonObject, found: list[str]
) -> None:
    """Its first comparison failed: no type is known, and Argo CD would look at the files, too."""
    objects = rendered(tmp_path, "", {"app/a.yaml": config("a", x="1"), **files}, {"path": "app", **source})
    assert names(objects) == found
