"""`--port-forward`: with kubectl as a child, without it through a stream of the official client, or one clear line."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import textwrap
from pathlib import Path

import pytest
from kubernetes.stream.ws_client import PortForward
from tests.adapters.kubernetes.clusters import PODS, kubeconfig
from tests.faces.command import run
from tests.replay import Replay
from tests.replay.recorded import RECORDINGS

from whydrift.adapters.argocd import ArgocdOptions, connect
from whydrift.adapters.argocd.port_forward_client import StreamForward
from whydrift.adapters.files.recording import place_of
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, Question

LIST = Question(Api.ARGOCD, "/api/v1/applications")
KUBECTL = """\
    #!{python}
    # Stands in for kubectl: finds one pod, and forwards by telling the port of a server that already listens.
    import sys, time
    open({log!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
    if "get" in sys.argv:
        {get}
    else:
        print("a warning that comes first", flush=True)
        {forward}
        time.sleep(60)
    """
FOUND = 'print("pod/argocd-server-0"); print("pod/argocd-server-1")'


def stand_in(folder: Path, get: str, forward: str = "pass") -> dict[str, str]:
    """A PATH with a kubectl in it that answers as told."""
    script = textwrap.dedent(KUBECTL).format(python=sys.executable, log=str(folder / "log"), get=get, forward=forward)
    (folder / "kubectl").write_text(script)
    (folder / "kubectl").chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def forwarded(**stated: object) -> ArgocdOptions:
    return ArgocdOptions(**{"port_forward": True, "auth_token": "t", "plaintext": True, **stated})  # type: ignore[arg-type]  # keyword arguments of many types


def test_runs_kubectl_and_ends_it(tmp_path: Path) -> None:
    with Replay(RECORDINGS[0], token="t") as replay:
        port = replay.host.rpartition(":")[2]
        environ = stand_in(tmp_path, FOUND, f"print('Forwarding from 127.0.0.1:{port} -> 8080', flush=True)")
        options = forwarded(port_forward_namespace="gitops", kube_context="prod", server_name="argo-server")
        source = connect(options, environ, tmp_path)

        async def once() -> Body:
            reply = await source.ask(LIST)
            await source.close()
            assert isinstance(reply, Body)
            return reply

        asyncio.run(once())
        (seen,) = replay.seen
    assert seen.header("Accept-Encoding") == "gzip"  # the way leads through the API server, not over loopback
    what = "--context=prod --namespace=gitops port-forward --address=127.0.0.1 pod/argocd-server-0 :8080"
    assert source.notes == [f"runs: kubectl {what}"]
    listed, forwards = (tmp_path / "log").read_text().splitlines()
    assert "--selector=app.kubernetes.io/name=argo-server" in listed
    assert forwards == what


@pytest.mark.parametrize(
    ("get", "forward", "says"),
    [
        ("pass", "pass", "no running pod with app.kubernetes.io/name=argocd-server"),
        ("sys.exit('error: no context')", "pass", "kubectl cannot list pods: error: no context"),
        (FOUND, "sys.exit('error: pods is forbidden')", "kubectl opened no port: error: pods is forbidden"),
    ],
)
def test_says_why_kubectl_does_not_work(get: str, forward: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=says):
        connect(forwarded(), stand_in(tmp_path, get, forward), tmp_path)


def test_without_kubectl_and_kubeconfig_it_says_so(tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path), "KUBECONFIG": str(tmp_path / "none")}
    with pytest.raises(SourceError, match="kubectl is not there, and the kubeconfig does not lead to a pod"):
        connect(forwarded(), environ, tmp_path)


def test_without_kubectl_it_looks_in_the_namespace_of_the_context_that_is_named(tmp_path: Path) -> None:
    """kubectl does so too: the current context's namespace is another one's."""
    selectors = (
        ("fieldSelector", "status.phase=Running"),
        ("labelSelector", "app.kubernetes.io/name=argocd-server"),
    )
    listed = tmp_path / "recording" / place_of(Question(Api.KUBERNETES, PODS, selectors))
    listed.parent.mkdir(parents=True)
    listed.write_text('{"kind": "PodList", "apiVersion": "v1", "items": []}')
    with Replay(tmp_path / "recording") as replay:
        one = kubeconfig(tmp_path / "one", replay.kubernetes_url, context="current", namespace="elsewhere")
        other = kubeconfig(tmp_path / "two", replay.kubernetes_url, context="prod", namespace="shop")
        environ = {"PATH": str(tmp_path), "KUBECONFIG": f"{other}:{one}"}
        with pytest.raises(SourceError, match=r"no running pod with .* in shop"):
            connect(forwarded(kube_context="prod"), environ, tmp_path)
        with pytest.raises(SourceError, match=r"no running pod with .* in shop"):  # of several files, the first one's
            connect(forwarded(), environ, tmp_path)


def test_goes_through_the_kubeconfig_of_the_command_line(tmp_path: Path) -> None:
    environ = stand_in(tmp_path, 'sys.exit("no pod through " + __import__("os").environ["KUBECONFIG"])')
    opts = {"ARGOCD_OPTS": "--port-forward --plaintext", "ARGOCD_AUTH_TOKEN": "t"}
    config = kubeconfig(tmp_path / "named", "http://127.0.0.1:1")
    said = run("ls", "--kubeconfig", config, env={**environ, **opts})
    assert (said.code, said.err) == (2, f"error: port-forward: kubectl cannot list pods: no pod through {config}\n")


def test_pumps_every_connection_through_a_stream_of_its_own() -> None:
    with Replay(RECORDINGS[0]) as replay:
        host, _, port = replay.host.partition(":")
        opened: list[socket.socket] = []

        def open_stream() -> socket.socket:
            opened.append(socket.create_connection((host, int(port))))
            return PortForward._Port._Socket(opened[-1])  # type: ignore[no-untyped-call, return-value]  # the wrapper of the untyped client

        tunnel = StreamForward(open_stream, "")
        options = ArgocdOptions(server=tunnel.address, plaintext=True)
        source = connect(options, {}, Path("/nonexistent"))

        async def several() -> list[object]:
            replies = await asyncio.gather(*(source.ask(LIST) for _ in range(5)))
            await source.close()
            return list(replies)

        replies = asyncio.run(several())
        tunnel.close()
    assert all(isinstance(reply, Body) for reply in replies)
    assert replies == replies[:1] * 5
    assert 1 <= len(opened) <= 5
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(tunnel.address.rpartition(":")[2])))
