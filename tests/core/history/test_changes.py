"""What a look means for what is known: situations, and laws for all sequences of looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.looks import SCOPE, at, field, look, trouble

from whydrift.core.history.changes import Change, changes, is_late, vanished
from whydrift.core.history.numbers import numbers, oldest
from whydrift.core.model.finding import (
    SHOWN,
    TROUBLE,
    Finding,
    Found,
    Judged,
    RuledOut,
    Seen,
    Severity,
    What,
    judged,
    turned,
)

PLACES = ("/spec/replicas", "/spec/image", "/metadata/labels/team")
FOUND = st.builds(
    lambda path, item, shown, cause: field(path, item, shown=shown, cause=cause),
    st.sampled_from(PLACES),
    st.sampled_from(("apps/Deployment/web", "/Service/web")),
    st.booleans(),
    st.sampled_from(("person-edits-live", "autoscaler-scales-replicas")),
)
FINDINGS = st.lists(FOUND, unique_by=lambda found: found.key, max_size=4)
SCOPES = st.sampled_from((SCOPE, frozenset({SHOWN}), frozenset({SHOWN, TROUBLE}), frozenset[str]()))
LOOKS = st.lists(st.tuples(FINDINGS, SCOPES, st.booleans()), max_size=6)


class Known:
    """What a store would keep of one application, without a store."""

    def __init__(self) -> None:
        self.findings: dict[int, Finding] = {}
        self.at = ""

    def see(self, seen: Seen) -> list[What]:
        """What happened at a look, still or not."""
        if is_late(self.at, seen.at):
            return []
        self.at = seen.at
        happened = changes(list(self.findings.values()), seen)
        self.keep(happened)
        return [change.what for change in happened]

    def keep(self, happened: Sequence[Change]) -> None:
        """Remember how findings are now."""
        for change in happened:
            number = change.finding.id or len(self.findings) + 1
            self.findings[number] = msgspec.structs.replace(change.finding, id=number)


def looked(looks: Sequence[tuple[list[Found], frozenset[str], bool]]) -> tuple[Known, list[Seen]]:
    """Looks a minute apart, one after the other."""
    known = Known()
    seen = [
        look(found, at(minute), scope=scope, whole=whole) for minute, (found, scope, whole) in enumerate(looks, start=1)
    ]
    for one in seen:
        known.see(one)
    return known, seen


def test_new_still_gone_returned() -> None:
    """A finding's life."""
    known = Known()
    life = [known.see(look(found, at(minute))) for minute, found in enumerate(([field()], [field()], [], [field()]))]
    assert life == [[What.NEW], [What.STILL], [What.GONE], [What.RETURNED]]
    (finding,) = known.findings.values()
    assert (finding.first_seen, finding.since, finding.last_seen) == (at(0), at(3), at(3))
    assert (finding.times_returned, finding.gone) == (1, "")


def test_another_cause_is_a_change_and_another_value_is_none() -> None:
    """An autoscaler at work is no news."""
    known = Known()
    known.see(look([field(live="5")], at(0)))
    assert known.see(look([field(live="7")], at(1))) == [What.STILL]
    (change,) = changes(list(known.findings.values()), look([field(cause="unexplained", side="")], at(2)))
    assert (change.what, change.before) == (What.CHANGED, "person-edits-live cluster attention")


def test_what_is_hidden_now_is_not_gone_and_what_is_shown_again_did_not_return() -> None:
    """An ignore rule swallows it: it is there still, and that it is hidden is the news."""
    known, story = Known(), []
    for minute, shown in enumerate((True, False, False, True)):
        happened = changes(list(known.findings.values()), look([field(shown=shown)], at(minute)))
        known.keep(happened)
        story += [(change.what, turned(change.before)) for change in happened]
    assert story == [
        (What.NEW, ""),
        (What.CHANGED, "now hidden"),
        (What.STILL, ""),
        (What.CHANGED, "now shown"),
    ]
    (finding,) = known.findings.values()
    assert (finding.times_returned, finding.since) == (0, at(0))


WEB = ("apps/Deployment/web", "shop")


