"""The remedy of every cause: on the causes' own cases, and what holds for every choice whatever the situation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import JQ, load
from tests.core.remedy.choosing import Chosen, chosen
from tests.from_yaml import from_yaml
from whydrift.core.compare.ignore import hidden_by
from whydrift.core.compare.rules import application_rules
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.model.drift import Difference
from whydrift.core.model.effect import Does, Effect, Forecast
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path as Address
from whydrift.core.model.paths import starts_with
from whydrift.core.model.remedy import Change, Choice, RemedyKind, Safety
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, is_object, same
from whydrift.core.remedy.choice import CHOICES, judged_with
from whydrift.core.remedy.choices.changes import empties, holds_secret
from whydrift.core.remedy.choices.hashes import CHECKSUM

HERE = Path(__file__).parent
CAUSES = HERE.parents[2] / "src/whydrift/core/explain/causes"
BY_ID = {cause.id: cause for cause in CATALOGUE}
EXPECTED = from_yaml((HERE / "choices.yaml").read_text())
CASES = {f"{path.parts[-4]}/{path.parent.name}": path for path in CAUSES.glob("*/cases/explains-*/case.yaml")}
OWN = {path.stem: path for path in (HERE / "situations").glob("*.yaml")}
EVERY = [(name, CASES[name]) for name in sorted(CASES)] + [(name, OWN[name]) for name in sorted(OWN)]
EDITS = (RemedyKind.GIT_SET, RemedyKind.GIT_DROP, RemedyKind.ADOPT, RemedyKind.CHART_VALUE)


def of(name: str, path: Path) -> dict[str, Chosen]:
    cause = BY_ID.get(name.partition("/")[0].replace("_", "-"))
    return chosen(load(path), CATALOGUE if cause is None else [cause])


def test_every_cause_of_the_catalogue_has_a_remedy() -> None:
    assert {*CHOICES, CHECKSUM} == set(BY_ID)


@pytest.mark.parametrize(("name", "path"), sorted(CASES.items()), ids=sorted(CASES))
def test_a_case_of_a_cause_is_remedied_as_the_table_says(name: str, path: Path) -> None:
    told = {pointer: told_of(choice) for pointer, (_, _, choice) in of(name, path).items()}
    assert told == EXPECTED[name]


@pytest.mark.parametrize(("name", "path"), sorted(OWN.items()), ids=sorted(OWN))
def test_a_situation_is_remedied_as_the_table_says(name: str, path: Path) -> None:
    expected = load(path)["expect"]
    assert is_object(expected), "a situation expects something"
    told = {pointer: told_of(choice) for pointer, (_, _, choice) in of(name, path).items()}
    assert {pointer: told.get(pointer) for pointer in expected} == expected


@pytest.mark.parametrize(("name", "path"), EVERY, ids=[name for name, _ in EVERY])
def test_what_holds_for_every_choice(name: str, path: Path) -> None:
    for subject, finding, choice in of(name, path).values():
        assert choice.why and "\n" not in choice.why
        assert all(one.why for one in choice.instead)
        assert choice.kind not in {one.kind for one in choice.instead}
        assert not any(holds_secret(change.value) for change in choice.changes), "a secret is never written"
        assert all(is_reached(change.path, subject.object.target) for change in choice.changes)
        assert not empties(choice.changes, subject.object.target, subject.object.live), "live's list is not empty"
        assert choice.kind not in EDITS or choice.changes or choice.place or choice.at or choice.follows
        assert choice.kind is not RemedyKind.SYNC or choice.safety is Safety.UNSAFE
        assert choice.kind is not RemedyKind.ASK or choice.safety is Safety.MANUAL
        assert choice.kind is not RemedyKind.IGNORE or choice.rule is not None or choice.place
        if choice.kind is RemedyKind.IGNORE and choice.rule is not None and not choice.place:
            takes_only(choice.rule, finding.difference, subject.object.target, subject.object.live)


@pytest.mark.parametrize(("name", "path"), EVERY, ids=[name for name, _ in EVERY])
def test_what_is_pinned_or_adopted_is_what_live_says(name: str, path: Path) -> None:
    for subject, finding, choice in of(name, path).values():
        difference, cause = finding.difference, finding.explanations[0].cause
        if choice.kind not in (RemedyKind.ADOPT, RemedyKind.GIT_SET) or cause in RENAMED or len(choice.changes) != 1:
            continue
        (change,) = choice.changes
        if difference.order:
            assert isinstance(change.value, list) and isinstance(difference.target, list)
            assert sorted(map(repr, change.value)) == sorted(map(repr, difference.target))
            assert not same(change.value, difference.target)
        elif change.path == difference.path[:-1]:
            assert same(change.value, child(subject.object.live, *difference.live_path[:-1]))
        else:
            assert same(change.value, difference.live)


RENAMED = frozenset({"schema-prunes-unknown-field", "object-version-converted", "namespace-metadata-differs"})
"""There git gets another name, or is right by itself."""


def told_of(choice: Choice) -> list[Json] | str:
    """A choice in short: kind and safety, then what else it says."""
    head = f"{choice.kind.value} {choice.safety.value}"
    more: dict[str, Json] = {}
    if choice.changes:
        more["changes"] = {".".join(map(str, change.path)): _told(change) for change in choice.changes}
    if choice.rule is not None:
        more["rule"] = choice.rule
    if choice.options:
        more["options"] = [*choice.options]
    if choice.place:
        more["place"] = choice.place
    if choice.at is not None:
        more["at"] = ".".join(map(str, choice.at.path)) or "all of it"
    if choice.instead:
        more["instead"] = [one.kind.value for one in choice.instead]
    return [head, more] if more else head


def _told(change: Change) -> Json:
    return "(dropped)" if change.value is ABSENT else change.value


def is_reached(path: Address, target: MaybeJson) -> bool:
    """Whether an address exists in target, or can be added there: no list has a gap."""
    for depth, step in enumerate(path):
        around = child(target, *path[:depth])
        if isinstance(step, int) and not (isinstance(around, list) and step <= len(around)):
            return False
        if isinstance(step, str) and around is not ABSENT and not isinstance(around, dict | None):
            return False
    return True


def takes_only(rule: Json, difference: Difference, target: MaybeJson, live: MaybeJson) -> None:
    """A rule takes the difference out of the sides that have it, and nothing that lies elsewhere."""
    (parsed,) = application_rules([rule])
    taken = 0
    for side, path in ((target, difference.path), (live, difference.live_path)):
        removed = hidden_by(parsed, side, JQ) if is_object(side) else set()
        covers = [place for place in removed if starts_with(path, place) or starts_with(place, path)]
        assert len(covers) == len(removed), f"{rule} takes out {removed}"
        taken += len(covers)
    assert taken, f"{rule} takes nothing out"


def test_a_sync_is_safe_only_where_its_effects_are() -> None:
    sync = Choice(RemedyKind.SYNC, "git is right", Safety.UNSAFE)
    harmless = Forecast()
    loss = Effect(ObjectKey("apps", "Deployment", "shop", "web"), Does.SCALE, "scales from 5 to 3", False)
    harmful = Forecast((loss,))
    assert judged_with(sync, harmless).safety is Safety.SAFE
    assert judged_with(sync, harmful).safety is Safety.UNSAFE
    assert judged_with(sync, None).safety is Safety.UNSAFE
    refused = Forecast((Effect(loss.key, Does.FAIL, "is refused: a sync window is closed now", True),))
    assert judged_with(sync, refused).safety is Safety.UNSAFE, "what it does once it is let through was not looked at"
    asked = Choice(RemedyKind.ASK, "who knows", Safety.MANUAL)
    assert judged_with(asked, harmless) is asked
