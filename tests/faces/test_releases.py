"""Recordings of other releases of Argo CD than 3.5.1: what they said is what comparing again says, by their own rules.

Each was made on a real Argo CD of that release, with the dry runs of its API server; a release that does not have the
rule that a recording is about would have said otherwise.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.faces.command import inside
from whydrift.core.model.values import JsonObject, is_object, items, text

RELEASES = Path(__file__).parents[1] / "data" / "recordings" / "releases"

SAID = [
    ("3.0-moved-with-instance-label", {"/ConfigMap/mail-config"}, "v3.5.1"),
    ("3.0-ssa-without-server-diff", {"/Service/web"}, "v3.6.1"),
    ("3.6-rule-in-object", {"/ConfigMap/web"}, "v3.5.1"),
    ("3.6-object-asks-for-ssa", set(), "v3.5.1"),
    ("3.6-ssa-without-server-diff", set(), "v3.5.1"),
    ("3.6-moved-with-instance-label", {"/ConfigMap/mail-config"}, "v3.4.5"),
]
"""The recording, what Argo CD called OutOfSync in it, and a release that would not have said so."""


def applications(recording: Path) -> list[JsonObject]:
    """The applications of a whole look."""
    said = inside("scan", "--hidden", "--no-git", "-o", "json", "--from", recording)
    assert not said.err, said.err
    return [each for each in items(json.loads(said.out), "applications") if is_object(each)]


def of_release(recording: Path, version: str, folder: Path) -> Path:
    """A copy of a recording whose Argo CD says another version."""
    with zipfile.ZipFile(recording) as packed:
        packed.extractall(folder)
    (folder / "argocd/api/version.json").write_text(json.dumps({"Version": version}))
    return folder


@pytest.mark.parametrize(("name", "out_of_sync", "other"), SAID)
def test_says_what_argocd_said(name: str, out_of_sync: set[str], other: str) -> None:
    """Every object was compared again, and every verdict is Argo CD's."""
    found = applications(RELEASES / f"{name}.zip")
    assert [(app["agrees"], "notReplayed" in app) for app in found] == [(True, False)] * len(found) != []
    rows = [row for app in found for row in items(app, "objects") if is_object(row)]
    assert {text(row, "id") for row in rows if row["argocd"] == "OutOfSync"} == out_of_sync


@pytest.mark.parametrize(("name", "out_of_sync", "other"), SAID)
def test_another_release_would_have_said_otherwise(
    name: str, out_of_sync: set[str], other: str, tmp_path: Path
) -> None:
    """The rule counts: by the rules of the other release the same objects compare otherwise."""
    folder = of_release(RELEASES / f"{name}.zip", other, tmp_path)
    assert False in [app["agrees"] for app in applications(folder)]
