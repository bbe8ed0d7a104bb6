"""Parsed options → requests."""

from __future__ import annotations

from collections.abc import Mapping

from whydrift.settings import Connection


def listed(value: object) -> tuple[str, ...]:
    """A repeated option's values."""
    return tuple(str(part) for part in value) if isinstance(value, tuple) else ()


def connection_of(options: Mapping[str, object]) -> Connection:
    """The connection out of `connection_options`."""
    recording, renders = options["recording"], options["renders"]
    return Connection(
        recording=None if recording is None else str(recording),
        argocd_context=str(options["argocd_context"]),
        server=str(options["server"]),
        in_cluster=bool(options["in_cluster"]),
        context=str(options["context"]),
        kubeconfig=str(options["kubeconfig"]),
        no_kubernetes=bool(options["no_kubernetes"]),
        dry_run=bool(options["dry_run"]),
        repos=listed(options["repos"]),
        no_git=bool(options["no_git"]),
        renders=renders if isinstance(renders, int) else None,
    )
