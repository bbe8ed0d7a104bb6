"""Settings: what the command line, the environment and the user's files say, in this order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Connection:
    """Where answers come from, as the user said it; None and "" are left to the environment and the user's files."""

    recording: str | None = None
    argocd_context: str = ""
    server: str = ""
    in_cluster: bool = False
    context: str = ""
    kubeconfig: str = ""
    no_kubernetes: bool = False
    dry_run: bool = False
    repos: tuple[str, ...] = ()
    no_git: bool = False
    renders: int = 2
