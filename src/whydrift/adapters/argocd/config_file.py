"""The file in which `argocd login` keeps contexts, servers and tokens (util/localconfig/localconfig.go)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from whydrift.core.model.values import Json, items, mapping, text
from whydrift.errors import SourceError


@dataclass(frozen=True, slots=True)
class Context:
    """One context with its server and user."""

    name: str
    server: str
    plaintext: bool = False
    insecure: bool = False
    root_path: str = ""
    core: bool = False
    authorities: str = ""
    certificate: str = ""
    key: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    refreshable: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """All contexts of a file, and the name of the current one."""

    path: Path
    current: str
    contexts: tuple[Context, ...]

    def context(self, name: str) -> Context:
        """A context by name. SourceError where it does not exist."""
        for context in self.contexts:
            if context.name == name:
                return context
        known = ", ".join(context.name for context in self.contexts) or "none"
        raise SourceError(f"{self.path}: no context {name!r} (there are: {known}): `argocd context` lists them")

    def for_server(self, server: str) -> Context | None:
        """The context of a server, however its address is written; the current one first."""
        named = [context for context in self.contexts if _host(context.server) == _host(server)]
        return next((context for context in named if context.name == self.current), named[0] if named else None)


def _host(server: str) -> str:
    return server.rpartition("://")[2].partition("/")[0].removesuffix(":443").lower()


def config_path(environ: Mapping[str, str], home: Path) -> Path:
    """Where `argocd` looks: ARGOCD_CONFIG_DIR, else ~/.argocd if it exists, else XDG_CONFIG_HOME or ~/.config."""
    if environ.get("ARGOCD_CONFIG_DIR"):
        return Path(environ["ARGOCD_CONFIG_DIR"], "config")
    if (home / ".argocd").exists():
        return home / ".argocd" / "config"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "argocd", "config")


def read_config(path: Path) -> ConfigFile | None:
    """The file's contexts; None where there is no file. SourceError, which never quotes it, where it is unreadable."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    try:
        loaded: Json = yaml.load(content, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise SourceError(f"{path}: not YAML{line}: run `argocd login` again") from None  # the cause quotes the file
    except (yaml.YAMLError, ValueError, RecursionError):
        raise SourceError(f"{path}: not YAML: run `argocd login` again") from None  # as above
    return ConfigFile(path, text(loaded, "current-context"), tuple(_contexts(path, loaded)))


def _contexts(path: Path, loaded: Json) -> list[Context]:
    servers = {text(row, "server"): mapping(row) for row in items(loaded, "servers")}
    users = {text(row, "name"): mapping(row) for row in items(loaded, "users")}
    found = []
    for row in items(loaded, "contexts"):
        server = servers.get(text(row, "server"), {})
        user = users.get(text(row, "user"), {})
        found.append(
            Context(
                name=text(row, "name"),
                server=text(row, "server"),
                plaintext=server.get("plain-text") is True,
                insecure=server.get("insecure") is True,
                root_path=text(server, "grpc-web-root-path"),
                core=server.get("core") is True,
                authorities=_pem(path, text(server, "certificate-authority-data")),
                certificate=_pem(path, text(server, "client-certificate-data")),
                key=_pem(path, text(server, "client-certificate-key-data")),
                token=text(user, "auth-token"),
                refreshable=bool(text(user, "refresh-token")),
                current=text(row, "name") == text(loaded, "current-context"),
            )
        )
    return found


def _pem(path: Path, encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        raise SourceError(f"{path}: a certificate in it is not base64 of PEM: run `argocd login` again") from None
