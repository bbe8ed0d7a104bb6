"""Settings: environment over file over defaults, and errors that name the file and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from whydrift.core.model.people import Writer
from whydrift.errors import UsageError
from whydrift.settings import read_settings

FULL = """
renders = 3
cache = "clones"

[managers]
controllers = ["shop-operator*"]
people = ["jo", "deploy-bot"]
pipelines = ["spinnaker"]

[repos]
"https://git.example.com/apps.git" = "checkouts/apps"
"""


def test_defaults_need_no_file(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path, tmp_path)
    assert settings.renders == 2
    assert settings.repos == {}
    assert settings.cache == tmp_path / ".cache" / "whydrift"
    assert read_settings({"XDG_CACHE_HOME": "/c"}, tmp_path, tmp_path).cache == Path("/c/whydrift")
    assert settings.state == tmp_path / ".local" / "state" / "whydrift"
    assert read_settings({"XDG_STATE_HOME": "/s"}, tmp_path, tmp_path).state == Path("/s/whydrift")
    assert read_settings({"WHYDRIFT_STATE": "kept"}, tmp_path, tmp_path).state == tmp_path / "kept"


def test_reads_the_file_of_the_folder_and_takes_its_paths_from_there(tmp_path: Path) -> None:
    (tmp_path / "whydrift.toml").write_text(FULL)
    settings = read_settings({}, tmp_path / "home", tmp_path)
    assert settings.renders == 3
    assert settings.cache == tmp_path / "clones"
    assert settings.repos == {"https://git.example.com/apps.git": tmp_path / "checkouts" / "apps"}
    named = {"shop-operator-2": Writer.CONTROLLER, "deploy-bot": Writer.PERSON, "spinnaker": Writer.PIPELINE}
    assert {name: settings.people.writer(name) for name in named} == named


def test_the_folder_wins_over_the_home_and_a_named_file_over_both(tmp_path: Path) -> None:
    own = tmp_path / "home" / ".config" / "whydrift"
    own.mkdir(parents=True)
    (own / "whydrift.toml").write_text("renders = 1")
    assert read_settings({}, tmp_path / "home", tmp_path).renders == 1
    (tmp_path / "whydrift.toml").write_text("renders = 4")
    assert read_settings({}, tmp_path / "home", tmp_path).renders == 4
    (tmp_path / "other.toml").write_text("renders = 5")
    assert read_settings({"WHYDRIFT_CONFIG": str(tmp_path / "other.toml")}, tmp_path / "home", tmp_path).renders == 5


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "whydrift.toml").write_text(FULL)
    environ = {"WHYDRIFT_MANAGERS_PEOPLE": "sam, kim-*", "WHYDRIFT_CACHE": str(tmp_path / "elsewhere")}
    settings = read_settings(environ, tmp_path, tmp_path)
    assert settings.people.people == ("sam", "kim-*")
    assert settings.people.controllers == ("shop-operator*",)
    assert settings.cache == tmp_path / "elsewhere"
    assert read_settings({"WHYDRIFT_MANAGERS_PEOPLE": ""}, tmp_path, tmp_path).people.people == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[managers]\ncontroller = ['x']", "unknown key `controller` in managers"),
        ("render = 2", "unknown key `render`"),
        ("[managers]\npeople = 'jo'", "expected `array`, got `str` in managers.people"),
        ("[managers]\npeople = ['jo', 3]", "expected `str`, got `int` in managers.people[1]"),
        ("renders = 99", "expected `int` <= 16 in renders"),
        ("[repos]\nx = 1", "expected `str`, got `int` in repos[...]"),
        ("server = 'argocd.example.com'", "unknown key `server`"),
        ("[managers", "not TOML"),
        ("x = 1\nx = 2", "not TOML"),
    ],
)
def test_names_the_file_and_the_key_that_is_wrong(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "whydrift.toml").write_text(content)
    with pytest.raises(UsageError) as raised:
        read_settings({}, tmp_path, tmp_path)
    assert str(raised.value).startswith(f"{tmp_path / 'whydrift.toml'}: ")
    assert says in str(raised.value)


def test_says_what_is_wrong_with_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "whydrift.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_settings({}, tmp_path, tmp_path)
    with pytest.raises(UsageError, match="No such file"):
        read_settings({"WHYDRIFT_CONFIG": str(tmp_path / "gone.toml")}, tmp_path, tmp_path)


def test_where_metrics_are_read_is_the_users_own_word(tmp_path: Path) -> None:
    """A file that happens to lie in the folder must not send anybody's requests somewhere."""
    own = tmp_path / "home" / ".config" / "whydrift"
    own.mkdir(parents=True)
    (own / "whydrift.toml").write_text('prometheus = "http://prometheus:9090"')
    assert read_settings({}, tmp_path / "home", tmp_path).prometheus == "http://prometheus:9090"
    (tmp_path / "whydrift.toml").write_text('prometheus = "http://elsewhere"')
    with pytest.raises(UsageError, match="prometheus"):
        read_settings({}, tmp_path / "home", tmp_path)
