"""`--port-forward`: a way to argocd-server's pod through the Kubernetes API, by kubectl or the official client."""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from whydrift.adapters.argocd.options import ArgocdOptions
from whydrift.adapters.http.words import one_line
from whydrift.errors import SourceError

PORT = "8080"
"""The port of argocd-server's container (cmd/argocd: kube.PortForward(8080, …))."""
PATIENCE = 20.0
"""Seconds until a forwarded port must be there."""
ELSEWHERE = "set ARGOCD_OPTS='--port-forward-namespace NAMESPACE' to Argo CD's"
READY = re.compile(rb"Forwarding from 127\.0\.0\.1:(\d+)")


class Forwarded(Protocol):
    """A forwarded port of this machine, and what runs for it."""

    address: str
    note: str

    def close(self) -> None:
        """Stop forwarding."""


def forward(options: ArgocdOptions, environ: Mapping[str, str]) -> Forwarded:
    """Forward a free local port to argocd-server. SourceError says why neither way works."""
    selector = f"app.kubernetes.io/name={options.server_name or environ.get('ARGOCD_SERVER_NAME') or 'argocd-server'}"
    kubectl = shutil.which("kubectl", path=environ.get("PATH"))
    if kubectl:
        return _through_kubectl(kubectl, selector, options, environ)
    from whydrift.adapters.argocd.port_forward_client import forward_by_client

    return forward_by_client(selector, options, environ)


@dataclass
class KubectlForward:
    """A running `kubectl port-forward`."""

    address: str
    note: str
    process: subprocess.Popen[bytes]

    def close(self) -> None:
        """End the child process."""
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _through_kubectl(kubectl: str, selector: str, options: ArgocdOptions, environ: Mapping[str, str]) -> KubectlForward:
    stated = [f"--context={options.kube_context}"] if options.kube_context else []
    stated += [f"--namespace={options.port_forward_namespace}"] if options.port_forward_namespace else []
    pods = [kubectl, *stated, "get", "pods", f"--selector={selector}", "--field-selector=status.phase=Running"]
    found = _lines(_run([*pods, "--output=name"], environ))
    if not found:
        raise SourceError(f"port-forward: no running pod with {selector} in that namespace: {ELSEWHERE}")
    command = [kubectl, *stated, "port-forward", "--address=127.0.0.1", found[0], f":{PORT}"]
    process = subprocess.Popen(
        command,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    running = KubectlForward("", f"runs: {' '.join(['kubectl', *command[1:]])}", process)
    try:
        running.address = f"127.0.0.1:{_wait_for_port(process)}"
        threading.Thread(target=_drain, args=(process,), daemon=True).start()
    except SourceError:
        running.close()
        raise
    return running


def _run(command: list[str], environ: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            command, env=dict(environ), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(
            "port-forward: kubectl did not answer in time: does the kubeconfig reach the cluster?"
        ) from error
    if done.returncode:
        why = (_lines(done.stderr) or ["it did not say why"])[-1]
        raise SourceError(f"port-forward: kubectl cannot list pods: {why}")
    return done.stdout


def _wait_for_port(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    until = time.monotonic() + PATIENCE
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(max(0.0, until - time.monotonic())):
            more = os.read(process.stdout.fileno(), 4096)
            said += more
            ready = READY.search(said)
            if ready:
                return int(ready[1])
            if not more:
                break
    why = (_lines(said.decode("utf-8", "replace")) or ["it did not say why"])[-1]
    raise SourceError(f"port-forward: kubectl opened no port: {why}")


def _drain(process: subprocess.Popen[bytes]) -> None:
    """Read on: kubectl writes a line for every connection, and stops when the pipe is full."""
    assert process.stdout is not None
    with suppress(ValueError):  # closed meanwhile
        for _ in process.stdout:
            pass


def _lines(text: str) -> list[str]:
    """The lines that say something, each printable and of bounded length."""
    return [line for line in (one_line(line, ()) for line in text.splitlines()) if line]
