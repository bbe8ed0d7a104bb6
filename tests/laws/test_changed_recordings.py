"""Recordings of which something is said otherwise, or not at all: the same answer, or a lower one, never another.

What an answer may rest on are facts, not the names, the order and the days of the recordings that there are.
"""

from __future__ import annotations

import json
import random
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.faces.command import inside
from whydrift.core.model.values import Json, JsonObject, child, is_object, items, text

DATA = sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*.zip"))
LISTS = ("items", "managedFields", "resources", "nodes", "conditions")
"""Lists whose order says nothing."""
KEPT = ("recording.json", "argocd/api/v1/applications.json")
"""Without these there is no recording."""
MOST_DROPS = 3
TIME = re.compile(r"(?<!\d)20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?=[.\d]*Z)")
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Told:
    """What an answer says of an application (safe to sync, effects and troubles) or a difference (the rest)."""

    safe: bool = False
    effects: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    side: str = ""
    remedy: str = ""


@pytest.mark.parametrize("recording", DATA, ids=lambda path: path.stem)
def test_what_says_the_same_is_answered_the_same(recording: Path, tmp_path: Path) -> None:
    """Another name of the application, another order of keys and lists, another year."""
    files, name = read(recording), recording.stem
    before, mixer = answer(files, tmp_path / "before.zip"), random.Random(name)
    mixed = in_json(files, lambda value: mix(value, mixer))
    assert told(answer(mixed, tmp_path / "mixed.zip")) == told(before)
    changes: tuple[Callable[[str], str], ...] = (earlier, lambda said: said.replace(name, "orchard-of-pears"))
    for number, change in enumerate(changes):
        after = answer(in_text(files, change), tmp_path / f"{number}.zip")
        assert told(after) == told(json.loads(change(json.dumps(before))))


@pytest.mark.parametrize("recording", DATA, ids=lambda path: path.stem)
def test_what_is_not_read_makes_no_answer_bolder(recording: Path, tmp_path: Path) -> None:
    """One file less, nothing of Kubernetes, no managed fields: no other cause, and nothing safe that was not."""
    files = read(recording)
    before, chooser = answer(files, tmp_path / "before.zip"), random.Random(recording.stem)
    gone = chooser.sample(sorted(set(files) - set(KEPT)), MOST_DROPS)
    lesser: list[Files] = [{n: content for n, content in files.items() if n != name} for name in gone]
    lesser.append({name: content for name, content in files.items() if not name.startswith("kubernetes/")})
    lesser.append(in_json(files, without_managers))
    for number, less in enumerate(lesser):
        bolder = list(bolder_than(told(before), told(answer(less, tmp_path / f"{number}.zip"))))
        assert not bolder, (gone[number : number + 1], bolder)


def read(recording: Path) -> Files:
    """The files of a recording, without git: its hashes cannot be said otherwise."""
    with zipfile.ZipFile(recording) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith(".bundle")}


def answer(files: Files, place: Path) -> Json:
    """What a scan of everything says of files."""
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    said = inside("scan", "--hidden", "--unmask", "--no-git", "-o", "json", "--from", place)
    assert said.out and not said.err, said
    found: Json = json.loads(said.out)
    return found


def told(whole: Json) -> dict[str, Told]:
    """What counts in an answer, by what it is about."""
    found: dict[str, Told] = {}
    for application in objects(items(whole, "applications")):
        name = text(application, "name")
        broken = (text(row, "object") + text(row, "line") for row in items(application, "unmasked"))
        found[name] = Told(child(application, "sync", "safe") is True, effects=(*sorted(effects(application)), *broken))
        for item in objects(items(application, "objects")):
            for difference in objects(items(item, "differences")):
                causes = tuple(text(row, "cause") for row in items(difference, "explanations"))
                remedy = text(difference, "remedy", "kind") + text(difference, "remedy", "where")
                place = (name, text(item, "id"), text(item, "namespace"), text(difference, "path"))
                found[" ".join(place)] = Told(causes=causes, side=text(difference, "side"), remedy=remedy)
    return found


def effects(application: JsonObject) -> Iterator[str]:
    """What a sync would do, without the words."""
    for row in objects(items(application, "sync", "effects")):
        paths = sorted(str(path) for path in items(row, "paths"))
        yield " ".join([text(row, "object"), text(row, "namespace"), text(row, "does"), str(row["safe"]), *paths])


def objects(found: Iterable[Json]) -> Iterator[JsonObject]:
    """The objects among values."""
    return (row for row in found if is_object(row))


def bolder_than(before: dict[str, Told], after: dict[str, Told]) -> Iterator[str]:
    """What an answer claims and the one that knows more does not."""
    for about, found in after.items():
        known = before.get(about, Told())
        if found.safe and not known.safe:
            yield f"{about}: safe"
        if found.causes and found.causes[0] not in known.causes:
            yield f"{about}: {found.causes[0]}, was {known.causes}"


def in_json(files: Files, change: Callable[[Json], Json]) -> Files:
    """Every JSON answer changed; those that are none stay."""
    return {
        name: json.dumps(change(json.loads(content))).encode() if name.endswith(".json") else content
        for name, content in files.items()
    }


def in_text(files: Files, change: Callable[[str], str]) -> Files:
    """Every name and content of a file changed."""
    return {change(name): change(content.decode()).encode() for name, content in files.items()}


def earlier(said: str) -> str:
    """All times of a text a year and some days earlier."""
    return TIME.sub(lambda at: (datetime.fromisoformat(at[0]) - timedelta(days=400)).isoformat(), said)


def mix(value: Json, mixer: random.Random, key: str = "") -> Json:
    """The same value with its keys, and the items of lists whose order says nothing, in another order.

    Inside of the states of an object the lists stay: Argo CD writes both of its own sides in one order.
    """
    if isinstance(value, dict):
        keys = mixer.sample(list(value), len(value))
        return {key: mix(value[key], mixer, key) for key in keys}
    if isinstance(value, list):
        mixed = [mix(item, mixer) for item in value]
        free = key in LISTS and all(is_object(item) and "key" not in item for item in mixed)
        return mixer.sample(mixed, len(mixed)) if free else mixed
    if isinstance(value, str) and key.endswith("State") and value.startswith("{"):
        state: Json = json.loads(value)
        return json.dumps(
            state if not is_object(state) else {k: state[k] for k in mixer.sample(list(state), len(state))}
        )
    return value


def without_managers(value: Json, key: str = "") -> Json:
    """A value that does not say who wrote what."""
    if isinstance(value, dict):
        return {name: without_managers(part, name) for name, part in value.items() if name != "managedFields"}
    if isinstance(value, list):
        return [without_managers(item) for item in value]
    if isinstance(value, str) and key.endswith("State") and value.startswith("{"):
        return json.dumps(without_managers(json.loads(value)))
    return value
