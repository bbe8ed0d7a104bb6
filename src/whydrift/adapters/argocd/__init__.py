"""Argo CD as a live source: the user's own `argocd` login, its REST API, GET only.

Border: knows how the `argocd` command finds and trusts its server, and what this server's refusals mean. Says CoreMode
where there is no API server; `CoreSource` then answers what the Kubernetes API can.
"""

from whydrift.adapters.argocd.connect import connect
from whydrift.adapters.argocd.core_mode import CoreMode, CoreSource
from whydrift.adapters.argocd.options import ArgocdOptions
from whydrift.adapters.argocd.source import ArgocdSource

__all__ = ["ArgocdOptions", "ArgocdSource", "CoreMode", "CoreSource", "connect"]