def test_what_an_ignore_rule_swallows_is_hidden_though_no_cause_tells_of_it() -> None:
    """As long as both sides say something else there; it is gone when they do not."""
    known, story = Known(), []
    looks = (
        look([field()], at(0)),
        look([], at(1), ruled_out=(RuledOut(*WEB, "/spec/replicas"),)),
        look([], at(2), ruled_out=(RuledOut(*WEB, "/spec/replicas"),)),
        look([], at(3)),
    )
    for one in looks:
        happened = changes(list(known.findings.values()), one)
        known.keep(happened)
        story += [(change.what, turned(change.before), change.finding.found.shown) for change in happened]
    assert story == [
        (What.NEW, "", True),
        (What.CHANGED, "now hidden", False),
        (What.STILL, "", False),
        (What.GONE, "", False),
    ]


@pytest.mark.parametrize(
    ("what", "found", "place"),
    [
        ("a rule is what is done about noise", field(severity=Severity.NOISE), RuledOut(*WEB, "/spec/replicas")),
        ("another field", field(), RuledOut(*WEB, "/spec/replica")),
        ("a field within it, which is less", field(), RuledOut(*WEB, "/spec/replicas/0")),
        ("another object", field(), RuledOut("apps/Deployment/api", "shop", "/spec/replicas")),
        ("another namespace", field(), RuledOut("apps/Deployment/web", "", "/spec/replicas")),
        ("the object as a whole", field(""), RuledOut(*WEB, "/spec/replicas")),
        ("something broken", trouble(), RuledOut(*WEB, "/web")),
    ],
)
def test_what_no_rule_swallows_is_gone(what: str, found: Found, place: RuledOut) -> None:
    known = Known()
    known.see(look([found], at(0)))
    assert known.see(look([], at(1), ruled_out=(place,))) == [What.GONE], what


def test_what_was_gone_before_a_rule_covered_it_stays_gone() -> None:
    known = Known()
    known.see(look([field()], at(0)))
    known.see(look([], at(1)))
    assert known.see(look([], at(2), ruled_out=(RuledOut(*WEB, "/spec/replicas"),))) == []


@pytest.mark.parametrize(("hurts", "severity"), [(True, Severity.LOSES), (False, Severity.ATTENTION)])
def test_what_a_sync_does_to_what_is_hidden_now_is_told_anew(hurts: bool, severity: Severity) -> None:
    """It may respect the rule."""
    before = look([field("/spec/a", severity=Severity.LOSES, sync="scales it")], at(0))
    (came,) = changes((), before)
    now = look([], at(1), ruled_out=(RuledOut(*WEB, "/spec", "as foreseen", hurts),))
    (change,) = changes([came.finding], now)
    assert (change.finding.found.severity, change.finding.found.sync) == (severity, "as foreseen")


@given(FOUND, FOUND)
def test_what_it_was_is_read_as_it_was_written(before: Found, now: Found) -> None:
    """With and without a word for whether it is shown, which older stores do not have."""
    was, is_now = judged(before), judged(now)
    assert Judged.parse(was.spelled(is_now), is_now.shown) == was
    assert Judged.parse("unexplained unexplained", True) == Judged("unexplained", "", Severity.UNEXPLAINED, True)
    assert Judged.parse("", True) is None


@pytest.mark.parametrize(
    ("what", "about"),
    [
        ("not read", {"whole": False}),
        ("not looked for", {"scope": frozenset({SHOWN})}),
        ("not looked at at all", {"scope": frozenset()}),
        ("its object was not compared", {"unclear": frozenset({("apps/Deployment/web", "shop")})}),
    ],
)
def test_what_was_not_read_is_not_gone(what: str, about: dict[str, Any]) -> None:
    """A look that could not have found it says nothing of it."""
    known = Known()
    known.see(look([field(shown=False), trouble()], at(0)))
    assert known.see(look([], at(1), **about)) == [], what
    assert known.see(look([], at(2))) == [What.GONE, What.GONE]


def test_a_late_look_tells_nothing_and_a_clock_that_was_set_back_does_not_stop_history() -> None:
    """Two processes may look at once; a clock may have been years ahead."""
    assert is_late(at(10), at(9)) and not is_late(at(10), at(10)) and not is_late("", at(0))
    assert not is_late("2031-01-01T00:00:00Z", at(0))


