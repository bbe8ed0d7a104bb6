"""Lists come whole or not at all, and mean what a list in one piece means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.kubernetes.clusters import PODS, PagingReplay, ask, kubeconfig, names, recording, source
from tests.replay import Fault, Replay

from whydrift.adapters.kubernetes.pages import NotAPage, joined, next_page
from whydrift.ports import Body, NotRead


def pods(folder: Path, replay: Replay) -> Body | NotRead:
    with replay:
        return ask(source(kubeconfig(folder / "config", replay.kubernetes_url)), PODS)[0]


def test_joins_the_pages_of_a_list(tmp_path: Path) -> None:
    replay = PagingReplay(recording(tmp_path, pods=7))
    reply = pods(tmp_path, replay)
    assert isinstance(reply, Body)
    assert json.loads(reply.content) == json.loads((tmp_path / f"kubernetes{PODS}.json").read_bytes())
    assert [seen.query for seen in replay.seen] == ["limit=500", *(f"limit=500&continue={n}" for n in (1, 2, 3))]


def test_gives_a_list_of_one_page_as_it_came(tmp_path: Path) -> None:
    reply = pods(tmp_path, Replay(recording(tmp_path)))
    assert reply == Body((tmp_path / f"kubernetes{PODS}.json").read_bytes())


def test_asks_for_the_list_in_one_piece_when_its_pages_expire(tmp_path: Path) -> None:
    replay = PagingReplay(recording(tmp_path, pods=7))
    replay.expires = frozenset({2})
    reply = pods(tmp_path, replay)
    assert isinstance(reply, Body)
    assert names(reply.content) == [f"pod-{number}" for number in range(7)]
    assert replay.seen[-1].query == ""


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("*continue=2*=500", "500: fault 500"),
        ("*continue=2*=wrong-json", "did not answer with a whole JSON object"),
        ("*continue=2*=403", "403: not allowed (fault 403)"),
        ("*continue=2*=html", "no Kubernetes API"),
    ],
)
def test_never_takes_the_first_pages_for_the_whole(tmp_path: Path, fault: str, says: str) -> None:
    reply = pods(tmp_path, PagingReplay(recording(tmp_path, pods=7), faults=[Fault.parse(fault)]))
    assert isinstance(reply, NotRead)
    assert says in reply.why


def test_says_that_a_list_was_cut_off_without_a_way_on(tmp_path: Path) -> None:
    replay = PagingReplay(recording(tmp_path, pods=7))
    replay.loses = frozenset({1})
    reply = pods(tmp_path, replay)
    assert isinstance(reply, NotRead)
    assert "cut off" in reply.why


@pytest.mark.parametrize(
    "content", [b'{"kind":"Pod","apiVersion":"v1"}', b'{"kind":"PodList","apiVersion":"v1","items":[{}', b"[]", b'"x"']
)
def test_refuses_what_is_no_list(content: bytes) -> None:
    with pytest.raises(NotAPage):
        next_page(content)


@given(st.lists(st.lists(st.dictionaries(st.text(), st.integers()), max_size=4), min_size=2, max_size=5))
def test_joining_keeps_every_object_in_its_order(pages: list[list[dict[str, int]]]) -> None:
    written = [
        json.dumps(
            {"kind": "XList", "apiVersion": "a/v1", "metadata": {"resourceVersion": "1"}, "items": page}
        ).encode()
        for page in pages
    ]
    whole = json.loads(joined(written))
    assert whole["items"] == [item for page in pages for item in page]
    assert next_page(joined(written)) == ""
    assert (whole["kind"], whole["apiVersion"], whole["metadata"]) == ("XList", "a/v1", {"resourceVersion": "1"})
