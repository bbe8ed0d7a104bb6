"""A port-forward without kubectl: each connection to a local port becomes one stream of the official client."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import cast

from whydrift.adapters.argocd.options import ArgocdOptions
from whydrift.adapters.argocd.port_forward import ELSEWHERE
from whydrift.errors import SourceError

CHUNK = 64 * 1024
OpenStream = Callable[[], socket.socket]


class StreamForward:
    """Listens on a free port of 127.0.0.1 and pumps every connection through a stream of its own."""

    def __init__(self, open_stream: OpenStream, note: str) -> None:
        self.note = note
        self._open_stream = open_stream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near:
            try:
                far = self._open_stream()
            except Exception:  # whatever the client raises: the reader sees a closed connection, and says so
                return
            with closing(far):  # the client's socket is a wrapper, and no context manager
                _pump(near, far)

    def close(self) -> None:
        """Stop listening; connections end with the process."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()


def _pump(near: socket.socket, far: socket.socket) -> None:
    """Copy both ways until one side is closed."""
    other = {near: far, far: near}
    with selectors.DefaultSelector() as selector:
        for side in other:
            selector.register(side, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                side = cast(socket.socket, key.fileobj)  # only sockets were registered
                try:
                    data = side.recv(CHUNK)
                    if not data:
                        return
                    other[side].sendall(data)
                except OSError:
                    return


def forward_by_client(selector: str, options: ArgocdOptions, environ: Mapping[str, str]) -> StreamForward:
    """Forward through the kubeconfig without kubectl. SourceError where it reaches no pod."""
    from kubernetes import client, config, stream

    try:
        kubeconfig = environ.get("KUBECONFIG") or None
        context = options.kube_context or _current(kubeconfig)
        contexts, current = config.list_kube_config_contexts(kubeconfig)  # type: ignore[no-untyped-call]  # untyped library
        chosen = next((one for one in contexts if one["name"] == context), current)
        loaded = config.new_client_from_config(kubeconfig, context)  # type: ignore[no-untyped-call]  # untyped library
        api = client.CoreV1Api(loaded)
        namespace = options.port_forward_namespace or chosen.get("context", {}).get("namespace") or "default"
        running = api.list_namespaced_pod(
            namespace, label_selector=selector, field_selector="status.phase=Running", _request_timeout=20
        )
        pods = [pod.metadata.name for pod in running.items if pod.metadata]
    except Exception as error:  # the client raises dozens of types: configuration, exec plugins, TLS, HTTP
        reason = getattr(error, "reason", None) or type(error).__name__
        raise SourceError(
            f"port-forward: kubectl is not there, and the kubeconfig does not lead to a pod ({reason})"
        ) from error
    if not pods:
        raise SourceError(f"port-forward: no running pod with {selector} in {namespace}: {ELSEWHERE}")

    one_at_a_time = threading.Lock()

    def open_stream() -> socket.socket:
        with one_at_a_time:  # the client exchanges a method of its own meanwhile (stream.py _websocket_request)
            opening = api.connect_get_namespaced_pod_portforward
            forwarded = stream.portforward(opening, pods[0], namespace, ports="8080")
        return cast(socket.socket, forwarded.socket(8080))  # a wrapper around one end of a socket pair

    return StreamForward(open_stream, f"forwards a port to pod {pods[0]} in {namespace} (kubectl is not there)")


def _current(kubeconfig: str | None) -> str | None:
    """The current context as kubectl finds it: of several files the first one's, where the client takes the last's."""
    from kubernetes.config.kube_config import KUBE_CONFIG_DEFAULT_LOCATION, KubeConfigMerger

    merger = KubeConfigMerger(kubeconfig or KUBE_CONFIG_DEFAULT_LOCATION)  # type: ignore[no-untyped-call]  # untyped library
    stated = (merger.config_files[path].get("current-context") for path in merger.paths)
    return next(filter(None, stated), None)
