"""What apply waits for, and for how long: objects that do not go, syncs that do not end, health that sways."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from tests.small_fleet.server import SmallFleet, small_fleet
from tests.small_fleet.situation import Situation, delete, ref_of, step

from whydrift import wiring
from whydrift.core.model.applied import StepAnswer, StepState
from whydrift.core.model.plan import Plan
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.remedy.carried import carried
from whydrift.settings import Connection
from whydrift.usecases.apply.run import Run, begin, carry_out
from whydrift.usecases.apply.world import Timing
from whydrift.wiring import applying

SHORT = Timing(look=0.02, gone=1.5, watch=0.1, sync=1.5)
LONG = Timing(look=0.02, gone=60.0, watch=0.1, sync=60.0)
"""For what comes to a good end: as long as it takes."""
CACHE = "/apis/apps/v1/namespaces/shop/deployments/cache"
APPLICATION = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Situation]:
    """A fleet with the shop in it, and its environment for this process."""
    with small_fleet() as fleet:
        situation = Situation(fleet, tmp_path)
        for name, value in situation.env.items():
            monkeypatch.setenv(name, value)
        yield situation


def apply(
    shop: Situation, path: Path, meanwhile: Callable[[], object] = lambda: None, timing: Timing = SHORT
) -> StepAnswer:
    """Carry out a plan of one step; `meanwhile` happens shortly after the first write."""

    async def later() -> None:
        while not shop.fleet.writes:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        meanwhile()

    async def run() -> StepAnswer:
        source = wiring.open_source(Connection())
        plan = msgspec.json.decode(path.read_bytes(), type=Plan)
        try:
            with applying.open_journal(source.settings, "test") as journal:
                how = applying.ApplySettings(dump_secrets=False, watch=0)
                world = applying.world(source, Connection(), journal, "test", how)
                world.timing = timing
                todo = Run(plan, carried(plan), world, "resume")
                begin(todo)
                beside = asyncio.create_task(later())
                [told] = [answer async for answer in carry_out(todo)]
                beside.cancel()
                return told
        finally:
            await source.close()

    return asyncio.run(run())


def hold(fleet: SmallFleet) -> None:
    """Put a finalizer on the cache, which nobody takes away."""
    live = fleet.store.objects[CACHE]
    fleet.store.put({**live, "metadata": {**live["metadata"], "finalizers": ["example.com/keep"]}})


def test_an_object_that_does_not_go_is_named_with_what_holds_it(shop: Situation) -> None:
    """The delete was taken, and a finalizer holds the object: nothing after it is deleted."""
    hold(shop.fleet)
    told = apply(shop, shop.write(delete(shop, "1")))
    assert told.state is StepState.STOPPED
    assert "example.com/keep" in told.says and "--rollback" in told.says
    assert len([method for method, _, _ in shop.fleet.writes if method == "DELETE"]) == 1


def test_a_slow_finalizer_is_waited_for(shop: Situation) -> None:
    """Its controller takes a moment."""
    hold(shop.fleet)
    told = apply(shop, shop.write(delete(shop, "1")), lambda: shop.fleet.store.objects.pop(CACHE, None), LONG)
    assert told.state is StepState.DONE, told


def test_what_somebody_creates_again_at_once_is_said(shop: Situation) -> None:
    """It is no leftover then, whatever the plan says."""
    shop.fleet.store.recreated.add(CACHE)
    told = apply(shop, shop.write(delete(shop, "1")))
    assert told.state is StepState.STOPPED
    assert "there again" in told.says


@pytest.mark.parametrize(("settles", "state"), [(True, StepState.DONE), (False, StepState.STOPPED)])
def test_health_may_take_a_moment_to_settle(settles: bool, state: StepState, shop: Situation) -> None:
    """Progressing is no change for the worse, unless it stays."""
    shop.fleet.argocd.sick_without["Deployment/cache"] = "Deployment/web"
    shop.fleet.argocd.sickness = "Progressing"
    gets_well = shop.fleet.argocd.sick_without.clear if settles else lambda: None
    told = apply(shop, shop.write(delete(shop, "1")), gets_well, LONG if settles else SHORT)
    assert told.state is state, told
    assert settles or "Progressing" in told.says


def sync(shop: Situation) -> Path:
    """A plan that syncs the web."""
    web = (ref_of(shop, "apps/Deployment/web"),)
    return shop.write(step("sync", "1", remedy=RemedyKind.SYNC, objects=web))


def end(fleet: SmallFleet) -> None:
    """The operation ends well."""
    fleet.store.objects[APPLICATION]["status"]["operationState"]["phase"] = "Succeeded"


def test_a_sync_is_waited_for_and_its_end_is_looked_for_when_resuming(shop: Situation) -> None:
    """One that outlasts the patience is not started again: its mark is found, and its end counts."""
    shop.fleet.argocd.ends = ("Running", "")
    path = sync(shop)
    told = apply(shop, path)
    assert told.state is StepState.STOPPED
    assert "still runs" in told.says
    told = apply(shop, path, lambda: end(shop.fleet), LONG)
    assert told.state is StepState.DONE, told
    assert shop.fleet.argocd.syncs == 1
