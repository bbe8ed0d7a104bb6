"""Whom whydrift asks: a recording, or the user's own Argo CD, clusters and checkouts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from whydrift.adapters.files.recording import Recording
from whydrift.demo import FLEET as DEMO
from whydrift.errors import UsageError
from whydrift.ports import Source
from whydrift.settings import Connection, Settings

if TYPE_CHECKING:
    from whydrift.adapters.kubernetes import KubernetesSource


def open_answers(connection: Connection, list_only: bool = False) -> Source:
    """The source that the command line names: a recording (`demo` is the one that ships with the package), or live."""
    if connection.recording is None:
        return open_live(connection, list_only)
    return Recording(DEMO if connection.recording == "demo" else Path(connection.recording))


def open_live(connection: Connection, list_only: bool) -> Source:
    """The user's Argo CD with the clusters of their kubeconfig; the cluster alone where there is no API server."""
    from whydrift.adapters.argocd import ArgocdOptions, CoreMode, CoreSource, connect
    from whydrift.adapters.live import Live

    contexts = _names(connection.argocd_context)
    if len(contexts) > 1:
        return _open_several(connection, contexts, list_only)
    kubernetes = open_clusters(connection)
    options = ArgocdOptions(
        server=connection.server or None,
        context=connection.argocd_context or None,
        in_cluster=connection.in_cluster,
        kube_context=connection.context or None,
    )
    try:
        argocd = connect(options, _environ(connection), Path.home())
    except CoreMode:
        if kubernetes is None:
            raise
        return CoreSource(kubernetes, kubernetes.namespace() or "argocd")
    nowhere = kubernetes is None and not connection.no_kubernetes
    return Live(argocd, kubernetes, ["no kubeconfig: Argo CD alone is asked"] if nowhere else [], list_only)


def _names(stated: str) -> list[str]:
    return [name.strip() for name in stated.split(",") if name.strip()]


def _own_clusters(connection: Connection, argocds: int) -> list[str]:
    """The context of each Argo CD's own cluster; "" is the chosen one, which is all of theirs where one is named."""
    stated = _names(connection.context)
    if len(stated) > 1 and len(stated) != argocds:
        raise UsageError(f"--context {connection.context}: name one, or one for each of the {argocds} Argo CDs")
    return stated if len(stated) > 1 else [""] * argocds


def _open_several(connection: Connection, contexts: list[str], list_only: bool) -> Source:
    """Several contexts of the argocd CLI. UsageError for a core context, which has no API server to ask."""
    from whydrift.adapters.argocd import ArgocdOptions, CoreMode, connect
    from whydrift.adapters.live import Live
    from whydrift.adapters.several import Several

    if connection.server:
        raise UsageError(f"--server {connection.server}: --argocd-context names several servers already")
    own = _own_clusters(connection, len(contexts))
    kubernetes = open_clusters(connection)
    instances: dict[str, Live] = {}
    for context, its in zip(contexts, own, strict=True):
        options = ArgocdOptions(context=context, kube_context=its or connection.context or None)
        try:
            argocd = connect(options, _environ(connection), Path.home())
        except CoreMode as error:
            raise UsageError(f"--argocd-context {context}: a core context goes alone") from error
        instances[context] = Live(argocd, kubernetes, (), list_only, its)
    return Several(instances, kubernetes.servers if kubernetes is not None else None)


def _environ(connection: Connection) -> dict[str, str]:
    """The environment, with the kubeconfig of the command line: a port-forward leads through it."""
    return {**os.environ, **({"KUBECONFIG": connection.kubeconfig} if connection.kubeconfig else {})}


def open_clusters(connection: Connection) -> KubernetesSource | None:
    """The clusters of the user's kubeconfig; None where none is wanted, or there is no kubeconfig."""
    from whydrift.adapters.kubernetes import KubernetesOptions, connect

    if connection.no_kubernetes:
        return None
    several = len(_names(connection.argocd_context)) > 1
    context = next(iter(_names(connection.context)), "") if several else connection.context
    options = KubernetesOptions(connection.kubeconfig, context, connection.in_cluster, connection.dry_run)
    return connect(options, os.environ, Path.home())


def checkouts(settings: Settings, connection: Connection) -> dict[str, Path]:
    """The user's own checkouts by URL: the command line wins over the settings, and these over the folder."""
    from whydrift.adapters.git.checkouts import checked, checkouts_of, named_checkouts

    stated = {url: checked(place, f"repos.{url} in the settings") for url, place in settings.repos.items()}
    return {**checkouts_of(Path.cwd(), dict(os.environ)), **stated, **named_checkouts(connection.repos)}
