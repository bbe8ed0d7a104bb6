"""The API: what it answers is what its description says, and the answer is that of `-o json`."""

from __future__ import annotations

import msgspec
import pytest
from starlette.testclient import TestClient
from tests.looks import SHOP
from tests.web.fleet import path_of

from whydrift.core.model.triage import Answer
from whydrift.web.api.documents import ADDRESSES, Address, Findings


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.path)
def test_documents_are_of_the_types_that_are_described(client: TestClient, address: Address) -> None:
    """Strictly: nothing is missing, nothing is of another type, and what is encoded again is the same."""
    content = client.get(path_of(address.path)).content
    found = msgspec.json.decode(content, type=address.answers)
    assert msgspec.json.encode(found) == content


def test_the_description_names_every_address(client: TestClient) -> None:
    """Paths, parameters, and types that are all there."""
    described = client.get("/api/openapi.json").json()
    assert set(described["paths"]) == {address.path for address in ADDRESSES}
    kinds = described["components"]["schemas"]
    text = msgspec.json.encode(described).decode()
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named == set(kinds) & named
    assert {"Answer", "FindingAnswer", "ProblemAnswer"} <= set(kinds)
    operations = [path["get"]["operationId"] for path in described["paths"].values()]
    assert len(operations) == len(set(operations))


def test_one_application_is_the_answer_of_explain(client: TestClient) -> None:
    """The whole document, with its schema and when it was read."""
    answer = msgspec.json.decode(client.get(path_of(ADDRESSES[1].path)).content, type=Answer)
    assert answer.schema == "whydrift.answer/1"
    assert answer.read.at == "2026-11-01T12:02:00Z"
    assert [application.name for application in answer.applications] == [SHOP.name]
    assert answer.summary.causes == {"person-edits-live": 1}


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 9),
        ("?severity=broken", 2),
        ("?scope=hidden", 2),
        ("?scope=trouble&project=shop", 1),
        ("?accepted=true", 1),
        ("?accepted=false", 8),
        ("?cause=person-edits-live&side=cluster&team=front", 3),
        ("?q=zebra-hidden", 1),
        ("?q=nothing-like-this", 0),
        ("?severity=nonsense", 9),
    ],
)
def test_findings_are_narrowed(client: TestClient, query: str, number: int) -> None:
    """By each key; what is no value of a key counts for nothing."""
    found = msgspec.json.decode(client.get("/api/v1/findings" + query).content, type=Findings)
    assert (found.page.total, len(found.findings)) == (number, number)


def test_lists_are_cut(client: TestClient) -> None:
    """`limit` and `offset` page through; the total stays."""
    pages = [client.get(f"/api/v1/findings?limit=4&offset={offset}").json() for offset in (0, 4, 8, 12)]
    assert [len(page["findings"]) for page in pages] == [4, 4, 1, 0]
    assert {page["page"]["total"] for page in pages} == {9}
    paths = [(f["application"]["name"], f["object"], f["path"]) for page in pages for f in page["findings"]]
    assert len(paths) == len(set(paths))


def test_events_go_on_after_one_of_them(client: TestClient) -> None:
    """Who asks for what came after the last one is told of each once, oldest first; without it the newest are told."""
    newest = [event["id"] for event in client.get("/api/v1/events?limit=1000").json()["events"]]
    told: list[int] = []
    while some := client.get(f"/api/v1/events?limit=4&after={told[-1] if told else 0}").json()["events"]:
        told += [event["id"] for event in some]
    assert told == newest[::-1] and len(told) > 4
    assert client.get("/api/v1/events?after=999999999999999999").json()["events"] == []


def test_errors_are_json(client: TestClient) -> None:
    """As the description says."""
    assert client.get("/api/v1/applications/-/argocd/nobody").json() == {
        "status": 404,
        "error": "there is no such page, or it is not for you",
    }
    assert client.post("/api/v1/findings").json()["status"] == 405
