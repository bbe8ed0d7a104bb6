"""Clusters as a live source: the user's kubeconfig or the pod's service account, GET and LIST only.

Border: knows how kubectl finds clusters and proves who it is, and what an API server's refusals mean. The official
client reads the configuration; it is imported when a cluster is first needed, and no request goes through it. Secrets
are never asked for. `dry_run` is the one request that is no GET: it changes nothing, and the user allowed it.
"""

from whydrift.adapters.kubernetes.connect import KubernetesOptions, connect
from whydrift.adapters.kubernetes.source import KubernetesSource

__all__ = ["KubernetesOptions", "KubernetesSource", "connect"]
