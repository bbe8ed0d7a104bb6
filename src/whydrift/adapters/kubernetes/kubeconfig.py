"""kubeconfig files → addresses and credentials, as kubectl would use them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from whydrift.adapters.http.endpoint import Endpoint, Tls
from whydrift.adapters.http.tokens import expires_at
from whydrift.adapters.kubernetes.access import NoAccess, endpoint, is_address
from whydrift.adapters.kubernetes.entries import Entries, Entry, read_entries
from whydrift.adapters.kubernetes.exec_plugin import run_plugin
from whydrift.core.model.values import JsonObject, items, mapping, text
from whydrift.errors import SourceError

NOBODY = Entry()
EXEC_CLUSTER = ("server", "tls-server-name", "insecure-skip-tls-verify", "proxy-url", "disable-compression")
EXEC_EXTENSION = "client.authentication.k8s.io/exec"
"""The extension of a cluster that is meant for plugins (client.authentication.k8s.io, Cluster.config)."""


def kubeconfig_paths(stated: str, environ: Mapping[str, str], home: Path) -> list[Path]:
    """The files that kubectl would merge: --kubeconfig, else the list in KUBECONFIG, else ~/.kube/config."""
    if stated:
        return [Path(stated).expanduser()]
    listed = [Path(part).expanduser() for part in environ.get("KUBECONFIG", "").split(":") if part]
    return [path for path in listed or [home / ".kube" / "config"] if path.exists()]


class Kubeconfig:
    """`access.Configuration` out of kubeconfig files. `context` is the chosen one, "" the current one."""

    renews = "any kubectl command with --context {context} says more, or renews it"

    def __init__(self, paths: list[Path], context: str, environ: Mapping[str, str]) -> None:
        self.label = "kubeconfig"
        self._paths = paths
        self._chosen = context
        self._environ = environ
        self._entries = Entries({}, {}, {}, "")

    def load(self) -> None:
        """Read and merge the files. SourceError where one is no kubeconfig, or the chosen context is not in it."""
        self._entries = read_entries(self._paths)
        self._chosen = self._chosen or self._entries.current
        if self._chosen not in self._entries.contexts:
            known = ", ".join(sorted(self._entries.contexts)) or "none"
            named = f"no context {self._chosen!r}" if self._chosen else "no current context"
            where = ":".join(map(str, self._paths))
            raise SourceError(f"{where}: {named} (there are: {known}): --context NAME, or --no-kubernetes")
        self.label = f"kubeconfig {self._chosen}"

    def servers(self) -> Mapping[str, str]:
        """URL of the API server by context; "" is the chosen one; other contexts without an address are left out."""
        found = {
            name: text(self._cluster(context).values, "server") for name, context in self._entries.contexts.items()
        }
        return {"": found[self._chosen], **{name: url for name, url in found.items() if is_address(url)}}

    def namespace(self) -> str:
        """The namespace of the chosen context."""
        return text(self._entries.contexts.get(self._chosen, NOBODY).values, "namespace")

    def _cluster(self, context: Entry) -> Entry:
        return self._entries.clusters.get(text(context.values, "cluster"), NOBODY)

    def endpoint(self, context: str) -> Endpoint:
        """Address and credentials of a context. Runs its exec plugin, where it has one. NoAccess says what is wrong."""
        name = context or self._chosen
        stated = self._entries.contexts[name]
        user = self._entries.users.get(text(stated.values, "user"), NOBODY)
        try:
            return self._endpoint(self._cluster(stated), user)
        except NoAccess as error:
            raise NoAccess(f"context {name}: {error}") from error
        except OSError as error:
            raise NoAccess(f"context {name}: {error.filename}: {error.strerror}") from error
        except (binascii.Error, UnicodeDecodeError, ValueError) as error:
            raise NoAccess(f"context {name}: a certificate or a token of it cannot be read") from error

    def _endpoint(self, cluster: Entry, user: Entry) -> Endpoint:
        if not cluster.values:
            raise NoAccess("its cluster is not in the kubeconfig")
        authorization, certificate, key = _credentials(user, cluster)
        return endpoint(
            url=text(cluster.values, "server"),
            tls=Tls(
                insecure=cluster.values.get("insecure-skip-tls-verify") is True,
                authorities=cluster.pem("certificate-authority"),
                certificate=certificate or user.pem("client-certificate"),
                key=key or user.pem("client-key"),
                server_name=text(cluster.values, "tls-server-name"),
            ),
            authorization=authorization,
            environ=self._environ,
            proxy=text(cluster.values, "proxy-url"),
            more=_impersonation(user.values),
        )


def _credentials(user: Entry, cluster: Entry) -> tuple[str, str, str]:
    """Authorization header, client certificate and key, in the order in which client-go takes them."""
    stated = user.values
    if text(stated, "tokenFile"):
        return f"Bearer {user.file('tokenFile')}", "", ""
    if text(stated, "token"):
        return f"Bearer {text(stated, 'token')}", "", ""
    if text(stated, "username") and text(stated, "password"):
        pair = f"{text(stated, 'username')}:{text(stated, 'password')}".encode()
        return f"Basic {base64.b64encode(pair).decode()}", "", ""
    if mapping(stated, "exec"):
        status = run_plugin(mapping(stated, "exec"), user.folder, _told(cluster))
        token, certificate = text(status, "token").strip(), text(status, "clientCertificateData")
        return f"Bearer {token}" if token else "", certificate, text(status, "clientKeyData")
    if mapping(stated, "auth-provider"):
        return f"Bearer {_from_provider(mapping(stated, 'auth-provider'))}", "", ""
    return "", "", ""


def _told(cluster: Entry) -> JsonObject:
    """What a plugin that asks for it is told of the cluster: its CA as data, no path (client-go rest/exec.go)."""
    told = {key: value for key, value in cluster.values.items() if key in EXEC_CLUSTER}
    authorities = base64.b64encode(cluster.pem("certificate-authority").encode()).decode()
    extensions = {text(row, "name"): mapping(row, "extension") for row in items(cluster.values, "extensions")}
    if EXEC_EXTENSION in extensions:
        told["config"] = extensions[EXEC_EXTENSION]
    return {**told, "certificate-authority-data": authorities} if authorities else told


def _from_provider(provider: JsonObject) -> str:
    """The id token of the `oidc` provider. Not renewed here: that would rotate the refresh token in the user's file."""
    name, token = text(provider, "name"), text(provider, "config", "id-token")
    if name != "oidc":
        raise NoAccess(f"kubectl no longer supports auth-provider {name}: use an exec plugin")
    until = expires_at(token)
    if not token or (until is not None and until <= datetime.now(UTC)):
        when = f"expired {until:%Y-%m-%d %H:%M} UTC" if until else "holds no id-token"
        raise NoAccess(f"its OIDC login {when}: any kubectl command renews it")
    return token


def _impersonation(user: JsonObject) -> list[tuple[str, str]]:
    """The headers of `as`, `as-uid` and `as-groups`, which kubectl honours, too."""
    stated = [("Impersonate-User", text(user, "as")), ("Impersonate-Uid", text(user, "as-uid"))]
    groups = [("Impersonate-Group", str(group)) for group in items(user, "as-groups")]
    return [(name, value) for name, value in stated if value] + groups
