"""What is never asked for, and what goes wrong: one line each, nothing called empty that was not read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adapters.kubernetes.clusters import PODS, TOKEN, ask, kubeconfig, recording, source
from tests.replay import CERTIFICATES, Fault, Replay

from whydrift.ports import Body, NotRead


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/secrets",
        "/api/v1/namespaces/shop/secrets",
        "/api/v1/namespaces/shop/secrets/tls",
        "/api/v1/namespaces/shop/SECRETS",
        "/api/v1/watch/secrets",
        "/api/v1/namespaces/shop/pods/web/exec",
        "/api/v1/namespaces/shop/pods/web/proxy",
        "/api/v1/namespaces/shop/pods/web/proxy/delete",
        "/api/v1/namespaces/shop/services/web/proxy",
        "/api/v1/namespaces/../secrets",
        "/api/v1/namespaces//secrets",
        "/metrics",
        "/healthz",
        "/api/v1/namespaces/shop/pods/../secrets",
    ],
)
def test_never_asks_for_secrets_or_for_more_than_reading(tmp_path: Path, path: str) -> None:
    with Replay(recording(tmp_path)) as replay:
        reply = ask(source(kubeconfig(tmp_path / "config", replay.kubernetes_url)), path)[0]
    assert isinstance(reply, NotRead)
    assert reply.status is None
    assert not replay.seen


@pytest.mark.parametrize(
    ("fault", "status", "says"),
    [
        ("*=401", 401, "401: the login is not accepted (fault 401): any kubectl command with --context here"),
        ("*=403", 403, "403: not allowed (fault 403)"),
        ("*=404", 404, "404: not there (fault 404)"),
        ("*=500", 500, "500: fault 500"),
        ("*=429:0", 429, "429: too many requests, also after waiting (fault 429)"),
        ("*=html", None, "is no Kubernetes API"),
        ("*=redirect:http://elsewhere.example.com/", None, "is no Kubernetes API"),
        ("*=wrong-json", None, "did not answer with a whole JSON object"),
        ("*=truncated", None, "the answer was cut off"),
    ],
)
def test_says_in_one_line_why_an_answer_is_missing(tmp_path: Path, fault: str, status: int | None, says: str) -> None:
    with Replay(recording(tmp_path), faults=[Fault.parse(fault)]) as replay:
        reply = ask(source(kubeconfig(tmp_path / "config", replay.kubernetes_url)), PODS)[0]
    assert isinstance(reply, NotRead)
    assert reply.status == status
    assert says in reply.why
    assert "\n" not in reply.why


def test_does_not_believe_a_404_of_something_that_is_no_api_server(tmp_path: Path) -> None:
    with Replay(recording(tmp_path)) as replay:
        reply = ask(source(kubeconfig(tmp_path / "config", f"{replay.url}/elsewhere")), PODS)[0]
        believed = ask(source(kubeconfig(tmp_path / "config", replay.kubernetes_url)), PODS)[0]
    assert isinstance(believed, Body)
    assert isinstance(reply, NotRead)
    assert reply.status is None or reply.status == 501  # the replay's own word for what it does not hold


def test_a_server_that_never_answers_costs_one_wait(tmp_path: Path) -> None:
    config = kubeconfig(tmp_path / "config", "https://127.0.0.1:1")
    replies = ask(source(config), PODS, "/api/v1/namespaces/shop/services", "/api/v1/namespaces/shop")
    assert {type(reply) for reply in replies} == {NotRead}
    assert "refuses connections" in str(replies[0])


@pytest.mark.parametrize(
    ("certificate", "cluster", "says"),
    [
        ("server", {}, "comes from a CA that is not known here: is certificate-authority in the kubeconfig"),
        ("expired", {"certificate-authority": str(CERTIFICATES / "ca.crt")}, "has expired"),
        ("elsewhere", {"certificate-authority": str(CERTIFICATES / "ca.crt")}, "tls-server-name in the kubeconfig"),
        ("server", {"certificate-authority": "gone.crt"}, "gone.crt: No such file or directory"),
        ("server", {"certificate-authority-data": "bm9uZQ=="}, "the CA certificate is not a PEM certificate"),
        ("server", {"certificate-authority-data": "%%%"}, "a certificate or a token of it cannot be read"),
    ],
)
def test_says_what_is_wrong_with_certificates(
    tmp_path: Path, certificate: str, cluster: dict[str, object], says: str
) -> None:
    with Replay(recording(tmp_path), certificate=certificate) as replay:
        reply = ask(source(kubeconfig(tmp_path / "config", replay.kubernetes_url, cluster=cluster)), PODS)[0]
    assert isinstance(reply, NotRead)
    assert says in reply.why
    assert TOKEN not in reply.why


def test_no_message_repeats_the_credentials(tmp_path: Path) -> None:
    with Replay(recording(tmp_path), faults=[Fault.parse("*=echo")]) as replay:
        reply = ask(source(kubeconfig(tmp_path / "config", replay.kubernetes_url)), PODS)[0]
    assert isinstance(reply, NotRead)
    assert "[hidden]" in reply.why
    assert TOKEN not in reply.why
