"""All followers over one living fleet: what is there, what changes, and what ends a stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from tests.adapters.kubernetes.clusters import kubeconfig, source
from tests.fleet_builder import Fleet, clean, scaled
from tests.replay import Fault, Replay

from whydrift.adapters.argocd import ArgocdOptions, connect
from whydrift.adapters.argocd.follow import ArgocdFollower
from whydrift.adapters.kubernetes import follow
from whydrift.adapters.kubernetes.follow import KubernetesFollower
from whydrift.core.model.values import JsonObject, mapping
from whydrift.ports.watching import (
    AppChange,
    ApplicationChanged,
    ApplicationDeleted,
    Follower,
    StreamBroke,
    StreamStands,
)

TOKEN = "token-of-the-cluster"
PATIENCE, MOMENT = 90.0, 1.0
"""Seconds: for what shall come, and for what shall not."""


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[Replay]:
    with Replay(Fleet([scaled(), clean()]).folder(tmp_path / "fleet"), living=True) as server:
        assert server.living is not None
        server.living.bookmark_every = 0.3
        yield server


WAYS = ("kubernetes", "namespaces", "argocd")


def follower(way: str, replay: Replay, folder: Path, *namespaces: str) -> Follower:
    """One of the three."""
    if way == "argocd":
        options = ArgocdOptions(server=replay.host, plaintext=True, auth_token="t")
        return ArgocdFollower({"": connect(options, {}, folder)})

    async def home(instance: str) -> str | None:
        return ""

    async def known(instance: str) -> tuple[str, ...]:
        return namespaces or ("argocd",)

    clusters = source(kubeconfig(folder / "kubeconfig", replay.kubernetes_url))
    return KubernetesFollower(clusters, home, known if way == "namespaces" else None)


def heard(
    following: Follower, since: str, *scene: object, until: Callable[[list[AppChange]], object] = lambda changes: False
) -> list[AppChange]:
    """What a follower tells, up to its end or to where it is enough, and a moment more; PATIENCE at most.

    A scene is played when it told what is there: one action after each 0.3 s.
    """
    found: list[AppChange] = []

    async def listen() -> None:
        async with aclosing(following.follow("", since)) as changes:
            async for change in changes:
                found.append(change)
                if isinstance(change, StreamBroke):
                    return

    async def play() -> None:
        listening = asyncio.create_task(asyncio.wait_for(listen(), PATIENCE))
        if scene:
            await wait(listening, lambda: len(named(found)) >= 2)
        for action in scene:
            await asyncio.sleep(0.3)
            assert callable(action)
            await asyncio.to_thread(action)
        await wait(listening, lambda: until(found))
        await asyncio.wait([listening], timeout=MOMENT)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

    asyncio.run(play())
    return found


async def wait(listening: asyncio.Task[None], enough: Callable[[], object]) -> None:
    """Wait until what was heard is enough, or no more will come."""
    while not (listening.done() or enough()):
        await asyncio.sleep(0.02)


def told_of(*names: str) -> Callable[[list[AppChange]], bool]:
    """Whether all of these applications were told of, and then where the stream stands."""

    def told(changes: list[AppChange]) -> bool:
        return set(names) <= set(named(changes)) and isinstance(changes[-1], StreamStands)

    return told


def named(changes: list[AppChange]) -> list[str]:
    """The names of the applications that were told of."""
    return [c.name.name for c in changes if isinstance(c, ApplicationChanged | ApplicationDeleted)]


@pytest.mark.parametrize("way", WAYS)
def test_tells_what_is_there_and_then_what_changes(way: str, replay: Replay, tmp_path: Path) -> None:
    living = replay.living
    assert living is not None
    scene = (
        lambda: living.touch("argocd", "calm", reconciledAt="2026-11-20T12:00:00Z"),
        lambda: living.delete("argocd", "shop"),
        living.cut,
    )
    found = heard(follower(way, replay, tmp_path), "", *scene)
    assert named(found) == ["shop", "calm", "calm", "shop"]
    assert isinstance(found[-1], StreamBroke) and not found[-1].stale and not found[-1].refused
    deleted = next(change for change in found if isinstance(change, ApplicationDeleted))
    assert str(deleted.name) == "argocd/shop"
    versions = [change.version for change in found if isinstance(change, ApplicationChanged)]
    assert versions[2] == str(living.version - 1), "the version that the Application has"


def test_kubernetes_goes_on_where_it_stood(replay: Replay, tmp_path: Path) -> None:
    living, following = replay.living, follower("kubernetes", replay, tmp_path)
    assert living is not None
    found = heard(following, "", until=told_of("shop", "calm"))
    first = [change for change in found if isinstance(change, ApplicationChanged)]
    assert {change.since for change in first} == {""}, "what is there comes in no order: no place to go on from"
    stands = [change.since for change in found if isinstance(change, StreamStands)][-1]
    living.touch("argocd", "calm", reconciledAt="2026-11-20T12:00:00Z")
    again = heard(following, stands, until=told_of("calm"))
    assert again[0] == StreamStands(stands)
    changed = [change for change in again if isinstance(change, ApplicationChanged)]
    assert [change.name.name for change in changed] == ["calm"]
    assert changed[0].since == changed[0].version == str(living.version)
    assert b'"calm"' in changed[0].content
    living.compact()
    assert heard(following, stands)[-1] == StreamBroke("too old resource version", stale=True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("fault", "stale", "refused"),
    [
        ("403", False, True),
        ("404", False, True),
        ("410", True, False),
        ("401", False, False),
        ("500", False, False),
        ("503", False, False),
        ("reset", False, False),
        ("hangup", False, False),
        ("html", False, False),
        ("redirect:https://sso.example.com/a", False, False),
    ],
)
def test_says_how_a_stream_is_refused(
    way: str, fault: str, stale: bool, refused: bool, replay: Replay, tmp_path: Path
) -> None:
    replay.faults = [Fault.parse(f"*watch=1*={fault}"), Fault.parse(f"/api/v1/stream/*={fault}")]
    broke = heard(follower(way, replay, tmp_path), "argocd=7" if way == "namespaces" else "7")[-1]
    assert isinstance(broke, StreamBroke) and broke.why
    assert (broke.stale, broke.refused) == (stale and way != "argocd", refused)
    assert TOKEN not in broke.why


def test_kubernetes_gives_up_a_watch_that_says_nothing(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert replay.living is not None
    monkeypatch.setattr(follow, "SILENCE", 0.5)
    replay.living.silent = True
    broke = heard(follower("kubernetes", replay, tmp_path), str(replay.living.version))[-1]
    assert isinstance(broke, StreamBroke) and "did not answer in time" in broke.why


def elsewhere(replay: Replay, name: str, namespace: str) -> JsonObject:
    """An Application in another namespace."""
    assert replay.living is not None
    copied = replay.living.applications["argocd", "calm"]
    return {**copied, "metadata": {**mapping(copied, "metadata"), "name": name, "namespace": namespace, "uid": name}}


def test_namespaces_are_watched_one_by_one_and_go_on_together(replay: Replay, tmp_path: Path) -> None:
    living, following = replay.living, follower("namespaces", replay, tmp_path, "argocd", "teams")
    assert living is not None
    living.put(elsewhere(replay, "blog", "teams"))
    living.put(elsewhere(replay, "secret", "others"))

    def is_at_the_end(changes: list[AppChange]) -> bool:
        return bool(changes) and changes[-1] == StreamStands(f"argocd={living.version},teams={living.version}")

    found = heard(following, "", until=is_at_the_end)
    assert set(named(found)) == {"shop", "calm", "blog"}, "nothing of other namespaces is asked for"
    assert {c.since for c in found if isinstance(c, ApplicationChanged)} == {""}
    stands = [change.since for change in found if isinstance(change, StreamStands)][-1]
    assert stands == f"argocd={living.version},teams={living.version}"
    living.touch("teams", "blog", reconciledAt="2026-11-20T12:00:00Z")
    living.touch("argocd", "calm", reconciledAt="2026-11-20T12:00:00Z")
    again = heard(following, stands, until=is_at_the_end)
    assert sorted(named(again)) == ["blog", "calm"]
    assert is_at_the_end(again)


def test_a_namespace_that_may_not_be_watched_ends_all(replay: Replay, tmp_path: Path) -> None:
    replay.faults = [Fault.parse("*/namespaces/teams/applications*=403")]
    broke = heard(follower("namespaces", replay, tmp_path, "argocd", "teams"), "")[-1]
    assert isinstance(broke, StreamBroke) and broke.refused and "namespace teams" in broke.why


def test_a_place_is_that_of_one_way_only(replay: Replay, tmp_path: Path) -> None:
    places = ("", "7", "argocd=7", "argocd=7,teams=9")
    continued = [[follower(way, replay, tmp_path).continues(place) for place in places] for way in WAYS]
    assert continued == [[False, True, False, False], [False, False, True, True], [False] * 4]


def test_argocd_is_asked_for_names_and_versions_only(replay: Replay, tmp_path: Path) -> None:
    heard(follower("argocd", replay, tmp_path), "", until=lambda changes: len(named(changes)) == 2)
    assert replay.living is not None
    assert replay.living.bytes < 2 * 200
