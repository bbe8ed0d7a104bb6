"""Options and environment → clusters as a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whydrift.adapters.kubernetes.in_cluster import SERVICE_ACCOUNT, InCluster
from whydrift.adapters.kubernetes.kubeconfig import Kubeconfig, kubeconfig_paths
from whydrift.adapters.kubernetes.source import KubernetesSource


@dataclass(frozen=True, slots=True)
class KubernetesOptions:
    """What the user states about clusters; "" is: not stated."""

    kubeconfig: str = ""
    context: str = ""
    in_cluster: bool = False
    dry_run: bool = False
    service_account: Path = SERVICE_ACCOUNT

    @property
    def stated(self) -> bool:
        """Whether the user asked for clusters, so that none is an error."""
        return bool(self.kubeconfig or self.context or self.in_cluster)


def connect(options: KubernetesOptions, environ: Mapping[str, str], home: Path) -> KubernetesSource | None:
    """The user's clusters; nothing is read or asked yet. None where there is no kubeconfig and none was asked for."""
    if options.in_cluster:
        return KubernetesSource(InCluster(environ, options.service_account), options.dry_run)
    paths = kubeconfig_paths(options.kubeconfig, environ, home)
    if not paths and not options.stated:
        return None
    return KubernetesSource(Kubeconfig(paths, options.context, environ), options.dry_run)
