"""Where another application states the same object: the manifest that has to go for one owner to stay."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import FLEET, RENDERED_FROM
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change, RemedyKind
from whydrift.core.model.sources import CHART, OCI, source_type
from whydrift.core.model.values import ABSENT, is_object
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.places import candidates
from whydrift.usecases.drafts import Draft
from whydrift.usecases.parents import Parents, home_of

CLAIMED = "two-apps-claim-object"
CHARTS = frozenset({"helm", CHART, OCI})


@dataclass(frozen=True)
class Rival:
    """Another application that states an object, and the files that it is rendered from."""

    application: Application
    git: GitFiles


async def rival_place(draft: Draft, offer: Offer, parents: Parents) -> str:
    """The other application's manifest of an object that a chart of this one makes as well, as `file:line`.

    A chart makes its object for everybody who uses it, so that the copy beside it is the one to take away. "" where
    neither is a copy beside a chart, or the other one's files were not read.
    """
    one_owner = offer.cause == CLAIMED and offer.group.choice.kind is RemedyKind.ONE_OWNER
    if not one_owner or not _is_chart(draft.application):
        return ""
    async for rival in _rivals(draft, offer.item.key, parents):
        target = offer.item.target
        if is_object(target) and not _is_chart(rival.application):
            found = candidates(rival.application, rival.git, offer.item.key, target, [Change((), ABSENT)])
            place = next((edit.where for edit in found), "")
            if place:
                return place
    return ""


async def _rivals(draft: Draft, key: ObjectKey, parents: Parents) -> AsyncGenerator[Rival, None]:
    """The other applications that list an object, as far as they and their files can be read."""
    fleet = draft.situation.whole.maybe(FLEET)
    mine = draft.application
    for claim in fleet.holders(mine.cluster, key, mine.instance) if fleet is not None else ():
        if (claim.application, claim.namespace) == (mine.name, mine.namespace) or claim.instance != mine.instance:
            continue
        outside = claim.namespace if claim.namespace != home_of(mine) else ""
        other = await parents.application(claim.application, outside)
        if other is not None:
            git = await draft.reader.fact(other, other.facts_key, RENDERED_FROM)
            if git is not None:
                yield Rival(other, git)


def _is_chart(application: Application) -> bool:
    return any(source_type(application, place) in CHARTS for place in range(len(application.sources)))
