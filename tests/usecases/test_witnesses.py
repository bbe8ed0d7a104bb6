"""What is broken, read piece by piece: each piece that is refused is a gap, and never "fine"."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.usecases.test_pod_log import Answers

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.core.model.application import Application
from whydrift.core.model.secrets import Masker
from whydrift.core.model.snapshot import ApplicationSnapshot
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.unmask.troubles import Unmasked
from whydrift.ports import Body, NotRead, Reply
from whydrift.usecases.facts import FactReader
from whydrift.usecases.witnesses import unmask

ROW: JsonObject = {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web", "status": "Synced"}
APPLICATION = Application(
    {
        "metadata": {"name": "shop"},
        "spec": {"destination": {"server": "https://c", "namespace": "shop"}},
        "status": {"resources": [ROW], "health": {"status": "Healthy"}},
    }
)
TREE = "argocd/api/v1/applications/shop/resource-tree"
PODS = "kubernetes/api/v1/namespaces/shop/pods"
EVENTS = "kubernetes/api/v1/namespaces/shop/events"
LOG = "kubernetes/api/v1/namespaces/shop/pods/web-5d-1/log?container=app"
ERROR = '{"level":"error","msg":"cannot reach db.shop:5432: connection refused"}'


def _node(kind: str, name: str, parent: tuple[str, str] | None = None, group: str = "apps") -> JsonObject:
    above: list[Json] = []
    if parent:
        above = [{"group": "apps", "kind": parent[0], "namespace": "shop", "name": parent[1]}]
    return {"group": group, "kind": kind, "namespace": "shop", "name": name, "parentRefs": above}


def _replies(broken: bool) -> dict[str, Reply]:
    """Everything that an application with one pod answers; `broken`: it crashes again and again."""
    state: JsonObject = {"running": {"startedAt": "2026-11-22T07:00:00Z"}}
    status: JsonObject = {"name": "app", "ready": True, "restartCount": 0, "state": state}
    if broken:
        waits: JsonObject = {"waiting": {"reason": "CrashLoopBackOff"}}
        ended: JsonObject = {"terminated": {"exitCode": 1, "finishedAt": "2026-11-22T07:58:00Z"}}
        status = {"name": "app", "ready": False, "restartCount": 40, "state": waits, "lastState": ended}
    pod: JsonObject = {
        "metadata": {"name": "web-5d-1", "namespace": "shop", "creationTimestamp": "2026-11-20T00:00:00Z"},
        "status": {"phase": "Running", "startTime": "2026-11-20T00:00:00Z", "containerStatuses": [status]},
    }
    nodes: list[Json] = [
        _node("Deployment", "web"),
        _node("ReplicaSet", "web-5d", ("Deployment", "web")),
        _node("Pod", "web-5d-1", ("ReplicaSet", "web-5d"), group=""),
    ]
    return {
        TREE: _body({"nodes": nodes}),
        PODS: _body({"items": [pod]}),
        EVENTS: _body({"items": []}),
        LOG: Body(f"starting\n{ERROR}\n".encode()),
        LOG + "&previous=true": Body(f"starting\n{ERROR}\n".encode()),
    }


def _body(value: JsonObject) -> Body:
    return Body(json.dumps(value).encode())


def _look(replies: dict[str, Reply], every_log: bool = False) -> Unmasked:
    reader = FactReader(Answers(replies), Masker(b"k" * 16), builtin_schemas())
    return asyncio.run(unmask(ApplicationSnapshot(APPLICATION, ()), reader, "2026-11-22T08:00:00Z", every_log))


def test_a_crash_loop_is_told_with_its_line_and_nothing_is_missing() -> None:
    found = _look(_replies(broken=True))
    assert [(t.state, t.why.line) for t in found.troubles] == [("CrashLoopBackOff", ERROR)]
    assert not found.gaps


def test_an_init_container_that_runs_on_is_told_with_what_it_repeats() -> None:
    """It never ended, so that there is no run before; its log is read all the same."""
    replies = _replies(broken=False)
    status: JsonObject = {"name": "app", "ready": False, "state": {"running": {"startedAt": "2026-11-20T00:00:00Z"}}}
    pod: JsonObject = {
        "metadata": {"name": "web-5d-1", "namespace": "shop", "creationTimestamp": "2026-11-20T00:00:00Z"},
        "status": {"phase": "Pending", "startTime": "2026-11-20T00:00:00Z", "initContainerStatuses": [status]},
    }
    (trouble,) = _look({**replies, PODS: _body({"items": [pod]})}).troubles
    assert (trouble.state, trouble.why.line) == ("Init:Running", ERROR)


@pytest.mark.parametrize("piece", [TREE, PODS, LOG])
def test_a_piece_that_is_refused_is_a_gap(piece: str) -> None:
    refused = {key: NotRead("403: forbidden", 403) if key.startswith(piece) else r for key, r in _replies(True).items()}
    found = _look(refused)
    assert any(gap.why == "403: forbidden" for gap in found.gaps), found


def test_events_that_are_refused_matter_only_where_nothing_else_says_why() -> None:
    told = {**_replies(broken=True), EVENTS: NotRead("403: forbidden", 403)}
    assert not _look(told).gaps
    silent = {**told, LOG: Body(b""), LOG + "&previous=true": Body(b"")}
    assert [gap.why for gap in _look(silent).gaps] == ["403: forbidden"]


def test_without_tree_and_pods_nothing_is_called_well() -> None:
    found = _look({EVENTS: _body({"items": []})})
    assert not found.troubles
    assert len(found.gaps) >= 2


def test_the_log_of_what_runs_is_read_only_where_it_is_asked_for() -> None:
    assert not _look(_replies(broken=False)).complaints
    (complaint,) = _look(_replies(broken=False), every_log=True).complaints
    assert (complaint.key.name, complaint.container, complaint.line) == ("web", "app", ERROR)


def test_what_is_broken_is_no_complaint_and_calm_lines_are_none() -> None:
    assert not _look(_replies(broken=True), every_log=True).complaints
    calm = {**_replies(broken=False), LOG: Body(b'{"level":"info","msg":"error rate is 0"}\nlistening on :8080\n')}
    found = _look(calm, every_log=True)
    assert not found.complaints and not found.troubles and not found.gaps
