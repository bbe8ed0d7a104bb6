"""Messages in few words."""

from __future__ import annotations

from typing import Any

import msgspec

from whydrift.core.model.finding import ApplicationName, Severity
from whydrift.core.model.notice import Line, Notice

AT = "2026-11-28T12:00:00Z"


def line(what: str = "new", name: str = "shop", cause: str = "person-edits-live", left: int = 1, **about: Any) -> Line:
    plain = Line(
        what=what,
        application=ApplicationName("", "argocd", name),
        project="default",
        team="",
        cause=cause,
        side="cluster",
        severity=Severity.LOSES,
        title="somebody changed it",
        who="kubectl",
        why="",
        sync="scales from 5 to 3",
        remedy="adopt",
        objects=1,
        fields=1,
        examples=("Deployment/web spec.replicas: git 3, live 5",),
        command=f"whydrift explain argocd/{name}",
        link="",
        events=(1,),
        since=AT,
        left=left,
        worst=Severity.LOSES,
    )
    return msgspec.structs.replace(plain, **about)


def notice(*lines: Line, key: str = "0123456789abcdef0123456789abcdef", route: str = "chat") -> Notice:
    return Notice(key=key, route=route, at=AT, lines=lines or (line(),))
