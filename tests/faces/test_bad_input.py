"""Bad input: one clear line, the right exit code, never a traceback; nothing that was not read is called clean."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faces.command import Said, forked, inside, lines_of
from tests.fleet_builder import APPLICATION, LIST, MANAGED, App, Fleet, changed, clean, config_map, deployment, scaled
from whydrift.core.model.values import Json, JsonObject

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("ls",),
    ("scan",),
    ("explain", "shop"),
    ("scan", "-o", "json"),
    ("scan", "-o", "md"),
)
SHOP = MANAGED.format(name="shop")
DEEP = b'{"items":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda good: good[: len(good) // 2],
    "empty": lambda good: b"",
    "html": lambda good: b"<html><body>502 Bad Gateway</body></html>",
    "items-3": lambda good: b'{"items": 3}',
    "items-strings": lambda good: b'{"items": ["a", "b"]}',
    "items-null-rows": lambda good: b'{"items": [null]}',
    "a-list": lambda good: b"[]",
    "a-number": lambda good: b"7",
    "deep": lambda good: DEEP,
    "not-utf8": lambda good: good.replace(b"shop", b"sh\xff\xfep"),
    "nan": lambda good: b'{"items": NaN}',
}


def one_line(said: Said, code: int) -> bool:
    """Whether it ended as it should, with at most one line on stderr."""
    return said.code == code and len(lines_of(said.err)) == (code == 2) and "Traceback" not in said.everything


def not_clean(said: Said) -> bool:
    """Whether it says that something was not read, and nothing that calls it clean."""
    told = "not_read" in said.out or "notRead" in said.out or "NOT read" in said.out or "not read" in said.out.lower()
    return told and "nothing differs" not in said.out and "all Synced" not in said.out


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_broken_list_ends_everything_in_one_line(tmp_path: Path, name: str, command: tuple[str, ...]) -> None:
    """Without the list of applications nothing can be said: 2 (an empty list of nothing is said to be empty)."""
    fleet = Fleet([scaled()])
    folder = Fleet([scaled()], {LIST: BROKEN[name](fleet.content()[LIST])}).folder(tmp_path)
    said = inside(*command, "--from", folder)
    assert one_line(said, 2) and said.err.startswith("error: ")


@pytest.mark.parametrize("name", [*BROKEN, "missing", "403"])
def test_broken_managed_resources_are_not_read_not_clean(tmp_path: Path, name: str) -> None:
    """One application is not read: 3, and it is said first; the others are answered."""
    content = Fleet([scaled()]).content()[SHOP]
    bent: dict[str, Json | bytes] = {SHOP: None}
    if name == "403":
        bent[f"{SHOP}.403"] = {"error": "permission denied: applications, get, default/shop", "code": 7}
    elif name != "missing":
        bent[SHOP] = BROKEN[name](content)
    folder = Fleet([scaled(), clean()], bent).folder(tmp_path)
    for command in COMMANDS[1:]:
        said = inside(*command, "--from", folder)
        assert said.code in (1, 3) and not said.err and not_clean(said), said


def test_an_application_that_vanished_meanwhile_is_not_read(tmp_path: Path) -> None:
    """Argo CD answers 404 (or 403) for what was listed a moment ago."""
    gone: dict[str, Json | bytes] = {
        SHOP: None,
        f"{SHOP}.404": {"error": 'applications.argoproj.io "shop" not found', "code": 5},
    }
    said = inside("scan", "--from", Fleet([scaled(), clean()], gone).folder(tmp_path))
    assert said.code in (1, 3) and not_clean(said) and "not found" in said.out


STATES: tuple[Json, ...] = (5, True, [], {}, "", "5", "[]", "null", '"x"', "{", "{}", '{"spec":5}', '{"metadata":[]}')


@pytest.mark.parametrize("side", ["liveState", "targetState", "normalizedLiveState", "predictedLiveState"])
@pytest.mark.parametrize("state", STATES, ids=repr)
def test_states_of_any_type_end_well(tmp_path: Path, state: Json, side: str) -> None:
    """Whatever stands where an object's state should."""
    managed = scaled().managed()
    assert isinstance(managed["items"], list) and isinstance(managed["items"][0], dict)
    managed["items"][0][side] = state
    said = inside("scan", "--from", Fleet([scaled()], {SHOP: managed}).folder(tmp_path))
    assert said.code in (1, 3) and not said.err, said


ROWS: tuple[Json, ...] = (5, ["a"], [None], [5], [[]], [{"kind": 5}], [{"status": {}}], {"a": 1}, "x")


@pytest.mark.parametrize("rows", ROWS, ids=repr)
@pytest.mark.parametrize(
    "where", ["status/resources", "status/sync", "metadata/labels", "spec/source", "status/conditions"]
)
def test_applications_of_any_shape_end_well(tmp_path: Path, rows: Json, where: str) -> None:
    """Rows that are strings, a sync that is a list: one line, or an answer that calls nothing clean."""
    resource = changed(changed(scaled().resource(), "metadata/labels", {}), where, rows)
    folder = Fleet([scaled()], {LIST: {"items": [resource]}}).folder(tmp_path)
    for command in COMMANDS:
        said = inside(*command, "--from", folder)
        assert said.code in (1, 2, 3) and len(lines_of(said.err)) == (said.code == 2), said


