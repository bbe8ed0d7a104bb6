"""What an answer says of findings: keys, severities, and what a look may call gone."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.looks import SCOPE, at

from whydrift.core.history.seen import seen
from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side, Strength
from whydrift.core.model.finding import HIDDEN, LONGEST, SHOWN, TROUBLE, Severity
from whydrift.core.model.triage import (
    AcceptedAnswer,
    ApplicationAnswer,
    ArgocdAnswer,
    DifferenceAnswer,
    EffectAnswer,
    ExplanationAnswer,
    GapAnswer,
    NotReplayedAnswer,
    ObjectAnswer,
    RuledOutAnswer,
    SyncAnswer,
    UndecidedAnswer,
    UnmaskedAnswer,
)
from whydrift.core.model.trouble import Category, SaidBy

WEB = "apps/Deployment/web"


def difference(path: str = "/spec/replicas", side: Side | None = Side.CLUSTER, **about: object) -> DifferenceAnswer:
    """A field that somebody edited; on no side: nobody knows why."""
    known = (ExplanationAnswer(cause="person-edits-live", strength=Strength.ATTRIBUTED, why="edited"),)
    plain = DifferenceAnswer(
        path=path,
        field="spec.replicas",
        kind="modified",
        shown=True,
        explanations=known if side else (),
        target=3,
        live=5,
        side=side or msgspec.UNSET,
        by="kubectl",
    )
    return changed(plain, about)


def changed(plain: DifferenceAnswer, about: dict[str, object]) -> DifferenceAnswer:
    """A difference that is otherwise in some things."""
    return msgspec.structs.replace(plain, **about)


def answer(*differences: DifferenceAnswer, **about: object) -> ApplicationAnswer:
    """An application with one Deployment that differs."""
    item = ObjectAnswer(id=WEB, namespace="shop", argocd="OutOfSync", state="modified", differences=differences)
    plain = ApplicationAnswer(
        name="shop",
        namespace="argocd",
        project="default",
        argocd=ArgocdAnswer(sync="OutOfSync", health="Healthy", operation="Succeeded"),
        agrees=True,
        objects=(item,),
        unmasked=(),
    )
    return msgspec.structs.replace(plain, **about)


def effect(does: Does, *paths: str, safe: bool = False) -> EffectAnswer:
    """What a sync does to the Deployment."""
    return EffectAnswer(object=WEB, namespace="shop", does=does, paths=paths, says="does it", safe=safe)


def sync(*effects: EffectAnswer) -> SyncAnswer:
    """A forecast."""
    return SyncAnswer(safe=all(e.safe for e in effects), converges=True, effects=effects, because="")


def broken(container: str = "web") -> UnmaskedAnswer:
    """A container that crashes."""
    return UnmaskedAnswer(
        object=WEB,
        namespace="shop",
        state="CrashLoopBackOff",
        category=Category.OUT_OF_MEMORY,
        container=container,
        restarts=7,
        since=at(0),
        line="killed",
        said_by=SaidBy.STATUS,
        pods=("web-1",),
        of=1,
    )


ACCEPTED = AcceptedAnswer(reason="later", owner="ada", until="2027-01-01")
SEVERITIES = {
    "somebody must look": (difference(), None, Severity.ATTENTION),
    "equivalent": (difference(side=Side.EQUIVALENT), None, Severity.NOISE),
    "a controller's": (difference(side=Side.CONTROLLER), None, Severity.NOISE),
    "accepted": (difference(accepted=ACCEPTED), effect(Does.SCALE, "/spec/replicas"), Severity.NOISE),
    "nobody knows": (difference(side=None), None, Severity.UNEXPLAINED),
    "a sync takes it back": (difference(), effect(Does.SCALE, "/spec/replicas"), Severity.LOSES),
    "a sync takes what is above it": (difference("/spec/a/b"), effect(Does.REMOVE_KEY, "/spec/a"), Severity.LOSES),
    "a sync deletes the object": (difference(side=Side.EQUIVALENT), effect(Does.DELETE), Severity.LOSES),
    "a sync is refused": (difference(side=Side.EQUIVALENT), effect(Does.FAIL, "/other"), Severity.LOSES),
    "a sync does something else": (difference(), effect(Does.SCALE, "/spec/other"), Severity.ATTENTION),
    "a sync leaves it": (difference(), effect(Does.NOTHING, "/spec/replicas", safe=True), Severity.ATTENTION),
    "who knows what a sync does": (difference(), effect(Does.UNKNOWN, "/spec/replicas"), Severity.UNEXPLAINED),
}


@pytest.mark.parametrize("name", SEVERITIES)
def test_how_much_it_hurts(name: str) -> None:
    """The worst that is known of it."""
    told, does, severity = SEVERITIES[name]
    (found,) = seen(answer(told, sync=sync(does) if does else msgspec.UNSET), at(0), SCOPE).found
    assert found.severity is severity


def test_what_is_broken_is_a_finding_of_its_own() -> None:
    """By container, with its first line."""
    looked = seen(answer(difference(), unmasked=(broken(), broken("sidecar"))), at(0), SCOPE)
    troubles = [found for found in looked.found if found.severity is Severity.BROKEN]
    assert [(f.key.path, f.cause, f.field, f.why) for f in troubles] == [
        ("/web", "out-of-memory", "CrashLoopBackOff", "killed"),
        ("/sidecar", "out-of-memory", "CrashLoopBackOff", "killed"),
    ]


UNREAD = UndecidedAnswer(cause="", needs="managed-resources of the application")
LOOKED = {
    "everything": (answer(), SCOPE, True),
    "the application was not read": (answer(not_read="403"), SCOPE, False),
    "Argo CD could not compare it": (answer(agrees="not-compared"), frozenset({TROUBLE}), True),
    "pods were not read": (answer(unseen=(GapAnswer(what="pods", why="403"),)), frozenset({SHOWN, HIDDEN}), True),
    "nobody looked for troubles": (answer(unmasked=msgspec.UNSET), frozenset({SHOWN, HIDDEN}), True),
}


@pytest.mark.parametrize("name", LOOKED)
def test_what_a_look_may_call_gone(name: str) -> None:
    """Only what it looked for, and could have seen."""
    told, scope, whole = LOOKED[name]
    looked = seen(told, at(0), SCOPE)
    assert (looked.scope, looked.whole) == (scope, whole)
    assert seen(told, at(0), frozenset({SHOWN})).scope <= {SHOWN}


def test_objects_that_were_not_read_are_unclear_and_those_that_were_not_replayed_are_not() -> None:
    """Their other findings are not gone."""
    unread = difference(path="", side=None, undecided=(UNREAD,))
    assert seen(answer(unread), at(0), SCOPE).unclear == {(WEB, "shop")}
    not_replayed = (NotReplayedAnswer(object="/Service/web", namespace="shop", why="a webhook"),)
    assert seen(answer(difference(), not_replayed=not_replayed), at(0), SCOPE).unclear == frozenset()


@pytest.mark.parametrize(("does", "hurts"), [(Does.SCALE, True), (Does.UNKNOWN, False), (None, False)])
def test_what_an_ignore_rule_covers_is_known_with_what_a_sync_does_there(does: Does | None, hurts: bool) -> None:
    place = RuledOutAnswer(object=WEB, namespace="shop", path="/spec/replicas")
    (found,) = seen(
        answer(ruled_out=(place,), sync=sync(effect(does, place.path)) if does else sync()), at(0), SCOPE
    ).ruled_out
    assert found[:3] == (WEB, "shop", "/spec/replicas") and found.hurts is hurts
    assert found.sync == ("leaves it as it is" if does is None else effect(does).says)


BUSY = {
    "a sync runs": ArgocdAnswer(sync="OutOfSync", health="Healthy", operation="Running"),
    "a sync is ended": ArgocdAnswer(sync="OutOfSync", health="Healthy", operation="Terminating"),
    "a rollout": ArgocdAnswer(sync="Synced", health="Progressing", operation="Succeeded"),
}


@pytest.mark.parametrize("name", BUSY)
def test_during_a_sync_or_a_rollout_it_has_not_settled(name: str) -> None:
    """Nothing is told of it yet."""
    assert not seen(answer(argocd=BUSY[name]), at(0), SCOPE).settled
    assert not seen(answer(agrees="stale"), at(0), SCOPE).settled
    assert seen(answer(), at(0), SCOPE).settled


@pytest.mark.parametrize(
    ("effects", "safe"),
    [
        ((), "safe"),
        ((effect(Does.UPDATE, safe=True),), "safe"),
        ((effect(Does.UNKNOWN),), "unknown"),
        ((effect(Does.UNKNOWN), effect(Does.SCALE)), "unsafe"),
    ],
)
def test_whether_a_sync_is_safe(effects: tuple[EffectAnswer, ...], safe: str) -> None:
    """What is not known is not unsafe, and not safe either."""
    assert seen(answer(sync=sync(*effects)), at(0), SCOPE).safe == safe


def test_one_finding_a_place_and_the_worst_counts() -> None:
    """Two differences with one path are one finding."""
    looked = seen(answer(difference(side=Side.EQUIVALENT), difference()), at(0), SCOPE)
    assert [found.severity for found in looked.found] == [Severity.ATTENTION]


@given(st.text(max_size=20), st.text(max_size=20))
def test_long_texts_are_cut_and_keys_stay_apart(one: str, other: str) -> None:
    """However long a path is, it is kept short, and two of them are two."""
    paths = tuple("/data/" + "x" * LONGEST + end for end in (one, other))
    looked = seen(answer(*(difference(path, live="y" * 3 * LONGEST) for path in paths)), at(0), SCOPE)
    assert len(looked.found) == len(set(paths))
    assert all(len(found.key.path) <= LONGEST and len(found.live) <= LONGEST for found in looked.found)


def test_the_answer_is_kept_as_it_is() -> None:
    """Pages are made of it."""
    told = answer(difference(), unmasked=(broken(),))
    assert msgspec.json.decode(seen(told, at(0), SCOPE).answer, type=ApplicationAnswer) == told