def test_everything_is_gone_with_the_application() -> None:
    """What is gone already does not go again."""
    known = Known()
    known.see(look([field(), trouble()], at(0)))
    known.see(look([trouble()], at(1)))
    known.keep(vanished(list(known.findings.values()), at(2)))
    assert sorted(finding.gone for finding in known.findings.values()) == [at(1), at(2)]


@given(LOOKS)
def test_no_finding_is_lost(looks: list[tuple[list[Found], frozenset[str], bool]]) -> None:
    """Whatever was ever seen is known, once; what the last look saw is open."""
    known, seen = looked(looks)
    assert {f.found.key for f in known.findings.values()} == {found.key for one in seen for found in one.found}
    assert len({f.found.key for f in known.findings.values()}) == len(known.findings)
    if seen:
        there = {f.found.key for f in known.findings.values() if not f.gone}
        assert {found.key for found in seen[-1].found} <= there


@given(LOOKS)
def test_the_same_look_twice_is_once(looks: list[tuple[list[Found], frozenset[str], bool]]) -> None:
    """Nothing happens, and nothing that is kept changes."""
    known, seen = looked(looks)
    before = dict(known.findings)
    if seen:
        assert set(known.see(seen[-1])) <= {What.STILL}
    assert known.findings == before


@given(LOOKS, st.permutations(range(6)))
def test_late_looks_change_nothing(looks: list[tuple[list[Found], frozenset[str], bool]], order: list[int]) -> None:
    """In whatever order looks arrive, those that are late tell nothing."""
    _, seen = looked(looks)
    shuffled = [seen[place] for place in order if place < len(seen)]
    known, newest = Known(), Known()
    for one in shuffled:
        known.see(one)
        if one.at > newest.at:
            newest.see(one)
    assert known.findings == newest.findings


@given(LOOKS, st.sampled_from(("2001-01-01T00:00:00Z", at(2), "2031-01-01T00:00:00Z")))
def test_times_never_go_back(looks: list[tuple[list[Found], frozenset[str], bool]], time: str) -> None:
    """Even where the clock does: first seen ≤ since ≤ last seen ≤ gone, and none of them gets smaller."""
    known, _ = looked(looks)
    before = dict(known.findings)
    known.see(look([field(PLACES[0])], time))
    for number, finding in known.findings.items():
        assert finding.first_seen <= finding.since <= finding.last_seen
        assert not finding.gone or finding.last_seen <= finding.gone
        assert number not in before or before[number].last_seen <= finding.last_seen


@given(LOOKS)
def test_returned_counts_how_often_it_came_back(looks: list[tuple[list[Found], frozenset[str], bool]]) -> None:
    """Gone, then seen: one more time returned, and only then."""
    known, told = Known(), []
    for minute, (found, scope, whole) in enumerate(looks, start=1):
        told += known.see(look(found, at(minute), scope=scope, whole=whole))
    assert sum(f.times_returned for f in known.findings.values()) == told.count(What.RETURNED)
    assert told.count(What.GONE) - told.count(What.RETURNED) == sum(bool(f.gone) for f in known.findings.values())


@given(LOOKS)
def test_numbers_count_every_open_finding_once(looks: list[tuple[list[Found], frozenset[str], bool]]) -> None:
    """By cause, side and severity; an object once for each."""
    known, _ = looked(looks)
    there = [f for f in known.findings.values() if not f.gone]
    counted = numbers(known.findings.values())
    assert sum(fields for fields, _ in counted.values()) == len(there)
    assert all(1 <= objects <= fields for fields, objects in counted.values())
    assert oldest(known.findings.values()) == min((f.since for f in there), default="")


def test_noise_is_not_what_has_been_red_for_long() -> None:
    """The age of an application is that of what hurts."""
    known = Known()
    known.see(look([field(PLACES[0], severity=Severity.NOISE)], at(0)))
    assert oldest(known.findings.values()) == ""
    known.see(look([field(PLACES[0], severity=Severity.NOISE), field(PLACES[1])], at(1)))
    assert oldest(known.findings.values()) == at(1)