NUMBERS = (
    ("18446744073709551616", "18446744073709551617"),
    ("1" + "0" * 400, "1" + "0" * 399 + "1"),
    ("9223372036854775807", "9223372036854775808"),
    ("0.1", "0.10000001"),
)


@pytest.mark.parametrize(("one", "two"), NUMBERS)
def test_enormous_numbers_are_not_equal_by_accident(tmp_path: Path, one: str, two: str) -> None:
    """What differs in the 20th digit differs; it is told as JSON that every reader takes."""
    pair = (changed(config_map(), "data", {"n": "N"}), changed(config_map(), "data", {"n": "M"}))
    managed = json.dumps(App("shop", [pair]).managed()).replace('\\"N\\"', one).replace('\\"M\\"', two)
    folder = Fleet([App("shop", [pair])], {SHOP: managed.encode()}).folder(tmp_path)
    said = inside("scan", "--from", folder, "-o", "json")
    assert said.code in (1, 3) and json.loads(said.out)["summary"]["fields"] == 1
    assert "Infinity" not in said.out and "NaN" not in said.out


@pytest.mark.parametrize("number", ["1e400", "-1e999", "NaN", "Infinity", "1" * 5000])
def test_numbers_that_are_none_are_not_read(tmp_path: Path, number: str) -> None:
    """Go refuses them; so does whydrift, for that application only."""
    pair = (changed(config_map(), "data", {"n": "N"}), changed(config_map(), "data", {"n": "N"}))
    red = (deployment(), deployment(replicas=5))
    managed = json.dumps(App("shop", [pair, red]).managed()).replace('\\"N\\"', number)
    said = inside(
        "scan", "--hidden", "--from", Fleet([App("shop", [pair, red])], {SHOP: managed.encode()}).folder(tmp_path)
    )
    assert said.code in (1, 3) and not said.err and ("not read" in said.out.lower() or "1 field" in said.out)


def test_lone_surrogates_and_large_texts(tmp_path: Path) -> None:
    """Half an emoji in a value; 5 MB in a ConfigMap, and half of one in each format."""
    for output, size in (("json", 5_000_000), *((name, 500_000) for name in ("text", "tsv", "md", "jsonl"))):
        pair = (config_map(a="x", big="y" * size), config_map(a="\ud83d", big="z" * size))
        folder = Fleet([App("shop", [pair])]).folder(tmp_path / output)
        said = inside("scan", "--from", folder, "-o", output)
        assert said.code in (1, 3) and not said.err and "Traceback" not in said.out


