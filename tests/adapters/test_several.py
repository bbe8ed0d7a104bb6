"""Two Argo CD servers with one kubeconfig: each question goes where it belongs, and one cluster has one id."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.adapters.kubernetes.clusters import source
from tests.adapters.kubernetes.test_live import CONFIG, HOME, contexts, fleet
from tests.replay import Replay

from whydrift.adapters.argocd import ArgocdOptions, connect
from whydrift.adapters.live import Live
from whydrift.adapters.several import Several
from whydrift.core.model.fleet import Fleet
from whydrift.ports import Api, Body, NotRead, Question
from whydrift.usecases.fleet import list_instances, read_fleet


def elsewhere(folder: Path, server: str) -> Path:
    """An Argo CD that runs in another cluster, and deploys `shop` to the first one by its URL."""
    made = fleet(folder, uid="u-2")
    shop = {
        "metadata": {"name": "shop", "namespace": "argocd", "uid": "u-9"},
        "spec": {"destination": {"server": server}},
    }
    (made / "argocd/api/v1/applications.json").write_text(json.dumps({"items": [shop]}))
    clusters = {"items": [{"server": HOME, "name": "in-cluster"}, {"server": server, "name": "first"}]}
    (made / "argocd/api/v1/clusters.json").write_text(json.dumps(clusters))
    return made


def test_one_cluster_has_one_id(tmp_path: Path) -> None:
    """What west calls its own is what east calls by its URL; what east calls its own is not reached."""

    async def all_of_it(west: Replay, east: Replay) -> None:
        kubernetes = source(contexts(tmp_path, west.kubernetes_url))
        members = {
            name: Live(connect(ArgocdOptions(server=replay.url), {}, tmp_path), kubernetes)
            for name, replay in (("west", west), ("east", east))
        }
        both = Several(members, kubernetes.servers)
        try:
            listings = await list_instances(both)
            assert [listing.instance for listing in listings] == ["west", "east"]
            assert [app.instance for listing in listings for app in listing.applications()] == ["west", "east"]
            own, theirs = await both.clusters("west"), await both.clusters("east")
            assert own[HOME] == theirs[west.kubernetes_url] == theirs["first"] != ""
            assert HOME not in theirs
            assert isinstance(await both.ask(Question(Api.KUBERNETES, CONFIG, (), own[HOME])), Body)
            assert isinstance(await both.ask(Question(Api.KUBERNETES, CONFIG, (), "nowhere")), NotRead)
            assert isinstance(await read_fleet(both, listings), Fleet)
            assert both.requests == sum(member.requests for member in members.values())
        finally:
            await both.close()

    for name in ("west", "east"):
        may = tmp_path / name / "argocd/api/v1/account/can-i/applications/get/%2A.json"
        may.parent.mkdir(parents=True)
        may.write_text('{"value": "yes"}')
    with Replay(fleet(tmp_path / "west")) as west, Replay(elsewhere(tmp_path / "east", west.kubernetes_url)) as east:
        asyncio.run(all_of_it(west, east))
