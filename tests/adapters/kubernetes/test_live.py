"""Argo CD and clusters together: which context is which cluster is proven, and what is not proven is not asked."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.adapters.kubernetes.clusters import PODS, kubeconfig, names, recording, source
from tests.replay import Fault, Replay

from whydrift.adapters.argocd import ArgocdOptions, connect
from whydrift.adapters.live import Live
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply

HOME = "https://kubernetes.default.svc"
APPLICATION = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop"
CONFIG = "/api/v1/namespaces/argocd/configmaps/argocd-cm"


def fleet(folder: Path, uid: str = "u-1") -> Path:
    """An Argo CD with one application of uid u-1 and three clusters, and a cluster where its uid is the given one."""
    shop = {"metadata": {"name": "shop", "namespace": "argocd", "uid": "u-1"}}
    clusters = [
        {"server": HOME, "name": "in-cluster"},
        {"server": "https://EU.example.com:443/", "name": "eu"},
        {"server": "https://us.example.com", "name": "us"},
    ]
    argocd = {"/api/v1/applications": {"items": [shop]}, "/api/v1/clusters": {"items": clusters}, "/api/version": {}}
    for path, answer in argocd.items():
        file = folder / f"argocd{path}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(answer))
    there = {"kind": "Application", "apiVersion": "argoproj.io/v1alpha1", "metadata": {"name": "shop", "uid": uid}}
    return recording(folder, more={APPLICATION: there, CONFIG: {"kind": "ConfigMap", "apiVersion": "v1"}})


def contexts(folder: Path, server: str) -> Path:
    """A kubeconfig whose current context is a server, and which also knows the cluster eu."""
    stated = json.loads(kubeconfig(folder / "config", server).read_text())
    other = json.loads(kubeconfig(folder / "other", "https://eu.example.com", context="eu").read_text())
    for section in ("contexts", "clusters", "users"):
        stated[section] += other[section]
    (folder / "config").write_text(json.dumps(stated))
    return folder / "config"


def look(folder: Path, replay: Replay) -> tuple[dict[str, str], Reply, list[str]]:
    """The clusters, what reading argocd-cm gives, and the notes and gaps."""

    async def all_of_it() -> tuple[dict[str, str], Reply, list[str]]:
        argocd = connect(ArgocdOptions(server=replay.url), {}, folder)
        live = Live(argocd, source(contexts(folder, replay.kubernetes_url)))
        try:
            await live.ask(Question(Api.ARGOCD, "/api/v1/applications"))
            said = (await live.clusters(), await live.ask(Question(Api.KUBERNETES, CONFIG)))
            return *said, [*live.notes, *(f"gap: {gap.why}" for gap in live.gaps)]
        finally:
            await live.close()

    with replay:
        return asyncio.run(all_of_it())


def test_takes_the_chosen_context_for_argo_cds_cluster_where_an_application_proves_it(tmp_path: Path) -> None:
    replay = Replay(fleet(tmp_path))
    clusters, reply, notes = look(tmp_path, replay)
    assert (clusters[HOME], clusters["in-cluster"]) == ("", "")
    assert isinstance(reply, Body)
    assert notes == []
    assert replay.count("/api/v1/applications") == 1, "the list is not asked for again"


def test_an_application_that_vanished_meanwhile_disproves_nothing(tmp_path: Path) -> None:
    """The first one of the list is gone from the cluster, as previews of pull requests often are."""
    made = fleet(tmp_path)
    listed = json.loads((made / "argocd/api/v1/applications.json").read_text())
    preview = {"metadata": {"name": "preview-17", "namespace": "argocd", "uid": "u-17"}}
    (made / "argocd/api/v1/applications.json").write_text(json.dumps({"items": [preview, *listed["items"]]}))
    replay = Replay(made, faults=[Fault.parse("/kubernetes*/applications/preview-17=404")])
    clusters, _, notes = look(tmp_path, replay)
    assert clusters[HOME] == "" and notes == []


def test_finds_the_context_of_a_destination_by_its_server(tmp_path: Path) -> None:
    clusters, _, _ = look(tmp_path, Replay(fleet(tmp_path)))
    assert (clusters["https://EU.example.com:443/"], clusters["eu"]) == ("eu", "eu")
    assert "us" not in clusters
    assert "https://us.example.com" not in clusters


@pytest.mark.parametrize(
    ("uid", "fault", "says", "told"),
    [
        ("u-2", "", "kubeconfig here is not the cluster that Argo CD runs in: --context names another", ""),
        ("u-1", f"/kubernetes{APPLICATION}=404", "kubeconfig here is not the cluster that Argo CD runs in", ""),
        (
            "u-1",
            f"/kubernetes{APPLICATION}=403",
            "is not proven to be the cluster that Argo CD runs in: get",
            "gap: ",
        ),
        ("u-1", "/kubernetes*=401", "the login is not accepted", "gap: "),
    ],
)
def test_asks_no_cluster_that_is_not_proven_to_be_the_one(
    tmp_path: Path, uid: str, fault: str, says: str, told: str
) -> None:
    replay = Replay(fleet(tmp_path, uid), faults=[Fault.parse(fault)] if fault else [])
    clusters, reply, notes = look(tmp_path, replay)
    assert HOME not in clusters
    assert "in-cluster" not in clusters
    assert clusters["eu"] == "eu", "other clusters are still asked"
    assert isinstance(reply, NotRead)
    assert says in reply.why
    assert notes == [f"{told}{reply.why}"], "who was refused has not read completely; who named another cluster has"
    assert replay.count(CONFIG) == 0


def test_asks_each_cluster_for_its_own(tmp_path: Path) -> None:
    async def both() -> list[Reply]:
        live = Live(connect(ArgocdOptions(server=replay.url), {}, tmp_path), source(tmp_path / "config"))
        places = [(await live.clusters())[name] for name in ("in-cluster", "eu")]
        return [await live.ask(Question(Api.KUBERNETES, PODS, (), at)) for at in places]

    eu = tmp_path / "clusters" / "eu"
    recording(eu, pods=1)
    with Replay(fleet(tmp_path)) as replay:
        contexts(tmp_path, replay.kubernetes_url)
        stated = (tmp_path / "config").read_text().replace("https://eu.example.com", f"{replay.url}/clusters/eu")
        (tmp_path / "config").write_text(stated)
        rows = json.loads((tmp_path / "argocd/api/v1/clusters.json").read_text())
        rows["items"][1]["server"] = f"{replay.url}/clusters/eu/"
        (tmp_path / "argocd/api/v1/clusters.json").write_text(json.dumps(rows))
        replies = asyncio.run(both())
    assert [len(names(reply.content)) for reply in replies if isinstance(reply, Body)] == [3, 1]


def test_sends_no_dry_run_to_a_cluster_that_is_not_proven(tmp_path: Path) -> None:
    async def sent() -> Reply:
        argocd = connect(ArgocdOptions(server=replay.url), {}, tmp_path)
        live = Live(argocd, source(contexts(tmp_path, replay.kubernetes_url), dry_run=True))
        return await live.dry_run("", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}, "shop")

    with Replay(fleet(tmp_path, "u-2")) as replay:
        reply = asyncio.run(sent())
    assert isinstance(reply, NotRead)
    assert "is not the cluster that Argo CD runs in" in reply.why


def test_knows_contexts_by_their_server_where_argo_cd_hides_its_clusters(tmp_path: Path) -> None:
    replay = Replay(fleet(tmp_path), faults=[Fault.parse("/api/v1/clusters=403")])
    clusters, _, _ = look(tmp_path, replay)
    assert (clusters[HOME], clusters["https://eu.example.com"]) == ("", "eu")


def test_argo_cd_alone_leaves_gaps_and_says_why(tmp_path: Path) -> None:
    async def alone() -> tuple[dict[str, str], Reply, Reply]:
        live = Live(connect(ArgocdOptions(server=replay.url), {}, tmp_path), None)
        cluster = await live.ask(Question(Api.KUBERNETES, CONFIG))
        return await live.clusters(), cluster, await live.ask(Question(Api.ARGOCD, "/api/v1/applications"))

    with Replay(fleet(tmp_path)) as replay:
        clusters, cluster, listed = asyncio.run(alone())
    assert clusters == {}
    assert cluster == NotRead("no cluster is asked: Argo CD alone is in use")
    assert isinstance(listed, Body)


@pytest.mark.parametrize("list_only", [False, True])
def test_an_unusable_kubeconfig_is_said_at_once_unless_the_list_is_all(tmp_path: Path, list_only: bool) -> None:
    async def once() -> Reply:
        argocd = connect(ArgocdOptions(server=replay.url), {}, tmp_path)
        live = Live(argocd, source(contexts(tmp_path, "x"), "gone"), list_only=list_only)
        return await live.ask(Question(Api.ARGOCD, "/api/v1/applications"))

    with Replay(fleet(tmp_path)) as replay:
        if list_only:
            assert isinstance(asyncio.run(once()), Body)
        else:
            with pytest.raises(SourceError, match="no context 'gone'"):
                asyncio.run(once())
