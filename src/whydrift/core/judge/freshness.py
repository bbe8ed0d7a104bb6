"""Whether git may have moved unnoticed since Argo CD looked at it: a sync takes what a branch holds then, not now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import is_pinned
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import COMPARED_MANIFESTS, NEWEST, SECOND_RENDER

LATELY: Final = timedelta(minutes=5)
"""How old Argo CD's own look at git may be: it looks every 3 minutes (timeout.reconciliation with its jitter)."""


def unseen_commits(situation: Situation) -> tuple[Effect, ...]:
    """The unknown effect of commits that nobody has looked at; () where git cannot have moved, or was looked at."""
    moving = [source for source in situation.application.sources if not is_pinned(source)]
    unread = NEWEST in situation.whole.gaps and situation.manifests is None
    if not unread or not moving or _rendered_anew(situation) or _looked_lately(situation):
        return ()
    followed = ", ".join(dict.fromkeys(source.target_revision or "HEAD" for source in moving))
    at = situation.application.reconciled_at
    looked = f"Argo CD looked at {at}" if at else "it is not known when Argo CD looked"
    refresh = f"`argocd app get {_called(situation)} --refresh` and ask again within 5 minutes"
    known = f"--repo {moving[0].repo}=CHECKOUT, or {refresh}"
    says = f"brings whatever {followed} holds by then: whether it moved was not read, {looked}; to know it: {known}"
    return (Effect(situation.itself, Does.UNKNOWN, says, False),)


def _called(situation: Situation) -> str:
    """The application as the argocd CLI takes it."""
    application = situation.application
    return "/".join(part for part in (application.namespace, application.name) if part)


def _rendered_anew(situation: Situation) -> bool:
    """Whether a render past every cache, which resolves the branch anew, says what the compared one does."""
    anew, compared = situation.whole.maybe(SECOND_RENDER), situation.whole.maybe(COMPARED_MANIFESTS)
    return anew is not None and anew == compared


def _looked_lately(situation: Situation) -> bool:
    try:
        age = datetime.fromisoformat(situation.read_at) - datetime.fromisoformat(situation.application.reconciled_at)
    except (TypeError, ValueError):
        return False
    return age <= LATELY
