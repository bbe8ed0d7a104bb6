"""Two Argo CD servers with one kubeconfig: each question goes where it belongs, and one cluster has one id."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

from tests.adapters.kubernetes.clusters import kubeconfig, source
from tests.adapters.kubernetes.test_live import CONFIG, HOME, contexts, fleet
from tests.faces.command import Said, run
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


def named(folder: Path, name: str) -> Path:
    """An Argo CD beside its own cluster, whose one application has a uid of that name."""
    made = fleet(folder / name, uid=f"u-{name}")
    shop = {
        "metadata": {"name": "shop", "namespace": "argocd", "uid": f"u-{name}"},
        "spec": {"destination": {"server": HOME}},
    }
    (made / "argocd/api/v1/applications.json").write_text(json.dumps({"items": [shop]}))
    may = made / "argocd/api/v1/account/can-i/applications/get/%2A.json"
    may.parent.mkdir(parents=True)
    may.write_text('{"value": "yes"}')
    return made


def test_each_argo_cd_may_have_a_context_of_its_own(tmp_path: Path) -> None:
    """`--context west,east`: whose own cluster is which is proven as ever, and each is asked for its own."""

    def whydrift(west: Replay, east: Replay, *words: str) -> Said:
        both = {"west": west, "east": east}
        config = {
            "contexts": [{"name": name, "server": replay.host, "user": "me"} for name, replay in both.items()],
            "servers": [{"server": replay.host, "plain-text": True} for replay in both.values()],
            "users": [{"name": "me", "auth-token": "t"}],
        }
        (tmp_path / "argocd").mkdir(exist_ok=True)
        (tmp_path / "argocd" / "config").write_text(json.dumps(config))
        files = [kubeconfig(tmp_path / f"{n}.kube", r.kubernetes_url, context=n) for n, r in both.items()]
        env = {"ARGOCD_CONFIG_DIR": str(tmp_path / "argocd"), "KUBECONFIG": ":".join(map(str, files))}
        return run(*words, "--no-git", "--argocd-context", "west,east", env=env)

    with Replay(named(tmp_path, "west")) as west, Replay(named(tmp_path, "east")) as east:
        gaps = {}
        for words in ((), ("--context", "east,west"), ("--context", "west,east")):
            answer = json.loads(whydrift(west, east, "scan", "-o", "json", *words).out)
            gaps[words] = [gap["what"] for gap in answer["read"]["gaps"]]
        assert "the cluster of instance east" in gaps[()]
        assert "the cluster of instance west" in gaps["--context", "east,west"]
        assert not [what for what in gaps["--context", "west,east"] if "the cluster" in what]
        told = whydrift(west, east, "doctor", "--context", "west,east").out
        assert f"west: {HOME}  context west" in told and f"east: {HOME}  context east" in told
        for words in (("--context", "west,east,north"), ("--server", east.host)):
            refused = whydrift(west, east, "scan", *words)
            assert refused.code == 2 and re.match(rf"error: {words[0]}", refused.err), refused


def test_one_argo_cd_that_does_not_answer_is_a_gap_and_not_the_end(tmp_path: Path) -> None:
    """What the other one says is told; that all is well is not: 3, "not read"."""
    with Replay(named(tmp_path, "west")) as west:
        servers = {"west": west.host, "east": "127.0.0.1:1", "north": "127.0.0.1:2"}
        config = {
            "contexts": [{"name": name, "server": server, "user": "me"} for name, server in servers.items()],
            "servers": [{"server": server, "plain-text": True} for server in servers.values()],
            "users": [{"name": "me", "auth-token": "t"}],
        }
        (tmp_path / "argocd").mkdir()
        (tmp_path / "argocd" / "config").write_text(json.dumps(config))
        env = {"ARGOCD_CONFIG_DIR": str(tmp_path / "argocd")}
        asked = ("--no-git", "--no-kubernetes", "--argocd-context")
        scan = run("scan", "-o", "json", *asked, "west,east", env=env)
        listed = run("ls", "--all", "--wide", *asked, "west,east", env=env)
        unmask = run("unmask", "-o", "json", *asked, "west,east", env=env)
        neither = [run(*command, *asked, "east,north", env=env) for command in (["scan"], ["ls"], ["unmask"])]
        recorded = run("record", "-o", str(tmp_path / "out"), *asked, "west,east", env=env)
    for said in (scan, unmask):
        answer = json.loads(said.out)
        assert said.code == 3 and not answer["read"]["complete"], said
        assert "every application of east" in [gap["what"] for gap in answer["read"]["gaps"]]
    assert [app["instance"] for app in json.loads(scan.out)["applications"]] == ["west"]
    assert listed.code == 3 and listed.err.startswith("error: east: ") and "127.0.0.1:1" in listed.err, listed
    assert [(said.code, said.out) for said in neither] == [(2, "")] * 3, neither
    assert recorded.code == 2 and recorded.err.startswith("error: east: "), recorded
