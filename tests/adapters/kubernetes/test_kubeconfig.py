"""kubeconfigs as kubectl reads them: contexts, lists of files, and every way to say who one is."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from tests.adapters.kubernetes.clusters import PODS, TOKEN, RootReplay, ask, kubeconfig, recording, source
from tests.replay import CERTIFICATES, Replay

from whydrift.adapters.kubernetes import KubernetesOptions, connect
from whydrift.errors import SourceError
from whydrift.ports import Body, NotRead

CA = {"certificate-authority": str(CERTIFICATES / "ca.crt")}
EXEC = "client.authentication.k8s.io"
SPILLS = "do-not-tell-anybody"


def jwt(until: int) -> str:
    """A JSON web token that ends at a time (seconds since 1970)."""
    parts: tuple[dict[str, object], ...] = ({"alg": "none"}, {"exp": until}, {})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


FRESH, STALE = jwt(4_000_000_000), jwt(1_600_000_000)


def plugin(folder: Path, script: str, version: str = f"{EXEC}/v1", **more: object) -> dict[str, object]:
    """A user whose credentials a small program makes; it runs in the folder of the kubeconfig."""
    program = folder / "plugin"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"exec": {"apiVersion": version, "command": "./plugin", "interactiveMode": "Never", **more}}


def credential(version: str = f"{EXEC}/v1", **status: str) -> str:
    """What a plugin prints."""
    said = json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status})
    return f"cat <<'END'\n{said}\nEND"


def read(folder: Path, user: dict[str, object], token: str = TOKEN, **server: object) -> tuple[Body | NotRead, Replay]:
    """Ask for pods as a user."""
    with Replay(recording(folder), token=token, **server) as replay:  # type: ignore[arg-type]  # keyword arguments of it
        config = kubeconfig(folder / "config", replay.kubernetes_url, user, CA if server.get("certificate") else None)
        return ask(source(config), PODS)[0], replay


def test_takes_tokens_from_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    for user in ({"token": TOKEN}, {"tokenFile": "token"}, {"tokenFile": str(tmp_path / "token"), "token": "old"}):
        assert isinstance(read(tmp_path, dict(user))[0], Body), user


def test_sends_a_name_and_a_password(tmp_path: Path) -> None:
    _, replay = read(tmp_path, {"username": "jo", "password": "s3cret"}, token="")
    assert replay.seen[0].header("Authorization") == "Basic " + base64.b64encode(b"jo:s3cret").decode()


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="compares with kubectl itself")
@pytest.mark.parametrize(
    "user",
    [
        {"token": "T"},
        {"token": "T", "tokenFile": "token"},
        {"username": "jo", "password": "p"},
        {"exec": True},
        {"exec": True, "token": "T"},
        {"exec": True, "username": "jo", "password": "p"},
        {"token": "T", "as": "jo", "as-uid": "u", "as-groups": ["dev", "ops"]},
        {},
    ],
    ids=str,
)
def test_says_the_same_as_kubectl(tmp_path: Path, user: dict[str, object]) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    user = {**user, **plugin(tmp_path, credential(token="from-a-plugin"))} if "exec" in user else user
    with Replay(recording(tmp_path), certificate="server") as replay:
        config = kubeconfig(tmp_path / "config", replay.kubernetes_url, user, CA)
        command = ["kubectl", "--kubeconfig", str(config), "get", "--raw", PODS]
        environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
        subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        ask(source(config), PODS)
    said = [
        sorted(
            (key.title(), value) for key, value in seen.headers if key.title().startswith(("Authorization", "Impers"))
        )
        for seen in replay.seen
    ]
    assert said[0] == said[-1]
    assert len(said) >= 2


def test_impersonates_as_kubectl_would(tmp_path: Path) -> None:
    _, replay = read(tmp_path, {"token": TOKEN, "as": "jo", "as-groups": ["dev", "ops"]})
    assert replay.seen[0].header("Impersonate-User") == "jo"
    assert [value for key, value in replay.seen[0].headers if key == "Impersonate-Group"] == ["dev", "ops"]


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_runs_an_exec_plugin_once(tmp_path: Path, version: str) -> None:
    script = f"echo ran >> runs; {credential(f'{EXEC}/{version}', token=TOKEN)}"
    user = plugin(tmp_path, script, f"{EXEC}/{version}", args=["--cluster", "x"], env=[{"name": "A", "value": "b"}])
    with Replay(recording(tmp_path), token=TOKEN) as replay:
        config = kubeconfig(tmp_path / "config", replay.kubernetes_url, user)
        replies = ask(source(config), PODS, "/version", PODS)
    assert {type(reply) for reply in replies} == {Body}
    assert (tmp_path / "runs").read_text() == "ran\n"


def test_runs_the_plugin_again_when_its_token_ran_out(tmp_path: Path) -> None:
    good, old = credential(token=TOKEN), credential(token="an-old-token")
    user = plugin(tmp_path, f"echo ran >> runs\nif [ $(wc -l < runs) -gt 1 ]; then {good}\nelse {old}\nfi")
    reply, replay = read(tmp_path, user)
    assert isinstance(reply, Body)
    assert [seen.header("Authorization") for seen in replay.seen] == ["Bearer an-old-token", f"Bearer {TOKEN}"]


def test_tells_the_plugin_about_the_cluster_where_it_asks(tmp_path: Path) -> None:
    user = plugin(tmp_path, f'echo "$KUBERNETES_EXEC_INFO" > info; {credential(token=TOKEN)}', provideClusterInfo=True)
    _, replay = read(tmp_path, user, certificate="server")
    info = json.loads((tmp_path / "info").read_text())
    assert info["apiVersion"] == f"{EXEC}/v1"
    told = info["spec"]["cluster"]
    assert told["server"] == replay.kubernetes_url
    assert base64.b64decode(told["certificate-authority-data"]).decode() == (CERTIFICATES / "ca.crt").read_text()
    assert sorted(told) == ["certificate-authority-data", "server"], "paths of this machine are not told"


def test_uses_a_certificate_that_a_plugin_makes(tmp_path: Path) -> None:
    pair = {
        "clientCertificateData": (CERTIFICATES / "client.crt").read_text(),
        "clientKeyData": (CERTIFICATES / "client.key").read_text(),
    }
    user = plugin(tmp_path, credential(**pair))
    assert isinstance(read(tmp_path, user, "", certificate="server", client_certificates=True)[0], Body)
    refused, _ = read(tmp_path, {}, "", certificate="server", client_certificates=True)
    assert isinstance(refused, NotRead)
    assert "client-certificate in the kubeconfig" in refused.why


@pytest.mark.parametrize(
    ("script", "version", "says"),
    [
        (f"echo {SPILLS}; echo {SPILLS} >&2; exit 3", "v1", "the exec plugin ./plugin failed (exit code 3)"),
        (f"echo {SPILLS}", "v1", "did not answer with credentials"),
        ("true", "v1", "did not answer with credentials"),
        (credential(f"{EXEC}/v1beta1", token=SPILLS), "v1", "did not answer with credentials"),
        (credential(other=SPILLS), "v1", "did not answer with credentials"),
        ("echo '[]'", "v1", "did not answer with credentials"),
        (credential(f"{EXEC}/v1alpha1", token=SPILLS), "v1alpha1", "speaks neither v1 nor v1beta1"),
        (f"printf '%s' '{SPILLS}' >&2; kill -9 $$", "v1", "failed (exit code -9)"),
    ],
)
def test_says_that_a_plugin_failed_and_never_what_it_printed(
    tmp_path: Path, script: str, version: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    reply, replay = read(tmp_path, plugin(tmp_path, script, f"{EXEC}/{version}"))
    assert isinstance(reply, NotRead)
    assert reply.why.startswith("context here: ")
    assert says in reply.why
    assert SPILLS not in reply.why + "".join(capfd.readouterr())
    assert not replay.seen


def test_says_how_a_missing_plugin_is_installed(tmp_path: Path) -> None:
    user = {
        "exec": {"apiVersion": f"{EXEC}/v1", "command": "no-such-plugin", "installHint": "brew install it\n\nor so"}
    }
    reply, _ = read(tmp_path, dict(user))
    assert reply == NotRead("context here: the exec plugin no-such-plugin is not installed: brew install it or so")


def test_uses_the_oidc_token_and_says_when_it_ended(tmp_path: Path) -> None:
    def oidc(token: str) -> dict[str, object]:
        return {"auth-provider": {"name": "oidc", "config": {"id-token": token, "refresh-token": "r"}}}

    assert isinstance(read(tmp_path, oidc(FRESH), token=FRESH)[0], Body)
    reply, replay = read(tmp_path, oidc(STALE))
    assert isinstance(reply, NotRead)
    assert "its OIDC login expired 2020-09-13 12:26 UTC: any kubectl command renews it" in reply.why
    assert not replay.seen
    assert "auth-provider gcp" in str(read(tmp_path, {"auth-provider": {"name": "gcp"}})[0])


def test_trusts_the_name_that_the_kubeconfig_states(tmp_path: Path) -> None:
    with Replay(recording(tmp_path), certificate="elsewhere") as replay:
        named = kubeconfig(
            tmp_path / "config", replay.kubernetes_url, cluster={**CA, "tls-server-name": "argocd.example.com"}
        )
        assert isinstance(ask(source(named), PODS)[0], Body)
        careless = kubeconfig(tmp_path / "config", replay.kubernetes_url, cluster={"insecure-skip-tls-verify": True})
        assert isinstance(ask(source(careless), PODS)[0], Body)


def test_reads_certificates_beside_the_kubeconfig_and_inside_of_it(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_bytes((CERTIFICATES / "ca.crt").read_bytes())
    inside = base64.b64encode((CERTIFICATES / "ca.crt").read_bytes()).decode()
    with Replay(recording(tmp_path), certificate="server") as replay:
        for cluster in ({"certificate-authority": "ca.crt"}, {"certificate-authority-data": inside}):
            config = kubeconfig(tmp_path / "config", replay.kubernetes_url, cluster=dict(cluster))
            assert isinstance(ask(source(config), PODS)[0], Body), cluster


def test_goes_through_the_proxy_that_the_kubeconfig_or_the_environment_names(tmp_path: Path) -> None:
    with Replay(recording(tmp_path)) as proxy:
        named = kubeconfig(tmp_path / "named", "http://api.example.com/a", cluster={"proxy-url": proxy.url})
        reply = ask(source(named), "/version")[0]
        plain = kubeconfig(tmp_path / "plain", "http://api.example.com/b")
        other = ask(source(plain, environ={"HTTP_PROXY": proxy.url}), "/version")[0]
    # A proxy is asked for whole URLs, which the replay does not serve: that it answers at all is the proof.
    assert "404" in str(reply) + str(other) or "501" in str(reply) + str(other)
    assert "api.example.com is not known" not in str(reply) + str(other)


def test_merges_the_files_of_a_list_and_takes_the_first_current_context(tmp_path: Path) -> None:
    with Replay(recording(tmp_path)) as replay:
        first = kubeconfig(tmp_path / "first", replay.kubernetes_url, context="one", current="")
        second = kubeconfig(tmp_path / "second", f"{replay.url}/clusters/two", context="two")
        third = kubeconfig(tmp_path / "third", "https://three.example.com", context="three")
        listed = {"KUBECONFIG": os.pathsep.join(map(str, (first, tmp_path / "gone", second, third)))}
        found = connect(KubernetesOptions(), listed, tmp_path)
        assert found is not None
        assert isinstance(ask(found, PODS, at="one")[0], Body)
        assert found.name == "kubeconfig two"


def test_knows_the_servers_of_all_contexts(tmp_path: Path) -> None:
    config = kubeconfig(tmp_path / "config", "https://one.example.com", namespace="apps")
    found = source(config)
    assert asyncio.run(found.clusters()) == {
        "https://one.example.com": "here",
        "https://kubernetes.default.svc": "",
        "in-cluster": "",
    }
    assert found.namespace() == "apps"


@pytest.mark.parametrize(
    ("content", "context", "says"),
    [
        ("[]", "", "cannot be read as a kubeconfig"),
        ("", "", "cannot be read as a kubeconfig"),
        (f"users: [\ntoken: {SPILLS}", "", "not YAML (line"),
        (f"a: {{token: {SPILLS}", "", "not YAML (line"),
        ("{}", "", "no current context (there are: none)"),
        (None, "elsewhere", "no context 'elsewhere' (there are: here): --context NAME, or --no-kubernetes"),
        ("contexts: [{}]", "", "cannot be read as a kubeconfig"),
        ("contexts: 7", "", "cannot be read as a kubeconfig"),
    ],
)
def test_says_what_is_wrong_with_a_kubeconfig(tmp_path: Path, content: str | None, context: str, says: str) -> None:
    config = kubeconfig(tmp_path / "config", "https://one.example.com")
    if content is not None:
        config.write_text(content)
    with pytest.raises(SourceError) as raised:
        ask(source(config, context), PODS)
    assert says in str(raised.value)
    assert SPILLS not in str(raised.value)


@pytest.mark.parametrize("server", ["", "no url", "ftp://x", f"https://jo:{SPILLS}@one.example.com", "https://x:99999"])
def test_refuses_what_is_no_address_and_never_shows_a_password_in_it(tmp_path: Path, server: str) -> None:
    found = source(kubeconfig(tmp_path / "config", server))
    reply = ask(found, PODS)[0]
    assert isinstance(reply, NotRead)
    assert "its server is no URL" in reply.why
    assert SPILLS not in reply.why
    assert list(asyncio.run(found.clusters())) == ["https://kubernetes.default.svc", "in-cluster"]


def test_says_that_a_context_leads_nowhere(tmp_path: Path) -> None:
    config = kubeconfig(tmp_path / "config", "https://one.example.com")
    stated = json.loads(config.read_text())
    config.write_text(json.dumps({**stated, "clusters": []}))
    assert ask(source(config), PODS)[0] == NotRead("context here: its cluster is not in the kubeconfig")


def test_none_where_there_is_no_kubeconfig_unless_it_was_asked_for(tmp_path: Path) -> None:
    assert connect(KubernetesOptions(), {}, tmp_path) is None
    with pytest.raises(SourceError, match="no such file"):
        ask(source(tmp_path / "gone"), PODS)


def test_uses_the_service_account_of_a_pod(tmp_path: Path) -> None:
    for name, content in {
        "token": f"{TOKEN}\n",
        "ca.crt": (CERTIFICATES / "ca.crt").read_text(),
        "namespace": "ops",
    }.items():
        (tmp_path / name).write_text(content)
    options = KubernetesOptions(in_cluster=True, service_account=tmp_path)
    with RootReplay(recording(tmp_path), certificate="server", token=TOKEN) as replay:
        host, _, port = replay.host.partition(":")
        pod = connect(options, {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}, tmp_path)
        assert pod is not None
        assert isinstance(ask(pod, PODS)[0], Body)
        assert pod.name == "this pod's service account"
    elsewhere = connect(options, {}, tmp_path)
    assert elsewhere is not None
    with pytest.raises(SourceError, match="--in-cluster: Service host/port is not set"):
        ask(elsewhere, PODS)
