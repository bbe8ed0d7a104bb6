"""What the user states about the login: our flags, and ARGOCD_OPTS as the `argocd` command reads it."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import msgspec

from whydrift.errors import SourceError


@dataclass(frozen=True, slots=True)
class ArgocdOptions:
    """The flags of `argocd` (cmd/argocd/commands/root.go); None or () is: not stated.

    `in_cluster` asks `argocd-server.argocd.svc` with the pod's own service account.
    """

    server: str | None = None
    context: str | None = None
    config: str | None = None
    auth_token: str | None = field(default=None, repr=False)
    plaintext: bool | None = None
    insecure: bool | None = None
    server_crt: str | None = None
    client_crt: str | None = None
    client_crt_key: str | None = None
    headers: tuple[str, ...] = field(default=(), repr=False)
    root_path: str | None = None
    core: bool | None = None
    port_forward: bool | None = None
    port_forward_namespace: str | None = None
    server_name: str | None = None
    kube_context: str | None = None
    retries: int | None = None
    in_cluster: bool = False
    service_account: Path = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
    at_once: int = 8

    @property
    def forwarded(self) -> bool:
        """Whether the way leads through a port-forward."""
        return bool(self.port_forward or self.port_forward_namespace)

    def over(self, other: ArgocdOptions) -> ArgocdOptions:
        """These options; what they leave open is taken from the others."""
        stated = {item.name: getattr(self, item.name) for item in fields(self)}
        return replace(other, **{name: value for name, value in stated.items() if value not in (None, ())})


TEXTS = {
    "server": "server",
    "config": "config",
    "argocd-context": "context",
    "auth-token": "auth_token",
    "server-crt": "server_crt",
    "client-crt": "client_crt",
    "client-crt-key": "client_crt_key",
    "grpc-web-root-path": "root_path",
    "port-forward-namespace": "port_forward_namespace",
    "server-name": "server_name",
    "kube-context": "kube_context",
}
SWITCHES = {"plaintext": "plaintext", "insecure": "insecure", "core": "core", "port-forward": "port_forward"}
WITHOUT_MEANING = (
    "grpc-web",
    "logformat",
    "loglevel",
    "prompts-enabled",
    "controller-name",
    "redis-haproxy-name",
    "redis-name",
    "repo-server-name",
    "redis-compress",
)
"""Flags of `argocd` that change nothing for a reader of its REST API."""


def from_environment(stated: str) -> tuple[ArgocdOptions, list[str]]:
    """ARGOCD_OPTS → options, and notes on what was ignored; no note quotes a value."""
    found: dict[str, str | bool | int] = {}
    headers: list[str] = []
    notes: list[str] = []
    for flag, value in _flags(stated, notes):
        if flag in TEXTS:
            found[TEXTS[flag]] = value
        elif flag in SWITCHES:
            found[SWITCHES[flag]] = value == "true"
        elif flag == "header":
            headers += next(csv.reader([value]), [])
        elif flag == "http-retry-max" and value.isdigit():
            found["retries"] = int(value)
        elif flag not in WITHOUT_MEANING:
            notes.append(f"ARGOCD_OPTS: ignored --{flag}")
    return msgspec.convert({**found, "headers": headers}, ArgocdOptions), notes


def _flags(stated: str, notes: list[str]) -> Iterator[tuple[str, str]]:
    """Flags and values as `argocd` pairs them (util/config/env.go LoadFlags): a flag before another flag is "true"."""
    try:
        words = shlex.split(stated)
    except ValueError as error:
        raise SourceError(f"ARGOCD_OPTS cannot be read: {str(error).lower()}") from error
    flag = ""
    for word in words:
        is_flag = word.startswith("--") or word == "-H"
        if is_flag and flag:
            yield flag, "true"
        if is_flag:
            flag, equals, value = ("header" if word == "-H" else word[2:]).partition("=")
            if equals:
                yield flag, value
                flag = ""
        elif flag:
            yield flag, word
            flag = ""
        else:
            notes.append("ARGOCD_OPTS: ignored a word that belongs to no flag")
    if flag:
        yield flag, "true"
