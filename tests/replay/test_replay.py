"""The replay server itself: both APIs, several of them, a token, and faults that are what they say."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.replay import Fault, Replay
from tests.replay.recorded import RECORDINGS, answered, unpack
from whydrift.ports import Api


def get(url: str, token: str = "") -> tuple[int, bytes]:
    """Status and body."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_serves_both_apis_of_every_instance_and_cluster(tmp_path: Path) -> None:
    folder = unpack(RECORDINGS[0], tmp_path)
    for place, name in (("instances/eu/argocd/api", "version.json"), ("clusters/us/kubernetes/api/v1", "nodes.json")):
        (folder / place).mkdir(parents=True)
        (folder / place / name).write_text(f'"{place}"')
    with Replay(folder, root="x") as replay:
        for question, content in answered(folder, Api.KUBERNETES).items():
            assert get(replay.kubernetes_url + question.path + "?limit=500") == (200, content)
        assert get(f"{replay.url}/instances/eu/api/version") == (200, b'"instances/eu/argocd/api"')
        assert get(f"{replay.url}/clusters/us/api/v1/nodes") == (200, b'"clusters/us/kubernetes/api/v1"')
        assert get(f"http://{replay.host}/api/version")[0] == 404


def test_refuses_in_the_words_of_each_api() -> None:
    with Replay(RECORDINGS[0], token="t") as replay:
        status, body = get(replay.kubernetes_url + "/api/v1/namespaces")
        assert (status, json.loads(body)["kind"], json.loads(body)["reason"]) == (401, "Status", "Unauthorized")
        status, body = get(f"{replay.url}/api/v1/settings", token="wrong")
        assert (status, json.loads(body)["code"]) == (401, 16)
        assert get(f"{replay.url}/api/version")[0] == 200  # Argo CD tells its version to everybody
        status, body = get(f"{replay.url}/api/v1/nothing", token="t")
        assert (status, json.loads(body)["message"]) == (501, "not in the recording")
        assert replay.count("/api/v1/settings") == 1


def test_cuts_lists_as_argocd_does() -> None:
    archive = next(path for path in RECORDINGS if path.stem.endswith("payments-apps"))
    with Replay(archive, faults=[Fault.parse("/api/v1/applications=cut-list")]) as replay:
        status, body = get(f"{replay.url}/api/v1/applications")
    assert status == 200
    assert len(json.loads(body)["items"]) == 2


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("*=401", Fault("*", "401")),
        ("*/x?a=b=429:2@1-3", Fault("*/x?a=b", "429", "2", 1, 3)),
        ("*=reset@2", Fault("*", "reset", "", 2, 2)),
        ("*=slow:0.5@2-", Fault("*", "slow", "0.5", 2, None)),
        ("*=redirect:https://sso.example.com/a", Fault("*", "redirect", "https://sso.example.com/a")),
    ],
)
def test_reads_faults(written: str, fault: Fault) -> None:
    assert Fault.parse(written) == fault


def test_knows_its_faults() -> None:
    with pytest.raises(ValueError, match="not a fault"):
        Fault.parse("nonsense")
    with pytest.raises(ValueError, match="no such fault: explode"):
        Replay(RECORDINGS[0], faults=[Fault.parse("*=explode")])
