"""What every source promises: a recording as a folder, as a zip, and a live server that gives the same answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.replay import Replay
from tests.replay.recorded import RECORDINGS, answered, refused, unpack

from whydrift.adapters.argocd import ArgocdOptions, connect
from whydrift.adapters.files.recording import Recording
from whydrift.ports import Api, Body, NotRead, Question, Reply, Source

TOKEN = "replay-token"
REFUSED = {
    "argocd/api/v1/applications/vanished.json.403": b'{"code":7,"message":"permission denied"}',
    "argocd/api/v1/applications/vanished/managed-resources.json.404": b'{"message":"not found"}',
    "argocd/api/v1/applications/broken/manifests@noCache=true.json.500": b'{"message":"render failed: \\u001b[31mred"}',
    "argocd/api/v1/projects/other.json.400": b"not even JSON",
}
LOGS = "argocd/api/v1/applications/app/logs@container=main&tailLines=5.txt"
ODD = "argocd/api/v1/applications/50%25-done/resource@resourceName=a%2Fb%20c%23d.json"


def _zipped(folder: Path, stack: ExitStack) -> Source:
    archive = folder.parent / "recording.zip"
    with ZipFile(archive, "w") as opened:
        for file in folder.rglob("*"):
            if file.is_file():
                opened.write(file, file.relative_to(folder))
    return Recording(archive)


def _live(folder: Path, stack: ExitStack) -> Source:
    replay = stack.enter_context(Replay(folder, token=TOKEN, root="argo/cd"))
    return connect(ArgocdOptions(server=replay.url, auth_token=TOKEN), {}, folder)


SOURCES: dict[str, Callable[[Path, ExitStack], Source]] = {
    "folder": lambda folder, stack: Recording(folder),
    "zip": _zipped,
    "live": _live,
}


@pytest.fixture(scope="module", params=[path.stem for path in RECORDINGS])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording with refusals and odd names added to it."""
    archive = next(path for path in RECORDINGS if path.stem == request.param)
    folder = unpack(archive, tmp_path_factory.mktemp(request.param) / "recording")
    for name, content in {**REFUSED, LOGS: b"one\ntwo\n", ODD: b'{"odd":true}'}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(params=list(SOURCES))
def source(request: pytest.FixtureRequest, folder: Path) -> Iterator[Source]:
    """The same answers behind each implementation."""
    with ExitStack() as stack:
        yield SOURCES[request.param](folder, stack)


def ask(source: Source, *questions: Question) -> list[Reply]:
    """All at once, each answered."""

    async def all_of_them() -> list[Reply]:
        try:
            return list(await asyncio.gather(*(source.ask(question) for question in questions)))
        finally:
            await source.close()

    return asyncio.run(all_of_them())


def test_gives_every_answer_byte_for_byte(source: Source, folder: Path) -> None:
    expected = answered(folder)
    assert len(expected) > 10
    assert ask(source, *expected) == [Body(content) for content in expected.values()]


def test_gives_refusals_with_their_status_and_reason(source: Source, folder: Path) -> None:
    expected = refused(folder)
    replies = ask(source, *expected)
    assert [reply.status for reply in replies if isinstance(reply, NotRead)] == list(expected.values())
    for question, reply in zip(expected, replies, strict=True):
        assert isinstance(reply, NotRead)
        assert reply.why.startswith(str(reply.status))
        if "vanished/managed-resources" in question.path:
            assert "not found" in reply.why


def test_says_not_read_where_nothing_is_known(source: Source) -> None:
    absent = Question(Api.ARGOCD, "/api/v1/applications/nobody/resource-tree")
    other_query = Question(Api.ARGOCD, "/api/v1/applications", (("selector", "a=b"),))
    for reply in ask(source, absent, other_query):
        assert isinstance(reply, NotRead)
        assert "not in the recording" in reply.why
        assert reply.status not in (403, 404)  # which would say more than is known


def test_never_leaves_its_place(source: Source) -> None:
    names = ("../../etc/passwd", "..", ".", "a/../../b", "", "a\x00b", "a\r\nb", "\ud800", "%2e%2e", "‮⁦", "x" * 300)
    for reply in ask(source, *(Question(Api.ARGOCD, f"/api/v1/applications/{name}/events") for name in names)):
        assert isinstance(reply, NotRead)


def test_hints_change_nothing(source: Source) -> None:
    plain = Question(Api.ARGOCD, "/api/v1/settings")
    hinted = Question(Api.ARGOCD, "/api/v1/settings", hints=(("project", "default"),))
    first, second = ask(source, plain, hinted)
    assert isinstance(first, Body)
    assert first == second


def test_reads_logs_as_text_and_odd_names_as_they_are(source: Source) -> None:
    logs = Question(Api.ARGOCD, "/api/v1/applications/app/logs", (("container", "main"), ("tailLines", "5")))
    odd = Question(Api.ARGOCD, "/api/v1/applications/50%-done/resource", (("resourceName", "a/b c#d"),))
    assert ask(source, logs, odd) == [Body(b"one\ntwo\n"), Body(b'{"odd":true}')]


def test_counts_questions_and_has_one_instance(source: Source) -> None:
    assert source.requests == 0
    ask(source, *(Question(Api.ARGOCD, "/api/version", (("n", str(number)),)) for number in range(20)))
    assert source.requests == 20
    assert list(source.instances()) == [""]


def test_closes_twice(source: Source) -> None:
    ask(source, Question(Api.ARGOCD, "/api/version"))
    asyncio.run(source.close())
