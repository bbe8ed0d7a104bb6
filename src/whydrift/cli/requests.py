"""Requests, and parsed options → requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import click
from click.core import ParameterSource

from whydrift.cli.known import require_filters
from whydrift.core.model.trouble import Unmask
from whydrift.core.select import Selection
from whydrift.errors import UsageError
from whydrift.settings import Connection

LIVE = {
    "argocd_context": "--argocd-context",
    "server": "--server",
    "in_cluster": "--in-cluster",
    "context": "--context",
    "kubeconfig": "--kubeconfig",
    "prometheus": "--prometheus",
}
"""Options that say which server is asked."""


@dataclass(frozen=True)
class Request:
    """What to answer and how.

    `whole` prints every application with all of its fields (explain) and tries each remedy; `unseen` keeps what Argo CD
    does not show (hidden); `remedies` says what to do about each difference.
    """

    connection: Connection
    selection: Selection
    output: str = "text"
    colour: str = "auto"
    fail_on: frozenset[str] = frozenset()
    causes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    hidden: bool = False
    whole: bool = False
    unmask: Unmask = Unmask.NOWHERE
    forecast: bool = True
    unseen: bool = False
    remedies: bool = True
    heading: str = "What differs, and why"


def listed(value: object) -> tuple[str, ...]:
    """A repeated option's values."""
    return tuple(str(part) for part in value) if isinstance(value, tuple) else ()


def connection_of(options: Mapping[str, object]) -> Connection:
    """The connection out of `connection_options`. UsageError for a live server on the command line beside `--from`."""
    recording, renders = options["recording"], options["renders"]
    if recording is not None:
        _refuse_live(options)
    return Connection(
        recording=None if recording is None else str(recording),
        argocd_context=str(options["argocd_context"]),
        server=str(options["server"]),
        in_cluster=bool(options["in_cluster"]),
        context=str(options["context"]),
        kubeconfig=str(options["kubeconfig"]),
        no_kubernetes=bool(options["no_kubernetes"]),
        dry_run=bool(options["dry_run"]),
        prometheus=str(options["prometheus"]),
        repos=listed(options["repos"]),
        no_git=bool(options["no_git"]),
        renders=renders if isinstance(renders, int) else None,
    )


def _refuse_live(options: Mapping[str, object]) -> None:
    """A recording is read alone; what stands in the environment for other days may stay there."""
    context = click.get_current_context()
    for name, flag in LIVE.items():
        if options[name] and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(f"{flag} beside --from: a recording is read alone, and no server is asked")


def words_of(connection: Connection) -> tuple[str, ...]:
    """The connection as words of a command line: what `connection_of` reads again, apart from Prometheus' address."""
    live = {
        "--argocd-context": connection.argocd_context,
        "--server": connection.server,
        "--context": connection.context,
        "--kubeconfig": connection.kubeconfig,
    }
    stated = {
        **({"--from": connection.recording} if connection.recording else live),
        "--renders": "" if connection.renders is None else str(connection.renders),
    }
    flags = {
        "--in-cluster": connection.in_cluster and not connection.recording,
        "--no-kubernetes": connection.no_kubernetes,
        "--dry-run": connection.dry_run,
        "--no-git": connection.no_git,
    }
    words = [f"{flag}={value}" for flag, value in stated.items() if value]
    words += [flag for flag, wanted in flags.items() if wanted]
    return (*words, *(f"--repo={stated}" for stated in connection.repos))


def selection_of(options: Mapping[str, object], names: tuple[str, ...]) -> Selection:
    """The applications that were named, narrowed by `selection_options`."""
    return Selection(names, str(options["selector"]), listed(options["projects"]), str(options["app_namespace"]))


def fail_on_of(options: Mapping[str, object]) -> frozenset[str]:
    """What `--fail-on` lists."""
    return frozenset(part.strip() for part in str(options["fail_on"]).split(",") if part.strip())


def request_of(options: Mapping[str, object], selection: Selection) -> Request:
    """What every command asks for that answers with differences. UsageError for a cause or a side that there is not."""
    causes, sides, fail_on = listed(options["causes"]), listed(options["sides"]), fail_on_of(options)
    require_filters(causes, sides, fail_on)
    return Request(
        connection=connection_of(options),
        selection=selection,
        output=str(options["output"]),
        colour=str(options["colour"]),
        fail_on=fail_on,
        causes=causes,
        sides=sides,
    )
