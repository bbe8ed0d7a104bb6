"""`whydrift serve`."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
import msgspec

from whydrift import wiring
from whydrift.cli.audits import audit, keep_audits
from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.kept import now
from whydrift.cli.options import connection_options, store_option
from whydrift.cli.requests import connection_of, listed
from whydrift.cli.watch import Asked, first_to_end, keep_watch, look_once
from whydrift.cli.workers import keep_workers, open_asking, work_only
from whydrift.core.model.trouble import Unmask
from whydrift.core.select import Selection
from whydrift.errors import UsageError
from whydrift.settings import Connection, Settings, read_settings

if TYPE_CHECKING:
    from whydrift.ports.visibility import Visibility
    from whydrift.ports.watching import Store
    from whydrift.usecases.watch.asking import Asking
    from whydrift.usecases.watch.status import Status
    from whydrift.web.authentication import Authentication
    from whydrift.web.site import Site

STALE = 3
"""So many times what a full look may take is too old for a look."""
EXTRA = ("starlette", "uvicorn", "jinja2", "markupsafe", "prometheus_client")
MISSING = "serve needs whydrift[serve]: pip install 'whydrift[serve]'"


@dataclass(frozen=True)
class Serving:
    """How to serve, as options and the settings say it."""

    host: str
    port: int
    base_url: str
    user_header: str
    proxies: tuple[str, ...]
    token_file: str
    metrics_token_file: str
    rbac: str

    @property
    def asks(self) -> bool:
        """Whether anybody is asked who they are."""
        return bool(self.user_header or self.token_file or self.rbac)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@store_option
@click.option("--no-watch", is_flag=True, help="Only serve: another process watches into the same store.")
@click.option(
    "--workers",
    type=click.IntRange(0, 256),
    metavar="N",
    help="Look in N other processes, with others that share the PostgreSQL of --store; 0: those others alone look.",
)
@click.option("--no-web", is_flag=True, help="Only work: no page, and nothing is followed; with --workers.")
@click.option(
    "--base-url",
    default="",
    envvar="WHYDRIFT_BASE_URL",
    show_envvar=True,
    metavar="URL",
    help="Where people reach the page; its path is that behind a proxy.",
)
@click.option("--user-header", default="", metavar="NAME", help="The header in which a trusted proxy names the user.")
@click.option("--trusted-proxy", "trusted_proxies", multiple=True, metavar="CIDR", help="Where that proxy is.")
@click.option("--token-file", default="", metavar="FILE", help="Tokens, one a line: as bearer, or as Basic's password.")
@click.option("--metrics-token-file", default="", metavar="FILE", help="The token that opens /metrics.")
@click.option(
    "--rbac",
    default="",
    type=click.Choice(("", "argocd")),
    metavar="argocd",
    help="Show to each user what Argo CD shows to their own token (bearer, or its cookie).",
)
@connection_options
@click.pass_context
def command(ctx: click.Context, /, **options: object) -> None:
    """The fleet as a web page and a JSON API: live, with history; it only reads.

    Without authentication it listens on loopback only. Try it: whydrift serve --from demo
    """
    connection = connection_of(options)
    settings = read_settings(os.environ, Path.home(), Path.cwd())
    serving = checked(serving_of(options, settings))
    settings = replace(settings, serve=msgspec.structs.replace(settings.serve, base_url=serving.base_url))
    asked, url, stated = _asked(connection, settings), str(options["store"]), options["workers"]
    workers = stated if isinstance(stated, int) else None
    if workers is not None and connection.recording is not None:
        raise UsageError("a recording is looked at once, by this process: no --workers")
    try:
        if options["no_web"]:
            run_interruptibly(work_only(asked, url, workers or 0))
        else:
            run_interruptibly(_serve(serving, asked, url, workers, watches=not options["no_watch"]))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        raise UsageError(MISSING) from error
    ctx.exit(0)


def serving_of(options: Mapping[str, object], settings: Settings) -> Serving:
    """Options over the settings' `[serve]`."""
    stated = settings.serve
    return Serving(
        host=str(options["host"]),
        port=int(str(options["port"])),
        base_url=(str(options["base_url"]) or stated.base_url).rstrip("/"),
        user_header=str(options["user_header"]) or stated.user_header,
        proxies=listed(options["trusted_proxies"]) or stated.trusted_proxies,
        token_file=str(options["token_file"]) or stated.token_file,
        metrics_token_file=str(options["metrics_token_file"]),
        rbac=str(options["rbac"] or stated.rbac),
    )


