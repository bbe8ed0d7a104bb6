"""Logs are read from the cluster, else through Argo CD; masked and bounded; a refusal leaves a gap."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import POD_LOG
from whydrift.core.model.facts import Facts
from whydrift.core.model.secrets import Masker
from whydrift.ports import Api, Body, NotRead, Question, Reply
from whydrift.usecases.facts import FactReader
from whydrift.usecases.pod_log import LARGEST, log_key

APPLICATION = Application({"metadata": {"name": "shop"}, "spec": {"destination": {"server": "https://c"}}})
KEY = log_key("shop", "web-1", "web")


@dataclass
class Answers:
    """A source that answers from a table; what is not in it is refused."""

    replies: dict[str, Reply]
    reached: bool = True
    asked: list[Question] = field(default_factory=list)
    name: str = "a table"
    requests: int = 0

    async def ask(self, question: Question) -> Reply:
        """The reply of the table."""
        self.asked.append(question)
        return self.replies.get(f"{question.api.value}{question}", NotRead("403: forbidden", 403))

    def instances(self) -> Sequence[str]:
        """The only one."""
        return [""]

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """The cluster of the application, where it is reached."""
        return {"https://c": ""} if self.reached else {}

    async def close(self) -> None:
        """Nothing is open."""


LIVE = "kubernetes/api/v1/namespaces/shop/pods/web-1/log?container=web"
THROUGH = "argocd/api/v1/applications/shop/logs?namespace=shop&podName=web-1&container=web"


def read(answers: Answers) -> Facts:
    """What is known after the log was asked for."""
    reader = FactReader(answers, Masker(b"k" * 16), builtin_schemas())
    asyncio.run(reader.read([(APPLICATION, KEY, POD_LOG)]))
    return reader.facts(APPLICATION, KEY)


def test_both_runs_come_from_the_cluster() -> None:
    """The present run and the one before, only their ends, with what is secret in them replaced."""
    answers = Answers(
        {LIVE: Body(b"now password=hunter22x"), f"{LIVE}&previous=true": Body(b"x" * (LARGEST + 9) + b"\nend")}
    )
    log = read(answers).get(POD_LOG)
    assert log.current.startswith("now password=")
    assert "hunter22x" not in log.current
    assert log.previous.endswith("\nend")
    assert len(log.previous) <= LARGEST
    assert all(dict(question.hints)["tailLines"] == "200" for question in answers.asked)


def test_a_container_that_never_ended_has_no_earlier_log() -> None:
    """The kubelet answers 400 then: that is no gap."""
    answers = Answers(
        {LIVE: Body(b"now"), f"{LIVE}&previous=true": NotRead("400: previous terminated container not found", 400)}
    )
    log = read(answers).get(POD_LOG)
    assert (log.current, log.previous) == ("now", "")


def test_a_log_that_its_node_no_longer_has_says_nothing() -> None:
    """The kubelet says so with status 200; where the other run is there, that one is the log."""
    gone = Body(b"unable to retrieve container logs for containerd://0a1b2c")
    facts = read(Answers({LIVE: gone, f"{LIVE}&previous=true": gone}))
    assert "no longer has the log" in facts.gaps[POD_LOG].why
    log = read(Answers({LIVE: Body(b"now"), f"{LIVE}&previous=true": gone})).get(POD_LOG)
    assert (log.current, log.previous) == ("now", "")


def test_argo_cd_gives_logs_where_the_cluster_is_not_reached() -> None:
    """Its stream of JSON objects is taken apart; its last entry says only that it ends."""
    entries = [{"result": {"content": "one"}}, {"result": {"content": "two"}}, {"result": {"last": True}}]
    stream = Body("\n".join(map(json.dumps, entries)).encode())
    log = read(Answers({THROUGH: stream}, reached=False)).get(POD_LOG)
    assert (log.current, log.previous) == ("one\ntwo", "")


def argo_cannot(why: str) -> Body:
    """What Argo CD streams where the kubelet does not give a log, as measured with 3.5.1."""
    entry = {"content": why, "timeStamp": None, "last": False, "timeStampStr": "0001-01-01T00:00:00Z", "podName": ""}
    end = {"content": "", "timeStamp": "2026-11-28T18:02:47Z", "last": True, "timeStampStr": "2026-11-28T18:02:47.5Z"}
    return Body("\n".join(json.dumps({"result": row}) for row in (entry, end)).encode())


def test_why_a_log_cannot_be_read_is_not_taken_for_the_log() -> None:
    """A node that is not reached: "connection refused" is the kubelet's, not the application's."""
    refused = 'Get "https://10.0.0.7:10250/containerLogs/shop/web-1/web": dial tcp 10.0.0.7:10250: connection refused'
    through = {THROUGH: argo_cannot(refused), f"{THROUGH}&previous=true": argo_cannot(refused)}
    for live in ({}, {LIVE: NotRead(f"500: {refused}", 500), f"{LIVE}&previous=true": NotRead(f"500: {refused}", 500)}):
        facts = read(Answers({**through, **live}, reached=bool(live)))
        assert not facts.known(POD_LOG)
        assert refused in facts.gaps[POD_LOG].why


def test_argo_cd_says_that_there_was_no_earlier_run() -> None:
    """That is no gap, from whomever it comes."""
    earlier = argo_cannot('previous terminated container "web" in pod "web-1" not found')
    current = Body(json.dumps({"result": {"content": "one"}}).encode())
    log = read(Answers({THROUGH: current, f"{THROUGH}&previous=true": earlier}, reached=False)).get(POD_LOG)
    assert (log.current, log.previous) == ("one", "")


def test_a_stream_that_ends_in_an_error_is_a_gap() -> None:
    """grpc-gateway tells errors of a stream in a line of their own."""
    stream = Body(b'{"error":{"grpc_code":7,"message":"permission denied: logs, get, default/shop"}}')
    facts = read(Answers({THROUGH: stream, f"{THROUGH}&previous=true": stream}, reached=False))
    assert "permission denied" in facts.gaps[POD_LOG].why


def test_what_nobody_may_read_is_a_gap() -> None:
    """Neither API gives it: a gap with its reason, never an empty log."""
    facts = read(Answers({}))
    assert not facts.known(POD_LOG)
    assert "403" in facts.gaps[POD_LOG].why
    assert facts.gaps[POD_LOG].needs == "get pods/log"


def test_only_logs_are_asked_for() -> None:
    """No other URL is asked for it."""
    answers = Answers({LIVE: Body(b"now")})
    read(answers)
    assert {question.path.rpartition("/")[2] for question in answers.asked} <= {"log", "logs"}
    assert {question.api for question in answers.asked} == {Api.KUBERNETES, Api.ARGOCD}
