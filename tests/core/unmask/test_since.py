"""What an earlier look makes of troubles: new, still there, recovered; never recovered where it could not be seen."""

from __future__ import annotations

import msgspec

from whydrift.core.model.triage import ApplicationAnswer, ArgocdAnswer, GapAnswer, UnmaskedAnswer
from whydrift.core.model.trouble import Category, SaidBy
from whydrift.core.report.unmask_text import age_of, readable, unmask_text
from whydrift.core.report.words import Ink
from whydrift.core.unmask.since import since


def trouble(name: str, container: str = "c") -> UnmaskedAnswer:
    """A crash loop of a Deployment."""
    return UnmaskedAnswer(
        object=f"apps/Deployment/{name}",
        namespace="shop",
        state="CrashLoopBackOff",
        category=Category.APPLICATION_ERROR,
        container=container,
        restarts=3,
        since="2026-11-20T08:00:00Z",
        line="panic: x",
        said_by=SaidBy.LOG,
        pods=("p",),
        of=1,
    )


def application(
    *found: UnmaskedAnswer, health: str = "Progressing", unseen: tuple[GapAnswer, ...] = ()
) -> ApplicationAnswer:
    """An application with these troubles."""
    return ApplicationAnswer(
        name="shop",
        namespace="argocd",
        project="default",
        argocd=ArgocdAnswer(sync="Synced", health=health),
        agrees=True,
        unmasked=found,
        unseen=unseen,
        seen_at="2026-11-22T08:00:00Z",
    )


def test_new_still_and_recovered() -> None:
    """Troubles are the same when they are about one container of one object."""
    found = since(application(trouble("a"), trouble("b")), application(trouble("a"), trouble("c")))
    assert not isinstance(found.unmasked, msgspec.UnsetType)
    assert [(t.object, t.change) for t in found.unmasked] == [
        ("apps/Deployment/a", "still"),
        ("apps/Deployment/b", "new"),
    ]
    assert [t.object for t in found.recovered] == ["apps/Deployment/c"]


def test_what_was_not_seen_did_not_recover() -> None:
    """Where pods could not be read, a trouble that is not found again is not called recovered."""
    gap = GapAnswer(what="pods", why="403")
    assert since(application(unseen=(gap,)), application(trouble("a"))).recovered == ()


def test_an_application_that_nobody_looked_at_has_no_change() -> None:
    """Without an earlier look, nothing is new."""
    assert since(application(trouble("a")), None) == application(trouble("a"))


def test_one_that_left_progressing_is_named() -> None:
    """The page says what became of an application that was Progressing."""
    found = since(application(trouble("a"), health="Healthy"), application(trouble("a")))
    page = unmask_text([found], (), Ink(), 110)
    assert "NO LONGER Progressing\n  shop  is Healthy; 1 thing broken in it" in page


def test_what_the_page_says_of_a_log_that_was_not_read() -> None:
    """Neither a guess at what broke, nor that git does not hold it."""
    near = {"source": "none", "near": "web.yaml:15"}
    found = msgspec.structs.replace(trouble("a"), category=Category.LOG_NOT_READ, line="", near="web.yaml:15")
    gap = GapAnswer(what="log of shop/p", why="403")
    page = unmask_text([application(found, unseen=(gap,))], (), Ink(), 110)
    assert "log-not-read  its log was not read\n      near   web.yaml:15\n" in f"{page}\n"
    known = msgspec.structs.replace(trouble("a"), **near)
    assert "web.yaml:15  (git does not hold the cause)" in unmask_text([application(known)], (), Ink(), 110)


def test_ages() -> None:
    """Ages are told in their largest unit, and not at all where a time is missing."""
    assert age_of("2026-11-01T00:00:00Z", "2026-11-22T07:00:00Z") == "21 days"
    assert age_of("2026-11-22T06:00:00Z", "2026-11-22T07:00:00Z") == "1 hour"
    assert age_of("2026-11-22T06:59:30Z", "2026-11-22T07:00:00Z") == "just now"
    assert age_of("", "2026-11-22T07:00:00Z") == ""


def test_structured_lines_are_readable() -> None:
    """Of a structured line people read the level, the message and the error."""
    assert readable('time="x" level=fatal msg="cannot load" error="no file" file=/a') == "fatal: cannot load: no file"
    assert readable('{"level":"error","msg":"failed","err":{"message":"refused"}}') == "error: failed: refused"
    assert readable("panic: x") == "panic: x"
