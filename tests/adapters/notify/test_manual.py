"""The manual of notifications keeps its word: its settings are settings, and its receiver tells true from forged."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.adapters.notify.messages import notice
from tests.receivers import Got, Receiver
from tests.serving import serving

from whydrift.adapters.notify import open_notifier
from whydrift.core.model.finding import ApplicationName, What
from whydrift.settings import read_settings
from whydrift.settings.routes import route_of
from whydrift.wiring.telling import channel_of, telling_of

MANUAL = (Path(__file__).parents[3] / "docs" / "notifications.md").read_text()
IsGenuine = Callable[[Mapping[str, str], bytes, str, set[str]], bool]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", blocks("toml"), ids=lambda block: re.findall('to = "(.*?)"', block)[0])
def test_every_example_can_be_used(block: str, tmp_path: Path) -> None:
    file = tmp_path / "whydrift.toml"
    file.write_text(block.replace("file:/run/secrets/", f"file:{tmp_path}/"))
    for name, secret in (("mail", "mailtos://user:pass@mail.example.com?to=ops@example.com"), ("gitlab", "token")):
        (tmp_path / name).write_text(f"{secret}\n")
    environ = {"WHYDRIFT_CONFIG": str(file), "SLACK": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#drift"}
    environ |= {"ISSUES_TOKEN": "token", "HOOK_SECRET": "secret"}
    settings = read_settings(environ, tmp_path, tmp_path)
    assert settings.routes
    for stated in settings.routes:
        assert channel_of(stated, environ).route == route_of(stated)
    assert telling_of(settings).titles


def test_messages_link_to_the_page(tmp_path: Path) -> None:
    (tmp_path / "whydrift.toml").write_text('[serve]\nbase_url = "https://drift.example/page/"\n')
    environ = {"WHYDRIFT_CONFIG": str(tmp_path / "whydrift.toml")}
    shop = ApplicationName("", "argocd", "shop?")
    stated = telling_of(read_settings(environ, tmp_path, tmp_path))
    assert stated.link(shop) == "https://drift.example/page/apps/-/argocd/shop%3F"
    moved = telling_of(read_settings({**environ, "WHYDRIFT_BASE_URL": "https://x"}, tmp_path, tmp_path))
    assert moved.link(shop) == "https://x/apps/-/argocd/shop%3F"
    assert telling_of(read_settings({}, tmp_path, Path("/"))).link(shop) == ""


def test_who_keeps_a_state_is_told_all_that_changes_it(tmp_path: Path) -> None:
    file = tmp_path / "whydrift.toml"
    file.write_text("\n".join(blocks("toml")))
    routes = read_settings({"WHYDRIFT_CONFIG": str(file)}, tmp_path, tmp_path).routes
    told = {stated.name: route_of(stated) for stated in routes}
    assert all(told[name].events == frozenset(What) and told[name].apart for name in ("alerts", "issues"))
    assert not told["log"].apart and not told["slack"].apart, "comments on one issue are messages like others"
    assert told["alerts"].remind and not told["issues"].remind


@pytest.fixture
def got() -> Iterator[Got]:
    with serving(Receiver()) as receiver:
        asyncio.run(open_notifier("webhook", receiver.url, "secret", "", "", {}).send(notice()))
        yield receiver.taken[0]


def test_the_receiver_of_the_manual_takes_what_is_genuine_once(got: Got) -> None:
    (code,) = blocks("python")
    names: dict[str, IsGenuine] = {}
    exec(compile(code, "docs/notifications.md", "exec"), names)
    is_genuine = names["is_genuine"]
    assert is_genuine(got.headers, got.content, "secret", set())
    assert not is_genuine(got.headers, got.content + b" ", "secret", set())
    assert not is_genuine(got.headers, got.content, "other", set())
    old = {**got.headers, "X-Whydrift-Timestamp": str(int(got.headers["X-Whydrift-Timestamp"]) - 1)}
    assert not is_genuine(old, got.content, "secret", set())
    seen: set[str] = set()
    assert [is_genuine(got.headers, got.content, "secret", seen) for _ in range(2)] == [True, False]
