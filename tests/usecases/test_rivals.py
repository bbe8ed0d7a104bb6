"""Which copy of an object has to go, where two applications state it: the one beside a chart."""

from __future__ import annotations

import asyncio

from tests.replay.recorded import RECORDINGS
from tests.scenarios.planned import planned_for

from whydrift.core.model.remedy import RemedyKind

TWO = next(path for path in RECORDINGS if path.stem == "o-two-apps-one-namespace")


def places() -> dict[str, set[str]]:
    """Where one owner is to be made, by application."""

    async def made() -> dict[str, set[str]]:
        async with planned_for(TWO) as found:
            offers = [o for o in found.plan.offers if o.group.choice.kind is RemedyKind.ONE_OWNER]
        return {
            name: {o.edit.where if o.edit is not None else o.group.choice.place for o in offers if o.named == name}
            for name in {offer.named for offer in offers}
        }

    return asyncio.run(made())


def test_the_chart_keeps_what_it_makes_for_everybody() -> None:
    """The manifest of the other application is named, and it is not edited by a program: it is another one's."""
    found = places()
    chart = next(where for name, where in found.items() if name.endswith("/o-two-apps-one-namespace"))
    assert chart == {"extras/namespace.yaml:2"}
