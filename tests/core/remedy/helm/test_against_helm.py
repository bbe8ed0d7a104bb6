"""The first candidate of each situation, rendered by Helm itself: it makes what is wanted, and our rendering agrees.

Skipped where there is no helm, and none can be downloaded.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.adapters.render.tools import tools
from tests.core.remedy.helm.situations import Situation, situations
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import JsonObject, child
from whydrift.core.remedy.places.helm.sources import HelmSource
from whydrift.core.remedy.text.reading import documents
from whydrift.core.remedy.text.wanted import changed

DRAWN = ("uuidv4", "randAlphaNum")
PLAIN = [
    situation
    for situation in situations()
    if not situation.wanted.get("sources")
    and not situation.wanted.get("helm")
    and not any(word in content for word in DRAWN for content in situation.files.values())
]
"""Situations whose chart Helm renders without settings, the same each time."""


def rendered(files: dict[str, str], folder: Path) -> dict[ObjectKey, JsonObject]:
    """What Helm makes of a chart."""
    archives: dict[str, dict[str, str]] = {}
    for path, content in files.items():
        archive, packed, inner = path.partition(".tgz/")
        if packed:
            archives.setdefault(f"{archive}.tgz", {})[inner] = content
        else:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content.encode())
    for path, inside in archives.items():
        _pack(folder / path, inside)
    settings = ["-n", "shop", "--kube-version", "v1.31.0"]
    command = [*(tools().helm or ()), "template", "shop", str(folder / "chart"), *settings]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = [document.value for document in documents(done.stdout)]
    return {key_of(value, "shop"): value for value in found if isinstance(value, dict)}


def _pack(path: Path, files: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))


@pytest.mark.parametrize("situation", PLAIN, ids=lambda situation: situation.name)
def test_helm_makes_of_the_first_edit_what_is_wanted(situation: Situation, tmp_path: Path) -> None:
    edit = next(situation.edits(), None)
    if edit is None:
        pytest.skip("no place is offered")
    before = rendered(situation.files, tmp_path / "before")
    after = rendered({**situation.files, edit.file: edit.after}, tmp_path / "after")
    change = situation.change()
    if situation.wanted.get("spreads"):
        assert child(after[situation.key], *change.path) == change.value
    else:
        assert after.get(situation.key) == (changed(before[situation.key], [change]) or None)


CHARTS = list({tuple(situation.files.items()): situation for situation in PLAIN}.values())
"""One situation for each chart."""


@pytest.mark.parametrize("situation", CHARTS, ids=lambda situation: situation.name)
def test_our_rendering_is_that_of_helm(situation: Situation, tmp_path: Path) -> None:
    expected = rendered(situation.files, tmp_path)
    rendering = HelmSource(situation.application, situation.git, 0).rendering()
    places = [(chart, path) for chart in rendering.chart.all() for path in rendering.templates_of(chart)]
    ours = [printed.value for chart, path in places for printed in rendering.printed(chart, path)]
    assert {key_of(value, "shop"): value for value in ours} == expected
