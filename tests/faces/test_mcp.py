"""`whydrift mcp`, asked by the official client over standard input and output, as an assistant asks."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import TextContent

DEMO = ("-m", "whydrift", "mcp", "--from", "demo")
TOOLS = {"scan", "explain", "guard", "unmask", "hidden", "ignores", "ls", "causes", "doctor"}
Call = tuple[str, Mapping[str, object]]
Asked = tuple[dict[str, bool], list[tuple[str, bool]]]


async def _asked(calls: list[Call], *more: str) -> Asked:
    """The tools that a server offers (read only?), and what it answers to calls (text, failed?)."""
    parameters = StdioServerParameters(command=sys.executable, args=[*DEMO, *more])
    async with stdio_client(parameters) as streams, ClientSession(*streams) as session:
        await session.initialize()
        offered = await session.list_tools()
        answers = []
        for name, arguments in calls:
            result = await session.call_tool(name, dict(arguments))
            (content,) = result.content
            assert isinstance(content, TextContent)
            answers.append((content.text, bool(result.is_error)))
    return {t.name: bool(t.annotations and t.annotations.read_only_hint) for t in offered.tools}, answers


EXPLAINED: Call = ("explain", {"app": "paperclip"})
GUARDED: Call = ("guard", {"apps": ["sympozium"]})
CANNOT: list[tuple[Call, str]] = [
    (("explain", {"app": "no-such-app"}), "no-such-app"),
    (("explain", {"app": "--kubeconfig=/etc/passwd"}), "--kubeconfig=/etc/passwd"),
    (("scan", {"causes": ["--help"]}), "--help"),
    (("causes", {"cause": "schema-default-field"}), "did you mean schema-defaults-field?"),
    (("guard", {"apps": []}), "Missing argument"),
]
CALLS = [EXPLAINED, GUARDED, *(call for call, _ in CANNOT)]


@pytest.fixture(scope="module")
def asked() -> Asked:
    """What one server offers, and what it answers to one call after the other."""
    return asyncio.run(_asked(CALLS))


def answer_to(asked: Asked, call: Call) -> tuple[str, bool]:
    """The answer to one of the calls."""
    return asked[1][CALLS.index(call)]


def test_every_tool_is_offered_and_reads_only(asked: Asked) -> None:
    assert asked[0] == dict.fromkeys(TOOLS, True)


def test_a_tool_says_what_the_command_says(asked: Asked) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "whydrift", "explain", "--from", "demo", "-o", "md", "paperclip"],
        capture_output=True,
        text=True,
        check=False,
    )
    (text, failed), (guarded, _) = answer_to(asked, EXPLAINED), answer_to(asked, GUARDED)
    head, _, body = text.partition("\n\n")
    assert not failed
    assert body == said.stdout
    assert f"exit code {said.returncode}" in head
    assert guarded.splitlines()[1] == "exit code 1: NOT safe to sync"


@pytest.mark.parametrize(("call", "says"), CANNOT, ids=str)
def test_what_cannot_be_answered_is_an_error_or_empty_and_never_an_option(asked: Asked, call: Call, says: str) -> None:
    text, failed = answer_to(asked, call)
    assert says in text
    assert failed or "exit code 0" in text
    assert "Usage:" not in text


def test_a_command_that_takes_too_long_is_ended() -> None:
    _, ((text, failed),) = asyncio.run(_asked([("hidden", {})], "--timeout", "1"))
    assert failed
    assert "took longer than 1 seconds" in text
