"""Options that several commands share: where to read from, what to select, how to print."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])
FORMATS = ("text", "json", "jsonl", "md", "tsv")


def _stack(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def connection_options(function: F) -> F:
    """`--from` and everything about reaching Argo CD, clusters and git; see `connection_of`."""
    return _stack(
        click.option("--from", "recording", metavar="FOLDER|ZIP", help="Read a recording instead of live servers."),
        click.option(
            "--argocd-context", default="", metavar="NAME", help="A context of the argocd CLI's configuration."
        ),
        click.option(
            "--server", default="", metavar="HOST[:PORT]", help="Argo CD's API server; else your argocd login."
        ),
        click.option("--in-cluster", is_flag=True, help="Use this pod's service account for Argo CD and Kubernetes."),
        click.option("--context", default="", metavar="NAME", help="A context of your kubeconfig."),
        click.option("--kubeconfig", default="", metavar="FILE", help="Instead of $KUBECONFIG or ~/.kube/config."),
        click.option("--no-kubernetes", is_flag=True, help="Ask Argo CD only, no cluster."),
        click.option("--dry-run", is_flag=True, help="Allow server-side dry runs (PATCH ?dryRun=All); off by default."),
        click.option("--repo", "repos", multiple=True, metavar="URL=PATH", help="A local checkout of a repository."),
        click.option("--no-git", is_flag=True, help="Do not read repositories."),
        click.option(
            "--renders", default=2, show_default=True, type=click.IntRange(0, 16), help="Renders at a time; 0: none."
        ),
    )(function)


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


def fail_on_option(function: F) -> F:
    """`--fail-on`: what makes the exit code 1."""
    return click.option(
        "--fail-on",
        default="git,cluster,ask,structure,unexplained",
        show_default=True,
        metavar="LIST",
        help="Sides, causes, unexplained, undecided, not-read: any of these found makes the exit code 1; '' for none.",
    )(function)
