"""Which server is asked, with which token and trust: the user's `argocd` login in the situations that exist."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.replay import CERTIFICATES

from whydrift.adapters.argocd import ArgocdOptions, CoreMode, connect
from whydrift.adapters.argocd.login import find_login
from whydrift.adapters.argocd.options import from_environment
from whydrift.adapters.http.tokens import expires_at
from whydrift.errors import SourceError, WhydriftError


def token(expires: float | None, name: str = "sso") -> str:
    """An unsigned token as SSO gives them."""
    claims = {"sub": name} | ({} if expires is None else {"exp": expires})
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "c2ln"])


GOOD, EXPIRED = token(time.time() + 30 * 86_400), token(1_700_000_000)
CONFIG: dict[str, object] = {
    "contexts": [
        {"name": "prod", "server": "argocd.example.com", "user": "prod"},
        {"name": "plain", "server": "10.0.0.5:8080", "user": "plain"},
        {"name": "old", "server": "old.example.com", "user": "old"},
        {"name": "older", "server": "older.example.com", "user": "older"},
        {"name": "core", "server": "kubernetes", "user": "core"},
        {"name": "port-forward", "server": "port-forward", "user": "prod"},
    ],
    "current-context": "prod",
    "servers": [
        {"server": "argocd.example.com", "grpc-web": True, "grpc-web-root-path": "argo"},
        {"server": "10.0.0.5:8080", "plain-text": True, "grpc-web-root-path": ""},
        {"server": "old.example.com", "insecure": True},
        {"server": "older.example.com"},
        {"server": "kubernetes", "core": True},
        {"server": "port-forward"},
    ],
    "users": [
        {"name": "prod", "auth-token": GOOD},
        {"name": "plain", "auth-token": "no-jwt"},
        {"name": "old", "auth-token": EXPIRED},
        {"name": "older", "auth-token": EXPIRED, "refresh-token": "refresh"},
        {"name": "core"},
    ],
    "prompts-enabled": False,
}


@dataclass
class Situation:
    """What is stated, and what must come of it: URL and token, or an error that says something."""

    url: str = ""
    token: str = ""
    says: str = ""
    options: ArgocdOptions = field(default_factory=ArgocdOptions)
    environ: dict[str, str] = field(default_factory=dict)
    config: str | None = ".config/argocd/config"
    notes: str = ""


O = ArgocdOptions  # noqa: E741 - the table below reads better
SITUATIONS = {
    "current context": Situation("https://argocd.example.com/argo", GOOD),
    "context by flag": Situation("http://10.0.0.5:8080", "no-jwt", options=O(context="plain")),
    "context by environment": Situation(
        "http://10.0.0.5:8080", "no-jwt", environ={"ARGOCD_OPTS": "--argocd-context plain"}
    ),
    "no such context": Situation(says="no context 'nope'", options=O(context="nope")),
    "legacy folder": Situation("https://argocd.example.com/argo", GOOD, config=".argocd/config"),
    "xdg": Situation(
        "https://argocd.example.com/argo", GOOD, environ={"XDG_CONFIG_HOME": "{home}/x"}, config="x/argocd/config"
    ),
    "config dir": Situation(
        "https://argocd.example.com/argo", GOOD, environ={"ARGOCD_CONFIG_DIR": "{home}/c"}, config="c/config"
    ),
    "config by flag": Situation(
        "https://argocd.example.com/argo", GOOD, options=O(config="{home}/mine"), config="mine"
    ),
    "config by environment": Situation(
        "https://argocd.example.com/argo", GOOD, environ={"ARGOCD_OPTS": "--config={home}/mine"}, config="mine"
    ),
    "no login at all": Situation(says="no Argo CD login found: run `argocd login", config=None),
    "environment alone": Situation(
        "https://argo.corp",
        "t0ken",
        environ={"ARGOCD_SERVER": "argo.corp", "ARGOCD_AUTH_TOKEN": " t0ken\n"},
        config=None,
    ),
    "options over environment": Situation(
        "http://b/root",
        "bbb",
        environ={
            "ARGOCD_SERVER": "a",
            "ARGOCD_AUTH_TOKEN": "aaa",
            "ARGOCD_OPTS": "--server b:80 --plaintext --auth-token=bbb --grpc-web-root-path /root/",
        },
        config=None,
    ),
    "flags over options": Situation(
        "https://c",
        "ccc",
        options=O(server="c", auth_token="ccc", plaintext=False),
        environ={"ARGOCD_OPTS": "--server b --auth-token bbb --plaintext"},
        config=None,
    ),
    "server of another context": Situation("http://10.0.0.5:8080", "no-jwt", options=O(server="10.0.0.5:8080")),
    "server without a login": Situation(
        "https://new.example.com", "", options=O(server="new.example.com"), notes="no login for new.example.com"
    ),
    "dashboard of core mode": Situation(
        "http://localhost:8080", "", options=O(server="localhost:8080", plaintext=True), config=None
    ),
    "address of a browser": Situation(
        "https://argo.corp:8443/tools/argo", "", options=O(server="https://argo.corp:8443/tools/argo/"), config=None
    ),
    "address with http": Situation("http://argo.corp", "", options=O(server="http://argo.corp"), config=None),
    "address of a browser, with a login": Situation(
        "https://argocd.example.com/argo", GOOD, options=O(server="https://ArgoCD.example.com:443/argo/")
    ),
    "IPv6": Situation("https://[fd00::1]:8443", "", options=O(server="[fd00::1]:8443"), config=None),
    "address with credentials": Situation(says="without credentials", options=O(server="https://me:pw@argo.corp")),
    "address with a bad port": Situation(says="not an address", options=O(server="argo.corp:port")),
    "expired": Situation(
        says="expired 2023-11-14 22:13 UTC: run `argocd relogin --argocd-context old`", options=O(context="old")
    ),
    "expired, the current one": Situation(
        says="UTC: run `argocd relogin`",
        environ={"ARGOCD_OPTS": "--config {home}/old-is-current"},
        config="old-is-current",
    ),
    "expired, renewable": Situation(says="run any `argocd` command, which renews it", options=O(context="older")),
    "expired in the environment": Situation(
        says="the token of ARGOCD_AUTH_TOKEN expired 2023-11-14 22:13 UTC: give ARGOCD_AUTH_TOKEN a new one",
        environ={"ARGOCD_SERVER": "a", "ARGOCD_AUTH_TOKEN": EXPIRED},
    ),
    "core context": Situation(says="`argocd admin dashboard`", options=O(context="core")),
    "core by flag": Situation(says="`argocd admin dashboard`", options=O(core=True), config=None),
    "core by environment": Situation(says="`argocd admin dashboard`", environ={"ARGOCD_OPTS": "--core"}),
    "in-cluster": Situation(
        "https://argocd-server.argocd.svc",
        "pod-token",
        options=O(in_cluster=True, service_account=Path("{home}/sa")),
        config=None,
    ),
    "in-cluster outside": Situation(
        says="not in a pod?", options=O(in_cluster=True, service_account=Path("{home}/none")), config=None
    ),
    "half a client certificate": Situation(says="belong together", options=O(client_crt="x")),
    "certificate that is not there": Situation(says="No such file", options=O(server_crt="{home}/ca.pem")),
    "header without colon": Situation(says="NAME: VALUE", options=O(headers=("X-Auth secret",))),
    "header with a line break": Situation(says="NAME: VALUE", options=O(headers=("X-Auth: a\r\nB: c",))),
    "token on two lines": Situation(says="the token holds characters", options=O(server="a", auth_token="abc\ndef")),
    "unknown flag": Situation(
        "https://argocd.example.com/argo",
        GOOD,
        environ={"ARGOCD_OPTS": "--grpc-web --colour=topsecret --loglevel debug"},
        notes="ARGOCD_OPTS: ignored --colour",
    ),
    "stray word": Situation(
        "https://argocd.example.com/argo", GOOD, environ={"ARGOCD_OPTS": "topsecret --grpc-web"}, notes="ignored a word"
    ),
    "unbalanced quotes": Situation(says="ARGOCD_OPTS cannot be read", environ={"ARGOCD_OPTS": "--header 'topsecret"}),
}


@pytest.mark.parametrize("name", list(SITUATIONS))
def test_finds_the_login_that_argocd_would_use(name: str, tmp_path: Path) -> None:
    situation = SITUATIONS[name]
    (tmp_path / "sa").write_text("pod-token\n")
    if situation.config:
        path = tmp_path / situation.config
        path.parent.mkdir(parents=True, exist_ok=True)
        current = "old" if situation.config == "old-is-current" else "prod"
        path.write_text(yaml.safe_dump({**CONFIG, "current-context": current}))
    environ = {key: value.replace("{home}", str(tmp_path)) for key, value in situation.environ.items()}
    options = _at_home(situation.options, tmp_path)
    if situation.says:
        with pytest.raises(SourceError) as caught:
            connect(options, environ, tmp_path)
        said = str(caught.value)
        assert situation.says in said
        assert "\n" not in said
        for secret in ("topsecret", EXPIRED, GOOD, "pw@", "abc", "X-Auth"):
            assert secret not in said
        return
    source = connect(options, environ, tmp_path)
    assert source.name == situation.url
    assert find_login(options, environ, tmp_path).token == situation.token
    assert situation.notes in "\n".join(source.notes)
    assert "topsecret" not in "\n".join(source.notes)
    assert bool(situation.notes) == bool(source.notes)


def _at_home(options: ArgocdOptions, home: Path) -> ArgocdOptions:
    return replace(
        options,
        config=options.config and options.config.replace("{home}", str(home)),
        server_crt=options.server_crt and options.server_crt.replace("{home}", str(home)),
        service_account=Path(str(options.service_account).replace("{home}", str(home))),
    )


def test_core_mode_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CoreMode):
        connect(ArgocdOptions(core=True), {}, tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"contexts: [\x00",
        b"users:\n  - auth-token: topsecret\n   bad: indent",
        b"\xff\xfe\x00",
        b"current-context: nope",
        b"contexts: {a: b}\ncurrent-context: [1]\nservers: 5",
        b"[" * 5000,
        b"just a text",
    ],
)
def test_a_broken_config_file_is_one_line_without_its_content(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        connect(ArgocdOptions(), {"ARGOCD_CONFIG_DIR": str(tmp_path)}, tmp_path)
    assert "topsecret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    cause = caught.value.__cause__
    assert cause is None or "topsecret" not in str(cause)


def test_takes_certificates_out_of_the_config_file(tmp_path: Path) -> None:
    def encoded(name: str) -> str:
        return base64.b64encode((CERTIFICATES / name).read_bytes()).decode()

    server = {
        "server": "a",
        "certificate-authority-data": encoded("ca.crt"),
        "client-certificate-data": encoded("client.crt"),
        "client-certificate-key-data": encoded("client.key"),
    }
    config = {"contexts": [{"name": "a", "server": "a", "user": "a"}], "servers": [server], "current-context": "a"}
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    context = find_login(ArgocdOptions(), {"ARGOCD_CONFIG_DIR": str(tmp_path)}, tmp_path).context
    assert context.authorities == (CERTIFICATES / "ca.crt").read_text()
    assert context.certificate == (CERTIFICATES / "client.crt").read_text()
    assert context.key == (CERTIFICATES / "client.key").read_text()
    assert context.key not in repr(context)


def test_reads_argocd_opts_as_the_command_does() -> None:
    options, notes = from_environment(
        "--header 'a: 1,b: 2' -H 'c: 3' --insecure=false --port-forward "
        "--port-forward-namespace argo --http-retry-max 7"
    )
    assert notes == []
    assert options == ArgocdOptions(
        headers=("a: 1", "b: 2", "c: 3"), insecure=False, port_forward=True, port_forward_namespace="argo", retries=7
    )


@given(st.text())
def test_any_argocd_opts_is_read_or_refused_in_one_line(stated: str) -> None:
    try:
        from_environment(stated)
    except WhydriftError as error:
        assert "\n" not in str(error)


@given(st.one_of(st.text(), st.builds("{}.{}.{}".format, st.text(), st.text(), st.text())))
def test_any_text_is_a_token_without_an_end(text: str) -> None:
    assert expires_at(text) is None


def test_reads_the_end_of_a_token() -> None:
    until = expires_at(token(1_700_000_000))
    assert until is not None
    assert until.timestamp() == 1_700_000_000
    assert expires_at(token(None)) is None
    assert expires_at(token(1e300)) is None
