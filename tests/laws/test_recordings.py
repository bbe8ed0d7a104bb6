"""Recordings: what is recorded answers as its source did, folder and .zip alike; broken ones call nothing clean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faces.command import Said, inside, lines_of
from tests.fleet_builder import LIST, MANAGED, App, Fleet, clean, config_map, scaled
from whydrift.core.model.values import Json, JsonObject

DATA = sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*.zip"))
ROUNDS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
STRANGE: tuple[Json, ...] = (
    None,
    5,
    -1,
    1e300,
    True,
    "",
    "x",
    "\u202e\x1b[0m",
    [],
    [None],
    [5],
    {},
    {"a": {"b": []}},
    "{}",
    "null",
)


def built(place: Path) -> Path:
    """A small fleet of our own."""
    return Fleet([scaled(), clean()]).folder(place / "built")


@pytest.mark.parametrize("name", ["built", *(path.name for path in DATA)])
def test_a_recording_answers_as_its_source(tmp_path: Path, name: str) -> None:
    """Of a recording, of the recording of it, as folder and as .zip, where git is no part of it."""
    source = built(tmp_path) if name == "built" else next(path for path in DATA if path.name == name)
    once, packed, again = tmp_path / "once", tmp_path / "once.zip", tmp_path / "again"
    for output, given_ in ((once, source), (packed, source), (again, once)):
        said = inside("record", "-o", output, "--no-git", "--from", given_)
        assert said.code == 0, said
    expected = answer(source)
    assert answer(once) == expected
    assert answer(packed) == expected
    assert answer(again) == expected


def answer(place: Path) -> Json:
    """What a scan of everything says, what was read aside, without git: a recording holds the APIs' answers."""
    said = inside("scan", "--hidden", "--no-git", "-o", "json", "--from", place)
    assert not said.err, said.err
    whole = json.loads(said.out)
    return {
        "summary": whole["summary"],
        "applications": sorted(whole["applications"], key=lambda one: str(one["name"])),
    }


@ROUNDS
@given(st.data())
def test_bent_recordings_end_well(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A key dropped, a type swapped, bytes cut or changed in any answer: 0, 1, 2 or 3, one line, no false clean."""
    fleet = Fleet([scaled(), clean()])
    content = fleet.content()
    name = data.draw(st.sampled_from(sorted(content)))
    bent = data.draw(st.one_of(bytes_bent(content[name]), value_bent(json.loads(content[name]))))
    folder = Fleet([scaled(), clean()], {name: bent}).folder(tmp_path_factory.mktemp("bent"))
    for words in (("ls",), ("scan", "-o", "json"), ("explain", "shop"), ("scan", "-o", "md")):
        said = inside(*words, "--from", folder)
        ended_well(said)
        if name == MANAGED.format(name="shop") and said.code in (0, 3) and words[0] != "ls":
            assert "nothing differs: Argo CD says" not in said.out or readable(bent)


def ended_well(said: Said) -> None:
    """The exit code is one that we name, and an error is one line that is no accident."""
    assert said.code in (0, 1, 2, 3) and "Traceback" not in said.everything
    assert len(lines_of(said.err)) == (said.code == 2), said.err
    assert "did not expect" not in said.err, said.err


def readable(content: bytes) -> bool:
    """Whether an answer is JSON with a list of items."""
    try:
        value = json.loads(content)
    except ValueError:
        return False
    return isinstance(value, dict) and isinstance(value.get("items"), list)


def bytes_bent(content: bytes) -> st.SearchStrategy[bytes]:
    """Cut, or one byte changed."""
    place = st.integers(0, len(content) - 1)
    cut = place.map(lambda at: content[:at])
    flipped = st.tuples(place, st.integers(0, 255)).map(
        lambda one: content[: one[0]] + bytes([one[1]]) + content[one[0] + 1 :]
    )
    return cut | flipped


@st.composite
def value_bent(draw: st.DrawFn, value: Json) -> bytes:
    """One place of a value, or of the JSON inside its texts, dropped or replaced."""
    return json.dumps(bend(draw, value)).encode()


def bend(draw: st.DrawFn, value: Json) -> Json:
    """Go down to a random place and change it there."""
    inner = embedded(value)
    if inner is not None and draw(st.integers(0, 5)):
        return json.dumps(bend(draw, inner))
    if isinstance(value, dict) and value and draw(st.integers(0, 6)):
        key = draw(st.sampled_from(sorted(value)))
        if not draw(st.integers(0, 5)):
            return {name: part for name, part in value.items() if name != key}
        return {**value, key: bend(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 6)):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], bend(draw, value[at]), *value[at + 1 :]]
    return draw(st.sampled_from(STRANGE))


def embedded(value: Json) -> JsonObject | None:
    """The object inside a text."""
    try:
        parsed = json.loads(value) if isinstance(value, str) and value[:1] == "{" else None
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def test_equal_values_stay_equal_across_a_resumed_recording(tmp_path: Path) -> None:
    """The first run stops at a broken disk; the second one masks as the first did."""
    pair = (config_map(password="same"), config_map(password="same", other="x"))
    source = Fleet([App("shop", [pair])]).folder(tmp_path / "source")
    out = tmp_path / "out"
    blocker = out / "argocd" / "api" / "v1" / "settings.json"
    blocker.mkdir(parents=True)
    (out / ".key.part").write_bytes(b"0" * 16)
    assert inside("record", "-o", out, "--from", source).code == 2
    blocker.rmdir()
    assert inside("record", "-o", out, "--from", source).code == 0
    assert (out / LIST).is_file()
    assert answer(out) == answer(source)