def bomb(place: Path) -> None:
    """Zeros, packed a thousandfold: the first of ten gigabytes."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(LIST, "w", force_zip64=True) as out:
        block = bytes(2**20)
        for _ in range(200):
            out.write(block)


def named(name: str) -> Callable[[Path], None]:
    """An archive that holds a file of that name."""

    def make(place: Path) -> None:
        Fleet([scaled()], {name: b"x"}).zip(place)

    return make


def linked(place: Path) -> None:
    """An archive that holds a symbolic link."""
    Fleet([scaled()]).zip(place)
    with zipfile.ZipFile(place, "a") as archive:
        entry = zipfile.ZipInfo("argocd/link.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")


def doubled(place: Path) -> None:
    """An archive with one name twice."""
    Fleet([scaled()]).zip(place)
    with pytest.warns(UserWarning), zipfile.ZipFile(place, "a") as archive:
        archive.writestr(LIST, b'{"items": []}')


def lying(place: Path) -> None:
    """An archive with a byte changed in the middle."""
    Fleet([scaled()]).zip(place)
    content = bytearray(place.read_bytes())
    content[60:90] = bytes(30)
    place.write_bytes(bytes(content))


ARCHIVES: dict[str, Callable[[Path], object]] = {
    "bomb": bomb,
    "parent": named("../evil.json"),
    "inside-parent": named("argocd/../../evil.json"),
    "absolute": named("/etc/evil.json"),
    "backslash": named("argocd\\evil.json"),
    "link": linked,
    "twice": doubled,
    "changed": lying,
    "no-zip": lambda place: place.write_bytes(b"hello"),
    "nothing": lambda place: place.write_bytes(b""),
    "cut": lambda place: place.write_bytes(Fleet([scaled()]).zip(place).read_bytes()[:-40]),
    "no-recording": lambda place: zipfile.ZipFile(place, "w").close(),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_that_are_not_to_be_trusted(tmp_path: Path, name: str) -> None:
    """Refused in one line; nothing is written anywhere."""
    place = tmp_path / "fleet.zip"
    ARCHIVES[name](place)
    for command in (("ls",), ("scan",)):
        assert one_line(inside(*command, "--from", place), 2)
    assert [path.name for path in tmp_path.iterdir()] == ["fleet.zip"]


def test_folders_that_are_not_to_be_trusted(tmp_path: Path) -> None:
    """Links that lead out, an empty folder, files that cannot be read, folders where files should be."""
    assert one_line(inside("scan", "--from", tmp_path), 2)
    out = Fleet([scaled()]).folder(tmp_path / "out")
    outside = tmp_path / "outside.json"
    (out / SHOP).rename(outside)
    (out / SHOP).symlink_to(outside)
    assert one_line(inside("scan", "--from", out), 3)
    (out / LIST).rename(tmp_path / "list.json")
    (out / LIST).symlink_to(tmp_path / "list.json")
    assert one_line(inside("ls", "--from", out), 2)
    (out / LIST).unlink()
    (out / LIST).mkdir()
    assert one_line(inside("scan", "--from", out), 2)


@pytest.mark.skipif(not Path("/usr/bin/setpriv").exists(), reason="setpriv gives up root's right to read everything")
def test_files_that_may_not_be_read(tmp_path: Path) -> None:
    """Permissions: one application is not read; without the list nothing is."""
    folder = Fleet([scaled(), clean()]).folder(tmp_path / "fleet")
    for path, code in ((folder / SHOP, 3), (folder / LIST, 2)):
        path.chmod(0)
        prefix = (
            ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--ambient-caps=-all"] if os.geteuid() == 0 else []
        )
        command = [*prefix, sys.executable, "-m", "whydrift", "scan", "--from", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == code and len(lines_of(done.stderr)) == (code == 2), done


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"5",
        b'{"instances": 5}',
        b'{"instances": [5]}',
        b'{"clusters": {}}',
        DEEP,
        b'{"notRead": "x"}',
        b'{"schema": "whydrift.recording/2"}',
    ],
)
def test_a_recordings_own_page_is_checked(tmp_path: Path, content: bytes) -> None:
    """recording.json of any shape: one line."""
    said = inside("scan", "--from", Fleet([scaled()], {"recording.json": content}).folder(tmp_path))
    assert one_line(said, 2) and "recording.json" in said.err


CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
HOSTILE = (
    "../../etc/passwd", "\x1b[31mred\x1b[0m\x1b]0;title\x07", "\u202egnp.exe", "=cmd|' /C calc'!A0", "+1", "@SUM(A1)",
    "a|b`c`<script>x</script>", "@everyone", "a\nb\r\nc\td", "[x](http://evil)", "--help", "-o", "\x00", "x" * 5000,
    "#1", "![i](x)", "{{7*7}}", "%s%n", "\u2028", "&lt;", "~~~", "'", '"',
)  # fmt: skip
OUTPUTS = (
    ("ls",),
    ("ls", "--wide", "--all"),
    ("ls", "--count"),
    *(("scan", "-o", o) for o in ("text", "json", "jsonl", "md", "tsv")),
)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_do_no_harm(tmp_path: Path, name: str) -> None:
    """In the name of an application, an object, a key, a value, a condition: spelled out, escaped, on one line."""
    target: JsonObject = config_map(name, name, **{name: "1"})
    live = changed(target, "data", {name: name})
    app = App(name, [(target, live)], status={"conditions": [{"type": "ComparisonError", "message": name}]})
    folder = (
        Fleet([app]).folder(tmp_path)
        if len(name) < 100
        else Fleet([app], {APPLICATION.format(name=name): None, MANAGED.format(name=name): None}).folder(tmp_path)
    )
    for command in OUTPUTS:
        said = inside(*command, "--from", folder)
        assert said.code in (1, 3) and not said.err, said
        document = command[-1] in ("json", "jsonl")  # escapes what JSON must; what reads it shows it
        assert document or not set(said.out) & set("\x1b\x07\x00\r\u202e\u2028"), said.out
        if command[-1] == "tsv" or command[0] == "ls":
            cells = [cell for line in said.out.splitlines() for cell in line.split("\t")]
            assert not [cell for cell in cells if cell[:1] in ("=", "+", "@") or (cell[:1] == "-" and len(cell) > 1)]
            assert len({line.count("\t") for line in said.out.splitlines()}) == 1
        if command[-1] == "md":
            assert not re.search(r"(?<!\\)<script|(?<!\\)@everyone|(?<!\\)\]\(http", CODE.sub("", said.out))


def test_hostile_names_on_the_command_line() -> None:
    """What a person (or a script) passes comes back in one harmless line."""
    said = forked("explain", "x\x1b[31m\ny", "--from", "demo")
    assert one_line(said, 2) and "\x1b" not in said.err


def test_missing_facts_of_the_fleet_are_gaps(tmp_path: Path) -> None:
    """Settings, projects, version, can-i: malformed or refused, the answer stands and says what is missing."""
    for broken in (b"{", b"5", b"null", None):
        bent = dict.fromkeys(("argocd/api/v1/settings.json", "argocd/api/v1/projects.json"), broken)
        said = inside("scan", "--from", Fleet([scaled(), clean()], bent).folder(tmp_path / str(broken)))
        assert said.code in (1, 3) and not said.err, said
