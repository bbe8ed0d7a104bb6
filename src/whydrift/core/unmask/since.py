"""What is broken now, compared with an earlier look: new, still there, recovered."""

from __future__ import annotations

import msgspec

from whydrift.core.model.triage import ApplicationAnswer, UnmaskedAnswer


def since(application: ApplicationAnswer, earlier: ApplicationAnswer | None) -> ApplicationAnswer:
    """An application whose troubles say what became of them; as it is where nobody looked at it earlier."""
    if earlier is None or isinstance(application.unmasked, msgspec.UnsetType):
        return application
    before = {_place(trouble): trouble for trouble in troubles_in(earlier)}
    now = {_place(trouble) for trouble in application.unmasked}
    marked = tuple(
        msgspec.structs.replace(trouble, change="still" if _place(trouble) in before else "new")
        for trouble in application.unmasked
    )
    gone = tuple(trouble for place, trouble in before.items() if place not in now)
    return msgspec.structs.replace(
        application,
        unmasked=marked,
        recovered=() if application.unseen else gone,
        health_before=earlier.argocd.health,
    )


def troubles_in(application: ApplicationAnswer) -> tuple[UnmaskedAnswer, ...]:
    """What is broken in an application; () where nobody looked."""
    return () if isinstance(application.unmasked, msgspec.UnsetType) else application.unmasked


def _place(trouble: UnmaskedAnswer) -> tuple[str, str, str]:
    return trouble.object, trouble.namespace, trouble.container
