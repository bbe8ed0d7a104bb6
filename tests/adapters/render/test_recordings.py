"""Laws over recordings of a real Argo CD: what is rendered here is what it compared, also once the edit is made."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters.render.tools import tools
from tests.replay.recorded import RECORDINGS, corpus, unpack

from whydrift.adapters.files.recording import Recording
from whydrift.adapters.git.bundles import RecordedRepositories
from whydrift.adapters.render.renderer import ToolRenderer
from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey, key_of_row
from whydrift.core.model.values import JsonObject, is_object, items, text
from whydrift.core.prove.unlike import outside
from whydrift.ports import NotRead, Rendering

EVERY = int(os.environ.get("WHYDRIFT_EVERY", "8"))
"""Of the whole corpus, one scenario in so many; WHYDRIFT_EVERY=1 takes all."""
CORPUS = corpus()
Rendered = dict[ObjectKey, JsonObject] | NotRead
APPLICATIONS = Path("argocd/api/v1/applications")
PROVING = CORPUS[0].parents[2] / "proving" / "scenarios" if CORPUS else Path()
REFUSED = ("registry", "another repository or revision", "it is not known which revision")
"""What is not rendered here though Argo CD could."""


def _fixed() -> Iterator[tuple[Path, Path]]:
    """Scenarios whose fix is a folder of files in the repository of the application itself."""
    for folder in CORPUS:
        truth = next((place for tag in ("fixed-at-once", "fixed") if (place := folder / "truth" / tag).is_dir()), None)
        files = next(
            (place for name in ("v3", "fixed", "v2") if (place := PROVING / folder.name / name).is_dir()), None
        )
        if (
            truth is not None
            and files is not None
            and f"fixed: {files.name}\n" in (folder / "scenario.yaml").read_text()
        ):
            yield folder, files


FIXED = sorted(_fixed())


def targets(resources: Path) -> dict[ObjectKey, JsonObject]:
    """What Argo CD compared, by key, as far as its values are not masked."""
    found = {}
    for row in items(json.loads(resources.read_text()), "items"):
        target = json.loads(text(row, "targetState") or "null")
        if is_object(row) and is_object(target) and (text(row, "group"), text(row, "kind")) != ("", "Secret"):
            found[key_of_row(row)] = target
    return found


def clusters(folder: Path) -> tuple[str, tuple[str, ...]]:
    """The version of the cluster and what it serves, as Argo CD tells it to Helm."""
    place = folder / "argocd/api/v1/clusters.json"
    rows = items(json.loads(place.read_text()), "items") if place.exists() else []
    first = rows[0] if rows else None
    return text(first, "serverVersion"), tuple(str(name) for name in items(first, "info", "apiVersions"))


def rendered(folder: Path, application: Application, files: Path | None = None) -> Rendered:
    """The application out of its recording, with the files of a folder in place of those of the repository."""

    async def once() -> Rendered:
        repositories = RecordedRepositories(Recording(folder).files)
        try:
            edits = await _edits(repositories, application, files) if files is not None else {}
            version, served = clusters(folder)
            rendering = Rendering(application, edits, kube_version=version, api_versions=served)
            found = await ToolRenderer(repositories, tools()).render(rendering)
        finally:
            repositories.close()
        return found if isinstance(found, NotRead) else dict(found)

    return asyncio.run(once())


async def _edits(
    repositories: RecordedRepositories, application: Application, files: Path
) -> dict[tuple[str, str], str]:
    """The files that are new or otherwise; a repository that lost some is no edit."""
    url = application.sources[0].repo
    tree = await repositories.tree(url, application.revisions[0], "")
    assert not isinstance(tree, NotRead), tree
    there = {str(file.relative_to(files)): file.read_bytes() for file in files.rglob("*") if file.is_file()}
    if set(tree) - set(there):
        pytest.skip("the fix takes files away")
    changed = {name: content for name, content in there.items() if name not in tree or tree[name].content != content}
    return {(url, name): content.decode() for name, content in changed.items()}


def unlike(
    found: dict[ObjectKey, JsonObject], wanted: dict[ObjectKey, JsonObject], again: Callable[[], Rendered]
) -> list[str]:
    """What does not come out as it did there, but for what is drawn: that differs between two renders of ours."""
    if all(key in found and not list(outside(found[key], target, ())) for key, target in wanted.items()):
        return []
    time.sleep(1.1)  # some charts write the time of the render, in seconds
    second = again()
    assert not isinstance(second, NotRead)
    said = []
    for key, target in wanted.items():
        made = found.get(key)
        drawn = [] if made is None else list(outside(made, second[key], ()))
        apart = [()] if made is None else list(outside(made, target, drawn))
        said += [f"{key}: {apart}"] if apart else []
    return said


@pytest.mark.parametrize("recording", [*RECORDINGS, *CORPUS[::EVERY]], ids=lambda place: place.stem)
def test_law_a_render_is_what_argocd_compared(recording: Path, tmp_path: Path) -> None:
    """Every object of every application, plain, Helm and Kustomize; what Argo CD could not render is not rendered."""
    folder = recording if recording.is_dir() else unpack(recording, tmp_path / recording.stem)
    for resources in sorted((folder / APPLICATIONS).glob("*/managed-resources.json")):
        application = Application(json.loads(resources.parent.with_suffix(".json").read_text()))
        found, compared = rendered(folder, application), targets(resources)
        if not isinstance(found, NotRead):
            assert unlike(found, compared, lambda: rendered(folder, application)) == []  # noqa: B023 - called here
        elif compared and (folder / "git.bundle").exists():
            assert any(word in found.why for word in REFUSED), found.why


@pytest.mark.parametrize(("folder", "files"), FIXED[:: max(1, EVERY // 3)], ids=lambda place: place.name)
def test_law_a_fixed_folder_renders_to_what_argocd_rendered_of_it(folder: Path, files: Path) -> None:
    """The right edit, made for real: the same objects."""
    truth = next(place for tag in ("fixed-at-once", "fixed") if (place := folder / "truth" / tag).is_dir())
    application = Application(json.loads((folder / APPLICATIONS / f"{folder.name}.json").read_text()))
    found, wanted = rendered(folder, application, files), targets(truth / f"{folder.name}.managed-resources.json")
    assert not isinstance(found, NotRead), found.why
    assert unlike(found, wanted, lambda: rendered(folder, application, files)) == []
