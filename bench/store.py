"""`python -m bench.store`: how fast a store of 200,000 findings answers, alone and to 50 readers."""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from tests.looks import look as whole_look

from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import (
    SEVERITIES,
    About,
    ApplicationName,
    FindingKey,
    Found,
    Seen,
    Severity,
)
from whydrift.core.model.triage import ApplicationAnswer, ArgocdAnswer
from whydrift.ports.watching import Wanted

CAUSES = 40
PROJECTS = 25
READERS = 50
DAY = "2026-11-{:02d}T{:02d}:{:02d}:{:02d}Z"
WHY = "the CRD's schema fills the field in where git states nothing: its defaults, applied to git's object, give live's"


def application(number: int) -> ApplicationName:
    """The name of one of many."""
    return ApplicationName("", "argocd", f"team-{number % PROJECTS}-service-{number}")


def found(number: int, place: int, draw: random.Random) -> Found:
    """One finding, of the size that findings have."""
    cause = (number + draw.randrange(4) ** 2) % CAUSES
    severity = SEVERITIES[(cause * 7) % 5] if place else Severity.NOISE
    item = f"apps/Deployment/service-{number}-{place // 4}"
    path = f"/spec/template/spec/containers/0/env/{place}/value"
    return Found(
        key=FindingKey(About.FIELD, item, f"team-{number % PROJECTS}", path),
        field=f"spec.template.spec.containers[name=main].env[name=SETTING_{place}].value",
        cause=f"cause-number-{cause}",
        side=("git", "cluster", "equivalent", "controller", "structure", "ask")[cause % 6],
        severity=severity,
        who="kube-controller-manager",
        since=DAY.format(1, 0, 0, 0),
        why=WHY,
        target='"a value as git has it"',
        live='"the value that the cluster has"',
        remedy="git-set",
        where=f"apps/service-{number}/deployment.yaml:{place}",
        sync="changes nothing: it would come back. OutOfSync again afterwards",
    )


def look(number: int, at: str, fields: int, draw: random.Random) -> Seen:
    """A look at one application."""
    name = application(number)
    answer = ApplicationAnswer(
        name=name.name,
        namespace=name.namespace,
        project=f"project-{number % PROJECTS}",
        argocd=ArgocdAnswer(sync="OutOfSync", health="Healthy"),
        agrees=True,
        notes=(WHY * 20,),
    )
    return whole_look(
        [found(number, place, draw) for place in range(fields)],
        at,
        name,
        project=answer.project,
        team=f"team-{number % PROJECTS}",
        labels={"team": f"team-{number % PROJECTS}"},
        revision="752a0b0ad4d167fe350d9a73da0d6dfe08e21e76",
        answer=msgspec.json.encode(answer),
    )


def fill(store: SqlStore, applications: int, fields: int) -> None:
    """A month of history: each application is seen on some days, with more and fewer findings."""
    for number in range(applications):
        for day in (1, 5 + number % 20):
            few = fields if day > 1 else max(1, fields - number % 3)
            store.record(look(number, DAY.format(day, number % 24, 0, 0), few, random.Random(number * 31)))


def questions(store: SqlStore, applications: int) -> dict[str, Callable[[], object]]:
    """What pages ask."""
    some = application(applications // 2)
    visible = frozenset(application(number) for number in range(0, applications, 3))
    few = frozenset(application(number) for number in range(10))
    return {
        "findings, the first 200": lambda: store.findings(Wanted()),
        "findings, the first 50": lambda: store.findings(Wanted(limit=50)),
        "findings of one cause": lambda: store.findings(Wanted(causes=("cause-number-7",))),
        "findings of one project": lambda: store.findings(Wanted(projects=("project-7",))),
        "findings of one application": lambda: store.findings(Wanted(applications=(some,))),
        "findings with a rare text": lambda: store.findings(Wanted(text="service-1234-5")),
        "findings that ten may see": lambda: store.findings(Wanted(visible=few)),
        "findings that a third may see": lambda: store.findings(Wanted(visible=visible)),
        "findings, page 500": lambda: store.findings(Wanted(offset=100_000)),
        "how many": lambda: store.total(Wanted()),
        "how many of one project": lambda: store.total(Wanted(projects=("project-7",))),
        "counts": store.counts,
        "counts of ten days ago": lambda: store.counts(DAY.format(10, 0, 0, 0)),
        "counts that a third may see": lambda: store.counts("", visible),
        "applications": store.applications,
        "days": lambda: store.daily("2026-11-01"),
        "timeline": lambda: store.timeline(some),
        "recent": store.recent,
        "flaps": lambda: store.flaps("2026-11-01"),
        "one answer": lambda: store.answer(some),
    }


def at_percentile(taken: list[float], part: int = 95) -> float:
    """Milliseconds at a percentile."""
    return statistics.quantiles(taken, n=100)[part - 1] * 1000


def timed(action: Callable[[], object]) -> tuple[float, float]:
    """Seconds that an action takes, and seconds of this process's processors: other processes do not count there."""
    start, busy = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - start, time.process_time() - busy


def main() -> int:
    """Fill a store, ask it, and print how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=5_000)
    parser.add_argument("--fields", type=int, default=40)
    parser.add_argument("--store", default="", help="a URL or a file that is kept; default: SQLite, for this run")
    stated = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(stated.store, Path(folder))
        print_line("", "median", "of this process's processors")
        if store.total(Wanted()) == 0:
            print_times("filled in", [timed(lambda: fill(store, stated.applications, stated.fields))] * 2)
        for name, ask in questions(store, stated.applications).items():
            print_times(name, [timed(ask) for _ in range(11)])
    return 0


def print_times(name: str, taken: list[tuple[float, float]]) -> None:
    """The medians of both, in milliseconds."""
    print_line(name, *(f"{statistics.median(column) * 1000:.1f} ms" for column in zip(*taken, strict=True)))


def print_line(name: str, elapsed: str, busy: str) -> None:
    """One row."""
    sys.stdout.write(f"{name:<34}{elapsed:>14}{busy:>32}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