def checked(serving: Serving) -> Serving:
    """The same. UsageError for what would let in whom nobody means, or nobody at all."""
    if serving.user_header and not serving.proxies:
        raise UsageError("--user-header needs --trusted-proxy: whoever else sends that header is not believed")
    if serving.proxies and not serving.user_header:
        raise UsageError("--trusted-proxy needs --user-header: the header in which it names the user")
    if serving.token_file and (serving.user_header or serving.rbac):
        raise UsageError("--token-file goes alone: one way to know who asks")
    if not serving.asks and not is_loopback(serving.host):
        raise UsageError(
            f"--host {serving.host} would show the fleet to everybody: authenticate with --user-header and "
            "--trusted-proxy, --token-file or --rbac argocd"
        )
    if serving.base_url and urlsplit(serving.base_url).scheme not in ("http", "https"):
        raise UsageError(f"--base-url {serving.base_url}: not an address that begins with https:// or http://")
    return serving


async def _serve(serving: Serving, asked: Asked, url: str, workers: int | None, watches: bool) -> None:
    """Open everything, look and serve until a signal comes, and close everything."""
    from whydrift.usecases.watch.status import Status
    from whydrift.web.server import listen, serve

    thrown_away = asked.connection.recording is not None and not url
    with tempfile.TemporaryDirectory(prefix="whydrift-serve-") as folder:
        kept = replace(asked.settings, state=Path(folder)) if thrown_away else asked.settings
        listening = listen(serving.host, serving.port)
        store = await asyncio.to_thread(wiring.open_store, kept, url)
        visibility = wiring.open_visibility(asked.connection) if serving.rbac else None
        status = Status() if watches else None
        site, asking = _site(serving, store, visibility, status, STALE * asked.settings.watch.full), None
        try:
            asking = await open_asking(asked, store, url) if workers is not None else None
            click.echo(said(serving, listening.getsockname()[1], asked.connection))
            looking = [_look(asked, store, status, asking)] if status else []
            working = [keep_workers(asked, url, workers)] if workers else []
            if await serve(site, listening, first_to_end(*looking, *working) if looking or working else None):
                raise KeyboardInterrupt
        finally:
            store.close()
            if asking is not None:
                await asking.jobs.close()
            if visibility is not None:
                await visibility.close()


def _asked(connection: Connection, settings: Settings) -> Asked:
    """What is watched beside the page: everything."""
    return Asked(
        connection=connection,
        selection=Selection(),
        settings=settings,
        every=None,
        settle=settings.watch.settle,
        hidden=True,
        unmask=Unmask.EVERYWHERE,
        output="none",
        colour="never",
    )


async def _look(asked: Asked, store: Store, status: Status, asking: Asking | None) -> None:
    """Watch, or look at a recording once; and audit the ignore rules beside."""
    if asked.connection.recording is not None:
        await look_once(asked, store)
        await audit(asked.connection, store)
        return
    await first_to_end(keep_watch(asked, store, status, asking), keep_audits(asked.connection, store, status))


def _site(serving: Serving, store: Store, visibility: Visibility | None, status: Status | None, stale: int) -> Site:
    from whydrift.web.access import Access
    from whydrift.web.site import Site

    parts = urlsplit(serving.base_url)
    return Site(
        store=store,
        now=now,
        causes={page.cause.id: page for page in wiring.cause_pages()},
        access=Access(_authentication(serving, parts.hostname or ""), visibility),
        root=parts.path,
        https=parts.scheme == "https",
        stale=stale,
        metrics_token=_token(serving.metrics_token_file),
        status=status,
    )


def _authentication(serving: Serving, host: str) -> Authentication:
    from whydrift.web.authentication import Anybody, Loopback, ProxyHeader, TokenFile

    if serving.user_header:
        return ProxyHeader(serving.user_header, serving.proxies)
    if serving.token_file:
        return TokenFile(Path(serving.token_file))
    return Anybody() if serving.rbac else Loopback([host] if host else [])


def _token(path: str) -> str:
    try:
        return Path(path).read_text().strip() if path else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error


def said(serving: Serving, port: int, connection: Connection) -> str:
    """What is said when it begins: where, and who may look."""
    host = f"[{serving.host}]" if ":" in serving.host else serving.host
    where = serving.base_url or f"http://{host}:{port}"
    return f"whydrift shows {connection.recording or 'the fleet'} at {where}/ ({whom(serving)}). Ctrl-C ends it."


def whom(serving: Serving) -> str:
    """To whom it is shown."""
    if serving.rbac:
        return "to each user what Argo CD shows to them"
    if serving.user_header:
        return "to whom the proxy names"
    if serving.token_file:
        return "to who holds a token"
    return "on this machine only, to everybody on it: nobody is asked who they are"


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
