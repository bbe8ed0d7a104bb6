"""The jq worker: started when needed, ended when it hangs, blind to the environment."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from whydrift.adapters.jq import JqWorker
from whydrift.core.compare.ignore import JqFailed
from whydrift.core.model.values import Json
from whydrift.errors import NotComparable, NotReplayed

DOCUMENT: Json = {"spec": {"replicas": 3, "items": [{"name": "a"}, {"name": "b"}]}}


@pytest.fixture
def jq() -> Iterator[JqWorker]:
    """A worker that ends with the test."""
    with JqWorker() as worker:
        yield worker


def test_names_paths(jq: JqWorker) -> None:
    """Paths come back, values do not."""
    assert jq.paths(".spec.items[].name", DOCUMENT, 60) == (
        ["spec", "items", 0, "name"],
        ["spec", "items", 1, "name"],
    )
    assert jq.paths("empty", DOCUMENT, 60) == ()


def test_says_why_a_program_failed(jq: JqWorker) -> None:
    """An error at run time is an answer, and the worker goes on."""
    failed = jq.paths(".spec.nothing[]", DOCUMENT, 60)
    assert isinstance(failed, JqFailed) and "null" in failed.why
    assert jq.paths(".spec", DOCUMENT, 60) == (["spec"],)


def test_ends_a_program_that_does_not_end(jq: JqWorker) -> None:
    """After the deadline the worker starts anew and answers the next question."""
    started = time.monotonic()
    assert isinstance(jq.paths("until(false; .)", DOCUMENT, 0.1), JqFailed)
    assert time.monotonic() - started < 50
    assert jq.paths(".spec", DOCUMENT, 60) == (["spec"],)


def workers() -> Iterator[int]:
    """The jq workers of this process, by their numbers."""
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        if b"whydrift.adapters.jq" in Path(f"/proc/{child}/cmdline").read_bytes():
            yield int(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how long a process had a processor")
def test_a_program_that_does_not_get_the_processor_is_waited_for(jq: JqWorker) -> None:
    """Where the machine is busy no rule fails that would not fail in Argo CD."""
    before = set(workers())
    jq.steps(".spec")
    (worker,) = set(workers()) - before
    os.kill(worker, signal.SIGSTOP)
    going_on = threading.Timer(1.0, os.kill, (worker, signal.SIGCONT))
    going_on.start()
    assert jq.paths(".spec", DOCUMENT, 0.2) == (["spec"],)
    going_on.join()


def test_sees_no_environment(jq: JqWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule cannot read a secret from the environment."""
    monkeypatch.setitem(os.environ, "WHYDRIFT_TEST_SECRET", "1")
    program = (
        "if $ENV.WHYDRIFT_TEST_SECRET or env.WHYDRIFT_TEST_SECRET or ($ENV | length) > 0 then .seen else .unseen end"
    )
    assert jq.paths(program, DOCUMENT, 60) == (["unseen"],)


def test_costs_nothing_until_asked() -> None:
    """Without a question there is no process to end."""
    worker = JqWorker()
    assert worker._process is None
    worker.close()


@pytest.mark.parametrize(
    "expression",
    [".spec[", "nosuch(.spec)", ".spec[$x]", "input", ".spec | inputs", "  .spec # why", "$__loc__", "keys_unsorted"],
)
def test_what_does_not_compile_is_not_comparable(jq: JqWorker, expression: str) -> None:
    """Argo CD gives up the whole application then."""
    with pytest.raises(NotComparable):
        jq.steps(expression)


@pytest.mark.parametrize(
    ("expression", "steps"),
    [
        (".spec.replicas", (".spec.replicas",)),
        (".a) | del(.b", (".a", ".b")),
        ('.a[] | select(.x == ") | del(")', ('.a[] | select(.x == ") | del(")',)),
        (".input", (".input",)),
        (".spec | select(. == {input: 1})", (".spec | select(. == {input: 1})",)),
    ],
)
def test_tells_the_deletions_of_an_expression(jq: JqWorker, expression: str, steps: tuple[str, ...]) -> None:
    """Nearly always it is one: the expression as it stands."""
    assert jq.steps(expression) == steps


@pytest.mark.parametrize("expression", [".a) + ({b: 1}", ". as {spec: $s} | .spec", "reduce .a[] as [$x] (.; .b)"])
def test_what_jq_does_otherwise_is_not_replayed(jq: JqWorker, expression: str) -> None:
    """Argo CD can do it, whydrift cannot: it says so and guesses nothing."""
    with pytest.raises(NotReplayed):
        jq.steps(expression)


def test_a_program_that_ends_jq_is_a_failed_one(jq: JqWorker) -> None:
    """`halt` gives nothing; the next program runs."""
    assert isinstance(jq.paths("halt", DOCUMENT, 60), JqFailed)
    assert jq.paths(".spec", DOCUMENT, 60) == (["spec"],)
