"""Looks and findings in few words, for tests of history, stores, messages and pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from whydrift.core.model.finding import (
    HIDDEN,
    SHOWN,
    TROUBLE,
    About,
    ApplicationName,
    FindingKey,
    Found,
    Seen,
    Severity,
)
from whydrift.core.model.triage import ApplicationAnswer, ArgocdAnswer

SCOPE = frozenset({SHOWN, HIDDEN, TROUBLE})
SHOP = ApplicationName("", "argocd", "shop")


def at(minute: int, second: int = 0) -> str:
    """A time: so many minutes after noon on one day."""
    hours, minutes = divmod(12 * 60 + minute, 60)
    days, hour = divmod(hours, 24)
    return f"2026-11-{days + 1:02d}T{hour:02d}:{minutes:02d}:{second:02d}Z"


def field(path: str = "/spec/replicas", item: str = "apps/Deployment/web", **about: object) -> Found:
    """A field that differs, for a reason that needs attention; `about` says what is otherwise."""
    plain = Found(
        key=FindingKey(About.FIELD, item, "shop", path),
        field=path.strip("/").replace("/", "."),
        cause="person-edits-live",
        side="cluster",
        severity=Severity.ATTENTION,
        who="kubectl",
        why="somebody edited it",
        target="3",
        live="5",
    )
    return msgspec.convert({**msgspec.structs.asdict(plain), **about}, Found)


def trouble(container: str = "web", item: str = "apps/Deployment/web", category: str = "out-of-memory") -> Found:
    """Something that is broken."""
    return Found(
        key=FindingKey(About.TROUBLE, item, "shop", f"/{container}"),
        field="CrashLoopBackOff",
        cause=category,
        side="",
        severity=Severity.BROKEN,
        why="killed",
    )


def look(found: Sequence[Found], time: str, application: ApplicationName = SHOP, **about: Any) -> Seen:
    """A whole look at an application that has settled; `about` says what is otherwise."""
    answer = ApplicationAnswer(
        name=application.name,
        namespace=application.namespace,
        instance=application.instance,
        project="default",
        argocd=ArgocdAnswer(sync="OutOfSync", health="Healthy", revision="abc"),
        agrees=True,
        objects=(),
    )
    plain = Seen(
        application=application,
        at=time,
        project="default",
        team="",
        labels={},
        cluster="https://kubernetes.default.svc",
        sync="OutOfSync",
        health="Healthy",
        revision="abc",
        safe="safe",
        whole=True,
        not_read="",
        settled=True,
        scope=SCOPE,
        found=tuple(found),
        answer=msgspec.json.encode(answer),
    )
    return msgspec.structs.replace(plain, **about)
