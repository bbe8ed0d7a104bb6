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


def test_argo_cd_gives_logs_where_the_cluster_is_not_reached() -> None:
    """Its stream of JSON objects is taken apart; its last entry says only that it ends."""
    entries = [{"result": {"content": "one"}}, {"result": {"content": "two"}}, {"result": {"last": True}}]
    stream = Body("\n".join(map(json.dumps, entries)).encode())
    log = read(Answers({THROUGH: stream}, reached=False)).get(POD_LOG)
    assert (log.current, log.previous) == ("one\ntwo", "")


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
