"""The recordings that the tests carry, and which questions a recording answers."""

from __future__ import annotations

import os
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.from_yaml import from_yaml
from whydrift.ports import Api, Question

RECORDINGS = sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*.zip"))


def corpus() -> list[Path]:
    """The scenarios of the whole corpus, where it is; none elsewhere."""
    shared = Path(os.environ.get("WHYDRIFT_SHARED") or Path(__file__).parents[3] / "shared")
    return sorted(path for path in (shared / "corpus" / "scenarios").glob("*") if path.is_dir())


@cache
def stated(recording: Path) -> dict[str, Any]:
    """What `scenario.yaml` says of a recording's folder, read once; not to be changed."""
    found: dict[str, Any] = from_yaml((recording / "scenario.yaml").read_bytes())
    return found


def unpack(archive: Path, folder: Path) -> Path:
    """The folder that a recording's zip holds."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def answered(folder: Path, api: Api = Api.ARGOCD) -> dict[Question, bytes]:
    """The questions of one API that a recording's folder answers, with the answers."""
    found = {}
    for file in sorted((folder / api.value).rglob("*.json")):
        found[_question(api, file.relative_to(folder / api.value).with_suffix(""))] = file.read_bytes()
    return found


def refused(folder: Path, api: Api = Api.ARGOCD) -> dict[Question, int]:
    """The questions of one API that were refused when it was recorded, with the status."""
    found = {}
    for file in sorted((folder / api.value).rglob("*.json.[0-9]*")):
        name = file.relative_to(folder / api.value)
        found[_question(api, name.with_suffix("").with_suffix(""))] = int(name.suffix[1:])
    return found


def _question(api: Api, name: Path) -> Question:
    path, _, query = name.as_posix().partition("@")
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return Question(api, "/" + unquote(path), tuple((unquote(key), unquote(value)) for key, _, value in pairs))
