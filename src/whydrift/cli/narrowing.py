"""Only what was asked for of an answer: by object, by cause, by side, and what Argo CD does not show."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from whydrift.cli.requests import Request
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import ApplicationAnswer, ObjectAnswer
from whydrift.core.report.tally import cause_of, objects_of
from whydrift.core.report.words import count


def narrowed(application: ApplicationAnswer, request: Request) -> ApplicationAnswer | None:
    """Only the objects and differences that were asked for; None for an application without any, when narrowing."""
    if request.unseen:
        application = _unseen(application)
    if not (request.causes or request.sides or request.objects):
        return application
    kept = tuple(item for item in map(_narrow(request), objects_of(application)) if item.differences)
    return msgspec.structs.replace(application, objects=kept) if kept or application.not_read else None


def narrowing(request: Request, kept: int, selected: int) -> tuple[str, ...]:
    """What an answer was narrowed to, for its reader: what was left out of it is not said to be well."""
    words = [*(f"--cause {name}" for name in request.causes), *(f"--side {name}" for name in request.sides)]
    words += request.objects
    return (f"only {' '.join(words)}: {kept} of {count(selected, 'application')}",) if words else ()


def _unseen(application: ApplicationAnswer) -> ApplicationAnswer:
    """An application with nothing but what Argo CD does not show."""
    if isinstance(application.objects, msgspec.UnsetType):
        return application
    found = (
        msgspec.structs.replace(item, differences=tuple(d for d in item.differences if not d.shown))
        for item in application.objects
    )
    return msgspec.structs.replace(application, objects=tuple(item for item in found if item.differences))


def _narrow(request: Request) -> Callable[[ObjectAnswer], ObjectAnswer]:
    def narrow(item: ObjectAnswer) -> ObjectAnswer:
        if request.objects and not any(names(item, name) for name in request.objects):
            return msgspec.structs.replace(item, differences=())
        kept = tuple(
            d
            for d in item.differences
            if (not request.causes or cause_of(d) in request.causes)
            and (not request.sides or (isinstance(d.side, Side) and d.side.value in request.sides))
        )
        return msgspec.structs.replace(item, differences=kept)

    return narrow


def names(item: ObjectAnswer, name: str) -> bool:
    """`KIND/NAME` or `NAME`, in any letter case of the kind, as kubectl takes it."""
    _, kind, own = item.id.split("/", 2)
    wanted_kind, _, wanted = name.rpartition("/")
    singular = wanted_kind.lower().removesuffix("s")
    return wanted == own and (not wanted_kind or singular == kind.lower().removesuffix("s"))
