"""Laws of the audit: a rule hides exactly what the audit says, and a narrower rule hides exactly the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.judge.rule_situations import Ruled, hides_of, rule
from tests.core.judge.situations import config_map
from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.judge.rule_cover import Signature
from whydrift.core.judge.rule_parts import Part
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import Json, JsonObject

KEYS = ("a", "b/c", "d.e", "~f", "z")
DATA = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["1", "2", ""]), max_size=5)
NAMES = ("one", "two")


def pointer(key: str) -> str:
    """The pointer to a key of the data."""
    return "/data/" + key.replace("~", "~0").replace("/", "~1")


RULES = st.builds(
    rule,
    st.sampled_from(["ConfigMap", "*"]),
    st.sampled_from(["", "*"]),
    name=st.sampled_from(["", *NAMES]),
    jsonPointers=st.lists(
        st.sampled_from([*map(pointer, KEYS), "/data", "/data/none", "/metadata/labels"]), max_size=2
    ),
    jqPathExpressions=st.lists(
        st.sampled_from([*(f".data[{json.dumps(key)}]" for key in KEYS), ".data | .a, .z", ".data[]?"]), max_size=1
    ),
)


@st.composite
def ruled(draw: st.DrawFn) -> Ruled:
    """Two ConfigMaps that may differ, under up to three rules."""
    pairs = [(config_map(name, **draw(DATA)), config_map(name, **draw(DATA))) for name in NAMES]
    return Ruled(pairs, draw(st.lists(RULES, min_size=1, max_size=3)))


def without(rules: list[Json], part: Part) -> list[Json]:
    """The rules as they would stand in the Application with a part crossed out."""
    index = int(part.origin.split("[")[1].rstrip("]"))
    key = "jsonPointers" if part.form == "pointer" else "jqPathExpressions"
    crossed = rules[index]
    assert isinstance(crossed, dict)
    stated = crossed[key]
    assert isinstance(stated, list)
    left: Json = {**crossed, key: [each for each in stated if each != part.text]}
    return [left if number == index else each for number, each in enumerate(rules)]


def as_written(found: IgnoreRule) -> JsonObject:
    """A rule as it is written in an Application."""
    lists: JsonObject = {"jsonPointers": list(found.pointers), "jqPathExpressions": list(found.expressions)}
    return {"group": found.group, "kind": found.kind, "name": found.name, **lists}


@settings(max_examples=60, deadline=None)
@given(ruled())
def test_a_rule_hides_exactly_what_the_audit_says(situation: Ruled) -> None:
    """Cross a part out, compare from scratch: what is new is among what the audit says that it hides.

    Whatever else it says is hidden by several parts, each of which would be enough: it is new without all that say so.
    """
    shown = situation.signatures()
    audit = situation.audit()
    assert not audit.uncompared
    written = [audited for audited in audit.parts if not audited.part.system]
    for audited in written:
        said = hides_of(audited)
        for key, found in _new(situation, [audited.part], shown).items():
            assert found <= said.get(key, frozenset())
        for key, one in ((key, one) for key, found in said.items() for one in found):
            saying = [other.part for other in written if one in hides_of(other).get(key, frozenset())]
            assert one in _new(situation, saying, shown)[key]


def _new(situation: Ruled, parts: Sequence[Part], shown: Mapping[ObjectKey, Signature]) -> dict[ObjectKey, Signature]:
    """What shows, by object, when these parts are crossed out."""
    rules = list(situation.rules)
    for part in parts:
        rules = without(rules, part)
    then = replace(situation, rules=rules).signatures()
    return {key: found - shown[key] for key, found in then.items()}


@settings(max_examples=60, deadline=None)
@given(ruled())
def test_a_narrower_rule_hides_exactly_the_same(situation: Ruled) -> None:
    """Write the narrower rules instead, compare from scratch: Argo CD would show what it shows now."""
    shown = situation.signatures()
    for audited in situation.audit().parts:
        if audited.narrowest:
            rest = without(list(situation.rules), audited.part)
            then = replace(situation, rules=[*rest, *map(as_written, audited.narrowest)])
            assert then.signatures() == shown
            assert audited.hides


@settings(max_examples=60, deadline=None)
@given(ruled())
def test_all_advice_may_be_followed_at_once(situation: Ruled) -> None:
    """Narrower rules written, shadowed and dead parts crossed out, all together: nothing else shows."""
    rules, added = list(situation.rules), list[JsonObject]()
    for audited in situation.audit().parts:
        if audited.part.system:
            continue
        if audited.narrowest or audited.shadowed_by or not audited.covers:
            rules = without(rules, audited.part)
            added += map(as_written, audited.narrowest)
    assert replace(situation, rules=[*rules, *added]).signatures() == situation.signatures()


@settings(max_examples=40, deadline=None)
@given(ruled())
def test_what_matches_nothing_can_be_crossed_out(situation: Ruled) -> None:
    """A part that takes nothing out, or that another one shadows, changes nothing by going."""
    shown = situation.signatures()
    for audited in situation.audit().parts:
        if not audited.part.system and (not audited.covers or audited.shadowed_by):
            rules = without(list(situation.rules), audited.part)
            assert replace(situation, rules=rules).signatures() == shown
