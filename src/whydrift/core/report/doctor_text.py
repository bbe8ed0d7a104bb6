"""`whydrift doctor` for people: one line for each thing that is reached, then what is missing and what that leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from textwrap import wrap

from whydrift.core.model.checkup import ArgocdCheck, Checkup, ClusterCheck, Lack
from whydrift.core.model.versions import not_calibrated
from whydrift.core.report.words import Ink, count, ending, plain, shortened

MOST_NAMED = 4
LABEL = 10


def doctor_text(found: Checkup, ink: Ink, width: int = 110) -> str:
    """The whole examination. Problems are emphasised; what is well takes one line each."""
    lines = [
        *(line for check in found.argocd for line in _argocd(check, found, ink)),
        *_labelled("clusters", [line for check in found.clusters for line in _cluster(check, found, ink)]),
        *_labelled("missing", [line for check in found.clusters for line in _missing(check, found, width)]),
        *_labelled("git", list(_repositories(found, ink, width))),
        *_labelled("metrics", list(_metrics(found, ink))),
        *_labelled("tools", ["helm, kustomize: not needed; Argo CD renders"]),
        *_labelled("requests", [f"{found.asked}, each of them a GET; nothing was changed"] if found.live else []),
        *_labelled("dry runs", [DRY_RUNS] if found.dry_run else []),
        *_labelled("note", [plain(note) for note in found.notes]),
    ]
    return "\n".join([*lines, *_next(found, ink)]) + "\n"


NOBODY = {True: "it does not say who you are", False: "recorded"}
HERE = {True: "the chosen context", False: "recorded"}
DRY_RUNS = "allowed by --dry-run: PATCH ?dryRun=All of objects that differ; the server stores nothing"


def _labelled(label: str, lines: Sequence[str]) -> list[str]:
    return [f"{label if place == 0 else '':<{LABEL}}{line}" for place, line in enumerate(lines)]


def _metrics(found: Checkup, ink: Ink) -> Iterator[str]:
    if found.prometheus is not None:
        problem = found.prometheus.problem
        said = f"{ink.alarm('not reached')}: {plain(problem)}" if problem else "ok"
        yield f"{plain(found.prometheus.url)}  {said}"


def _argocd(check: ArgocdCheck, found: Checkup, ink: Ink) -> Iterator[str]:
    address = plain(check.address)
    if check.problem:
        yield from _labelled("argocd", [f"{address}  {ink.alarm('not reached')}: {plain(check.problem)}"])
        return
    version = plain(check.version) or "version not known"
    who = f"you are {plain(check.user)}" if check.user else NOBODY[found.live]
    good = check.calibrated and check.complete and not check.may_not
    lines = [f"{address}   {version}   {who}   {count(check.applications, 'application')}{'   ok' if good else ''}"]
    if not check.calibrated:
        lines.append(ink.alarm(not_calibrated(check.version)))
    if not check.complete:
        lines.append(
            ink.alarm("not all applications are proven to be visible: whatever needs all of them is undecided")
        )
    if check.may:
        lines.append(f"{'you may get' if found.live else 'recorded by somebody who could get'} {', '.join(check.may)}")
    if check.may_not:
        lines.append(ink.alarm(f"you may not get all {', '.join(check.may_not)}"))
    yield from _labelled("argocd", lines)


def _cluster(check: ClusterCheck, found: Checkup, ink: Ink) -> Iterator[str]:
    name = plain(check.cluster) or "(no destination)"
    serves = count(check.applications, "application")
    if check.problem:
        yield f"{name}  {ink.alarm(plain(check.problem))} → the objects of its {serves} come from Argo CD only"
    else:
        context = f"context {plain(check.context)}" if check.context else HERE[found.live]
        yield f"{name}  {context}, {serves}   {'ok' if not check.lacks else ink.alarm('not everything')}"


def _missing(check: ClusterCheck, found: Checkup, width: int) -> Iterator[str]:
    """What is missing, by what it leaves unknown."""
    by_fact: dict[tuple[str, ...], list[Lack]] = defaultdict(list)
    for lack in check.lacks:
        by_fact[lack.leaves_unknown].append(lack)
    for facts, lacks in by_fact.items():
        said = f"{_permissions(lacks)}{_where(lacks)} → not known: {', '.join(facts)}"
        lines = wrap(plain(said), width - LABEL, subsequent_indent="  ", break_on_hyphens=False)
        yield from lines if len(found.clusters) == 1 else [f"on {plain(check.cluster)}:", *lines]
        if found.live:
            yield f"  {shortened(lacks[0].why, width - LABEL - 2)}"


def _permissions(lacks: Sequence[Lack]) -> str:
    """`list pods, services; get namespaces`."""
    by_verb: dict[str, list[str]] = defaultdict(list)
    for lack in lacks:
        by_verb[lack.verb].append(lack.what.partition(" ")[2])
    return "; ".join(f"{verb} {', '.join(resources)}" for verb, resources in by_verb.items())


def _where(lacks: Sequence[Lack]) -> str:
    """The namespaces, where it is not all of them."""
    namespaces = sorted({namespace for lack in lacks for namespace in lack.namespaces})
    if not namespaces or not all(lack.namespaces for lack in lacks):
        return " in some namespaces" if namespaces else ""
    more = f" and {len(namespaces) - MOST_NAMED} more" if len(namespaces) > MOST_NAMED else ""
    return f" in {', '.join(namespaces[:MOST_NAMED])}{more}"


def _repositories(found: Checkup, ink: Ink, width: int) -> Iterator[str]:
    readable = [check for check in found.repositories if not check.problem]
    if readable:
        named = ", ".join(ending(check.url, 50) for check in readable[:MOST_NAMED])
        more = f" and {len(readable) - MOST_NAMED} more" if len(readable) > MOST_NAMED else ""
        yield f"{named}{more}  readable"
    for check in found.repositories:
        if check.problem:
            yield f"{ending(check.url, 50)}  {ink.alarm('not readable')}: {shortened(check.problem, width)}"


def _next(found: Checkup, ink: Ink) -> Iterator[str]:
    lacking = any(check.lacks for check in found.clusters) or any(check.may_not for check in found.argocd)
    if found.whole:
        yield ink.strong("Everything can be read.")
    elif lacking and found.live:
        yield f"{ink.strong('Grant it:')} whydrift doctor --rbac | kubectl apply -f -   (look at it first)"
    elif lacking:
        yield "What this recording lacks cannot be asked any more; what needs it is undecided."
