"""What to do about what Argo CD does not show: no sync where a sync leaves it, or fails."""

from __future__ import annotations

import msgspec
import pytest

from tests.core.report.answers import an_object, application, difference, read
from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import EffectAnswer, SyncAnswer
from whydrift.core.report.hidden_text import hidden_text
from whydrift.core.report.tally import Tally
from whydrift.core.report.words import Ink

SETS = EffectAnswer(
    object="apps/Deployment/web",
    namespace="shop",
    does=Does.OVERWRITE,
    says="paused: true → false",
    safe=True,
    paths=(),
)
FAILS = msgspec.structs.replace(SETS, does=Does.FAIL, says="fails: the field is immutable")
SYNC, PLAN = "Sync, once its effects are known", "no sync brings that: whydrift plan shop"


@pytest.mark.parametrize(("effects", "says"), [((), PLAN), ((FAILS,), PLAN), ((SETS,), SYNC)])
def test_a_sync_is_advised_only_where_it_brings_what_git_says(effects: tuple[EffectAnswer, ...], says: str) -> None:
    hidden = difference("spec.paused", cause="stopped-by-rule", side=Side.GIT, shown=False)
    sync = SyncAnswer(safe=True, converges=True, effects=effects, because="")
    made = msgspec.structs.replace(application(an_object(hidden), sync="Synced"), sync=sync)
    tally = Tally()
    tally.add(made)
    assert hidden_text([made], read(), tally, Ink()).rstrip().endswith(says)
