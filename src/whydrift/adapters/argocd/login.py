"""Which server, which token, which trust: flags over ARGOCD_OPTS over the environment over the config file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from whydrift.adapters.argocd.config_file import ConfigFile, Context, config_path, read_config
from whydrift.adapters.argocd.core_mode import CoreMode
from whydrift.adapters.argocd.options import ArgocdOptions, from_environment
from whydrift.adapters.http.tokens import expires_at
from whydrift.errors import SourceError

IN_CLUSTER = "argocd-server.argocd.svc"
NO_LOGIN = (
    "no Argo CD login found: run `argocd login HOST`, or set ARGOCD_SERVER and ARGOCD_AUTH_TOKEN, "
    "or read a recording with --from"
)


@dataclass(frozen=True, slots=True)
class Login:
    """Everything that a connection needs, resolved. `renewal` says how to get a login that is accepted."""

    server: str
    context: Context
    options: ArgocdOptions
    token: str = field(repr=False)
    renewal: str
    notes: tuple[str, ...] = ()


def find_login(flags: ArgocdOptions, environ: Mapping[str, str], home: Path) -> Login:
    """The login that `argocd` would use. CoreMode where it uses none, SourceError where there is none or it expired."""
    stated, ignored = from_environment(environ.get("ARGOCD_OPTS", ""))
    options = flags.over(stated)
    file = read_config(Path(options.config).expanduser() if options.config else config_path(environ, home))
    server = options.server or environ.get("ARGOCD_SERVER") or (IN_CLUSTER if options.in_cluster else "")
    context = _context(options, file, server)
    if options.core or (options.core is None and context.core and not server):
        raise CoreMode()
    if not (server or context.server or options.forwarded):
        raise SourceError(NO_LOGIN)
    token, origin = _token(options, environ, context)
    renewal = _renewal(token, origin, context, "--port-forward" if options.forwarded else server)
    until = expires_at(token)
    if until is not None and until <= datetime.now(UTC):
        raise SourceError(f"the token of {origin} expired {until:%Y-%m-%d %H:%M} UTC: {renewal}")
    notes = [*ignored, *_not_sent(file, server, context, token)]
    return Login(server or context.server, context, options, token, renewal, tuple(notes))


def _context(options: ArgocdOptions, file: ConfigFile | None, server: str) -> Context:
    """The context that a connection takes its settings from: named, or that of the server, or the current one."""
    nothing = Context(name="", server="")
    if file is None:
        if options.context:
            raise SourceError(f"no context {options.context!r}: there is no config file of `argocd` here")
        return nothing
    if options.context:
        return file.context(options.context)
    if server:
        # `argocd` would send the current context's token to any server that is named; it belongs to one server only.
        return file.for_server(server) or nothing
    return file.context(file.current) if file.current else nothing


def _token(options: ArgocdOptions, environ: Mapping[str, str], context: Context) -> tuple[str, str]:
    """The token and where it comes from."""
    if options.auth_token:
        return options.auth_token.strip(), "--auth-token"
    if environ.get("ARGOCD_AUTH_TOKEN"):
        return environ["ARGOCD_AUTH_TOKEN"].strip(), "ARGOCD_AUTH_TOKEN"
    if options.in_cluster:
        try:
            return options.service_account.read_text("ascii").strip(), "the service account"
        except (OSError, ValueError) as error:
            raise SourceError(
                f"{options.service_account}: cannot be read: not in a pod? set ARGOCD_AUTH_TOKEN"
            ) from error
    return context.token.strip(), f"context {context.name}"


def _renewal(token: str, origin: str, context: Context, target: str) -> str:
    if not token:
        return f"run {_login_to(target or context.server)}, or set ARGOCD_AUTH_TOKEN"
    if not origin.startswith("context"):
        return f"give {origin} a new one, or leave it out and run `argocd relogin`"
    relogin = "`argocd relogin`" if context.current else f"`argocd relogin --argocd-context {context.name}`"
    return f"run any `argocd` command, which renews it, or {relogin}" if context.refreshable else f"run {relogin}"


def _login_to(address: str) -> str:
    """The command that logs in to a server: `argocd` takes HOST[:PORT] and flags where we take a URL, too."""
    scheme, _, rest = address.rpartition("://")
    host, _, root = rest.partition("/")
    flags = " --plaintext" if scheme == "http" else ""
    flags += f" --grpc-web-root-path /{root.strip('/')}" if root.strip("/") else ""
    return f"`argocd login {host}{flags}`"


def _not_sent(file: ConfigFile | None, server: str, context: Context, token: str) -> list[str]:
    if token or not server or file is None or not file.contexts or context.name:
        return []
    makes_one = f"{_login_to(server)} makes one, --argocd-context NAME sends that of NAME"
    return [f"no login for {server} in {file.path}: asking without a token ({makes_one})"]
