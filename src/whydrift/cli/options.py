"""Options that several commands share: where to read from, what to select, how to print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])
DRY_RUN = "Allow server-side dry runs (PATCH ?dryRun=All); off by default."
FORMATS = ("text", "json", "jsonl", "md", "tsv", "html", "sarif", "junit")


def _stack(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def _setting(flag: str, *names: str, **about: Any) -> Callable[[F], F]:
    """An option that an environment variable may state instead."""
    variable = f"WHYDRIFT_{flag.strip('-').replace('-', '_').upper()}"
    return click.option(flag, *names, envvar=variable, show_envvar=True, **about)


def connection_options(function: F) -> F:
    """`--from` and everything about reaching Argo CD, clusters and git; see `connection_of`.

    Each is also an environment variable: WHYDRIFT_SERVER, WHYDRIFT_NO_GIT …
    """
    return connection_options_for(DRY_RUN)(function)


def connection_options_for(dry_run: str) -> Callable[[F], F]:
    """The same with words of the command's own for what `--dry-run` does."""
    return _stack(
        _setting("--from", "recording", metavar="FOLDER|ZIP", help="Read a recording instead of live servers."),
        _setting(
            "--argocd-context",
            default="",
            metavar="NAME",
            help="A context of the argocd CLI's configuration; several: A,B.",
        ),
        _setting("--server", default="", metavar="HOST[:PORT]", help="Argo CD's API server; else your argocd login."),
        _setting("--in-cluster", is_flag=True, help="Use this pod's service account for Argo CD and Kubernetes."),
        _setting(
            "--context",
            default="",
            metavar="NAME",
            help="A context of your kubeconfig; of several Argo CDs, each one's own: A,B.",
        ),
        _setting("--kubeconfig", default="", metavar="FILE", help="Instead of $KUBECONFIG or ~/.kube/config."),
        _setting("--no-kubernetes", is_flag=True, help="Ask Argo CD only, no cluster."),
        _setting("--dry-run", is_flag=True, help=dry_run),
        _setting(
            "--prometheus", default="", metavar="URL", help="Where pods' use is read if the metrics API has none."
        ),
        _setting("--repo", "repos", multiple=True, metavar="URL=PATH", help="A local checkout of a repository."),
        _setting("--no-git", is_flag=True, help="Do not read repositories."),
        _setting("--renders", type=click.IntRange(0, 16), help="Renders at a time; 0: none.  [default: 2]"),
    )


def store_option(function: F) -> F:
    """Where findings are kept."""
    about = "Where findings are kept: postgresql://…; else SQLite in the state directory."
    return _setting("--store", default="", metavar="URL", help=about)(function)


def selection_options(function: F) -> F:
    """Which applications, as argocd and kubectl users know it."""
    return _stack(
        click.option(
            "-l",
            "--selector",
            default="",
            metavar="SELECTOR",
            help="Labels, as kubectl takes them: team=shop,env!=dev.",
        ),
        click.option("--project", "projects", multiple=True, metavar="NAME", help="Applications of a project."),
        click.option("-N", "--app-namespace", default="", metavar="NS", help="Applications that live in a namespace."),
    )(function)


def difference_options(function: F) -> F:
    """Which differences."""
    return _stack(
        click.option(
            "--cause", "causes", multiple=True, metavar="CAUSE", help="Only this cause (or: unexplained, undecided)."
        ),
        click.option("--side", "sides", multiple=True, metavar="SIDE", help="Only this side: git, cluster, ask …"),
    )(function)


def output_option(*formats: str) -> Callable[[F], F]:
    """`-o`, and whether to colour."""
    return _stack(
        click.option(
            "-o", "--output", default="text", type=click.Choice(formats), show_default=True, help="Output format."
        ),
        click.option(
            "--color", "colour", default="auto", type=click.Choice(("auto", "always", "never")), help="Colour the text."
        ),
    )


def fail_on_option(default: str = "git,cluster,ask,structure,unexplained,broken,at-risk") -> Callable[[F], F]:
    """`--fail-on`: what makes the exit code 1."""
    return click.option(
        "--fail-on",
        default=default,
        show_default=True,
        metavar="LIST",
        help="Sides, causes, unexplained, undecided, not-read, broken, at-risk (a sync would lose something): "
        "any of these makes the exit code 1; '' none.",
    )
