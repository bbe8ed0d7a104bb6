"""Work that is done in a process beside this one comes to what it comes to here."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest
from tests.faces.command import inside

from whydrift.adapters import forks
from whydrift.adapters.render import renderer
from whydrift.adapters.render.manifests import manifests_or_why, yaml_manifests
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.errors import SourceError
from whydrift.usecases import workbench
from whydrift.usecases.elsewhere import HERE, Elsewhere, Work, work_of

T = TypeVar("T")
WEB = b"---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"


def forked() -> Elsewhere:
    """One with a process, however many cores there are."""
    return Elsewhere(forks.Forks[Work, object](work_of, 1, lambda ask: None, lambda: None))


def fails() -> None:
    """Work that fails as ours does."""
    raise SourceError("it cannot be read")


async def done(elsewhere: Elsewhere, *works: Callable[[], T]) -> list[T]:
    """What some works give, one after the other."""
    try:
        await elsewhere.begin()
        return [await elsewhere.do(work) for work in works]
    finally:
        await elsewhere.close()


@pytest.mark.parametrize("place", [lambda: HERE, forked], ids=["here", "beside"])
def test_work_gives_what_it_gives(place: Callable[[], Elsewhere]) -> None:
    """Values, and failures."""
    assert asyncio.run(done(place(), partial(sorted, [2, 1]), partial(sorted, [4, 3]))) == [[1, 2], [3, 4]]
    assert asyncio.run(done(place(), partial(manifests_or_why, WEB, "it"))) == [yaml_manifests(WEB, "it")]
    [why] = asyncio.run(done(place(), partial(manifests_or_why, b"a: 1\n", "it")))
    assert isinstance(why, str) and "states no kind" in why
    with pytest.raises(SourceError, match="it cannot be read"):
        asyncio.run(done(place(), fails))


def test_it_is_done_in_one_other_process() -> None:
    """Which is gone at the end."""
    first, second = asyncio.run(done(forked(), os.getpid, os.getpid))
    assert first == second != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_files_go_there_without_what_was_made_of_them() -> None:
    """A chart that was followed is larger than its files."""
    git = GitFiles({"a.yaml": "a: 1"}, ("",), (Tree("url", "1", "", {"a.yaml": "a: 1"}),))
    git.memo["helm", 0] = lambda: None
    sent = pickle.loads(pickle.dumps(git))
    assert sent == git and not sent.memo


def test_a_plan_is_the_same_wherever_places_are_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything sent to the other process, and nothing."""
    plans = {}
    for name, place in (("here", HERE), ("beside", forked())):
        monkeypatch.setattr(forks, "beside", lambda _, workers=place.workers: workers)
        monkeypatch.setattr(workbench, "LARGE", -1)
        monkeypatch.setattr(renderer, "LARGE", -1)
        plans[name] = json.loads(inside("plan", "--from", "demo", "-o", "json").out)
    assert plans["here"] == plans["beside"] and len(plans["here"]["steps"]) > 10
