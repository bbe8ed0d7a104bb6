"""What a store promises, whichever database it is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.looks import SCOPE, SHOP, at, field, look, trouble
from tests.postgres import Postgres

from whydrift.adapters.store.store import SqlStore
from whydrift.core.history.changes import changes
from whydrift.core.model.finding import (
    HIDDEN,
    SHOWN,
    TROUBLE,
    ApplicationName,
    Finding,
    Found,
    Seen,
    Severity,
    What,
)
from whydrift.core.model.notice import Delivery, Matcher, Notice
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.ports.watching import Wanted

BLOG = ApplicationName("", "argocd", "blog")
AWAY = ApplicationName("eu", "argocd", "shop")
ANY = Wanted(open_only=False)
PLACES = ("/spec/replicas", "/spec/image", "/metadata/labels/team")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "whydrift.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[SqlStore]:
    """A store in it."""
    opened = SqlStore(url, tmp_path)
    yield opened
    opened.close()


def notice(key: str, route: str = "team") -> Notice:
    """A message."""
    return Notice(key=key, route=route, at=at(0), lines=())


def whats(store: SqlStore, seen: Seen) -> list[What]:
    """What a look tells."""
    return [event.what for event in store.record(seen)]


def test_a_finding_is_kept_with_its_history(store: SqlStore) -> None:
    """New, still there, gone, returned; each told once."""
    assert [whats(store, look(found, at(m))) for m, found in enumerate(([field()], [field()], [], [field()]))] == [
        [What.NEW],
        [],
        [What.GONE],
        [What.RETURNED],
    ]
    (finding,) = store.findings(Wanted())
    assert (finding.first_seen, finding.since, finding.last_seen) == (at(0), at(3), at(3))
    assert (finding.times_returned, finding.gone, finding.found) == (1, "", field())
    assert [(event.what, event.at) for event in store.timeline(SHOP)] == [
        (What.RETURNED, at(3)),
        (What.GONE, at(2)),
        (What.NEW, at(0)),
    ]
    assert [event.at for event in store.timeline(SHOP, since=at(2), limit=1)] == [at(3)]


def test_what_is_recorded_comes_back_as_it_was(store: SqlStore) -> None:
    """Whatever characters names, values and labels hold."""
    odd = ApplicationName("eu:1", "argocd", "a\"b'c%_\\ü\u202e")
    found = field("/data/" + "x" * 9000, live='"\\u0000 \U0001f600 <script>"', who="ü'; DROP TABLE findings; --")
    (event,) = store.record(look([found], at(0), odd, labels={"a/b": 'c"'}, team="ü", answer=b"\x00\xff"))
    (finding,) = store.findings(Wanted(applications=(odd,)))
    assert (event.found, finding.found, event.finding) == (found, found, finding.id)
    assert (finding.labels, finding.team, event.labels) == ({"a/b": 'c"'}, "ü", {"a/b": 'c"'})
    assert store.answer(odd) == (b"\x00\xff", at(0))
    assert store.recent() == store.timeline(odd) == (event,)


def test_the_last_answer_is_kept(store: SqlStore) -> None:
    """And none of an application that nobody looked at."""
    assert store.answer(SHOP) is None
    store.record(look([], at(0)))
    store.record(look([], at(1)))
    body, time = store.answer(SHOP) or (b"", "")
    assert (msgspec.json.decode(body, type=ApplicationAnswer).name, time) == ("shop", at(1))


def test_a_late_look_changes_nothing(store: SqlStore) -> None:
    """Two processes may look at once; the newer look stands."""
    store.record(look([field()], at(5)))
    assert store.record(look([], at(4))) == ()
    assert store.applications()[0].at == at(5)
    assert store.total(Wanted()) == 1


def test_applications_as_they_were_seen_last(store: SqlStore) -> None:
    """With how much is open, and since when it hurts."""
    store.record(look([field(PLACES[0]), field(PLACES[1], severity=Severity.NOISE), trouble()], at(0), settled=False))
    store.record(look([], at(1), BLOG, project="web", fingerprint="f", not_read="403", whole=False))
    blog, shop = store.applications()
    assert (blog.application, blog.project, blog.fingerprint, blog.not_read) == (BLOG, "web", "f", "403")
    assert (shop.application, shop.settled, blog.settled) == (SHOP, False, True)
    assert (shop.open, blog.open) == ({"attention": 1, "noise": 1, "broken": 1}, {})
    assert (shop.oldest, blog.oldest) == (at(0), "")
    assert [known.application for known in store.applications(frozenset({BLOG, AWAY}))] == [BLOG]


def test_a_deleted_application_takes_its_findings_with_it(store: SqlStore) -> None:
    """Until it is there again."""
    store.record(look([field(), trouble()], at(0)))
    assert [event.what for event in store.vanished(SHOP, at(1))] == [What.GONE, What.GONE]
    assert store.vanished(SHOP, at(2)) == store.vanished(BLOG, at(2)) == ()
    assert (store.applications(), store.answer(SHOP), store.counts(), store.total(Wanted())) == ((), None, (), 0)
    assert store.record(look([field()], at(0))) == (), "a look from before it was deleted"
    assert whats(store, look([field()], at(3))) == [What.RETURNED]
    assert [known.application for known in store.applications()] == [SHOP]


FILTERS: dict[str, tuple[Wanted, set[str]]] = {
    "open": (Wanted(), {"replicas", "image", "crash", "blog", "away"}),
    "all": (ANY, {"replicas", "image", "crash", "blog", "away", "gone"}),
    "application": (Wanted(applications=(SHOP, BLOG)), {"replicas", "image", "crash", "blog"}),
    "cause": (Wanted(causes=("autoscaler-scales-replicas",)), {"replicas"}),
    "glob of causes": (Wanted(causes=("auto*", "out-of-memory")), {"replicas", "crash"}),
    "glob that fits nothing": (Wanted(causes=("[!a-z]*",)), set()),
    "side": (Wanted(sides=("controller",)), {"replicas"}),
    "severity": (Wanted(severities=(Severity.BROKEN, Severity.NOISE)), {"replicas", "crash"}),
    "project": (Wanted(projects=("we?",)), {"blog"}),
    "team": (Wanted(teams=("platform",)), {"blog"}),
    "text": (Wanted(text="DEPLOYMENT/WEB repl"), {"replicas"}),
    "text of no pattern": (Wanted(text="%_"), set()),
    "hidden": (Wanted(scope=(HIDDEN,)), {"image"}),
    "shown and troubles": (Wanted(scope=(SHOWN, TROUBLE)), {"replicas", "crash", "blog", "away"}),
    "accepted": (Wanted(accepted=True), {"replicas"}),
    "not accepted": (Wanted(accepted=False), {"image", "crash", "blog", "away"}),
    "since": (Wanted(open_only=False, since=at(2)), {"blog", "away"}),
    "visible": (Wanted(visible=frozenset({BLOG})), {"blog"}),
    "nothing is visible": (Wanted(open_only=False, visible=frozenset()), set()),
    "of those that are visible": (Wanted(applications=(SHOP,), visible=frozenset({BLOG})), set()),
    "page": (Wanted(limit=2), {"crash", "away"}),
    "next page": (Wanted(limit=2, offset=2), {"blog", "image"}),
}


@pytest.mark.parametrize("name", FILTERS)
def test_findings_that_are_wanted(store: SqlStore, name: str) -> None:
    """Each filter leaves out what it says; what hurts most comes first, then the newest."""
    noise = field(
        PLACES[0], cause="autoscaler-scales-replicas", side="controller", severity=Severity.NOISE, accepted="ada"
    )
    image = field(PLACES[1], shown=False)
    store.record(look([noise, image, trouble(), field("/gone")], at(0)))
    store.record(look([noise, image, trouble()], at(1)))
    store.record(look([field("/blog")], at(2), BLOG, project="web", team="platform"))
    store.record(look([field("/away")], at(3), AWAY))
    paths = {PLACES[0]: "replicas", PLACES[1]: "image", "/web": "crash"}
    wanted, names = FILTERS[name]
    found = store.findings(wanted)
    assert {paths.get(f.found.key.path, f.found.key.path[1:]) for f in found} == names
    assert store.total(wanted) == len(store.findings(unpaged(wanted)))
    order = [(list(Severity).index(f.found.severity), [-ord(c) for c in f.since], f.id) for f in found]
    assert order == sorted(order)


def unpaged(wanted: Wanted) -> Wanted:
    """The same without pages."""
    return replace(wanted, limit=1000, offset=0)


def test_counts_now_and_then(store: SqlStore) -> None:
    """By cause, side, severity, project and team; an object counts once in an application."""
    store.record(look([field(PLACES[0]), field(PLACES[1])], at(0)))
    store.record(look([field(PLACES[0])], at(10), BLOG, team="platform"))
    store.record(look([field(PLACES[0])], at(20)))
    store.vanished(BLOG, at(30))
    said = {
        minute: [(c.team, c.fields, c.objects, c.applications) for c in store.counts(at(minute))]
        for minute in (-1, 0, 10, 20, 30)
    }
    assert said == {
        -1: [],
        0: [("", 2, 1, 1)],
        10: [("", 2, 1, 1), ("platform", 1, 1, 1)],
        20: [("", 1, 1, 1), ("platform", 1, 1, 1)],
        30: [("", 1, 1, 1)],
    }
    assert store.counts() == store.counts(at(30))
    assert store.counts(at(20), frozenset({BLOG}))[0].team == "platform"
    (drift,) = store.drifts()
    assert (drift.application, drift.cause, drift.severity, drift.fields) == (SHOP, "person-edits-live", "attention", 1)
    assert (store.drifts("unexplained"), store.drifts(visible=frozenset())) == ((), ())


def test_days(store: SqlStore) -> None:
    """How much was open at the end of each day; what began before the first one counts on it."""
    store.record(look([field(PLACES[0]), field(PLACES[1])], "2026-11-01T10:00:00Z"))
    store.record(look([field(PLACES[0])], "2026-11-03T10:00:00Z"))
    store.record(look([], "2026-11-04T10:00:00Z"))
    days = {day: fields for day, _, fields in store.daily("2026-11-02T00:00:00Z")}
    assert days == {"2026-11-02": 2, "2026-11-03": 1}
    assert store.daily("2026-11-02", frozenset()) == ()


def test_what_comes_and_goes(store: SqlStore) -> None:
    """Most often first, with who wrote it then."""
    for minute in range(0, 12, 2):
        who = "kubectl" if minute < 6 else "autoscaler"
        store.record(look([field(who=who), field("/other")] if minute % 4 == 0 else [field(who=who)], at(minute)))
        store.record(look([], at(minute + 1)))
    often, seldom = store.flaps(at(0))
    assert (often.finding.found.key.path, often.times, often.writers) == (PLACES[0], 5, ("autoscaler", "kubectl"))
    assert (seldom.times, store.flaps(at(0), limit=1), store.flaps(at(30))) == (2, (often,), ())
    assert (store.flaps(at(0), frozenset({SHOP})), store.flaps(at(0), frozenset({BLOG}))) == ((often, seldom), ())


def test_recent_events(store: SqlStore) -> None:
    """Newest first, from a place on."""
    first = store.record(look([field()], at(0)))
    second = store.record(look([field()], at(0), BLOG))
    assert store.recent() == second + first
    assert store.recent(after=first[0].id) == second
    assert (store.recent(limit=1), store.recent(visible=frozenset({SHOP}))) == (second, first)


def test_events_are_told_when_the_application_has_settled(store: SqlStore) -> None:
    """Once, by one process; never before there was quiet, unless it never comes."""
    store.record(look([field()], at(0), settled=False))
    assert store.unannounced(at(5), 60) == (), "a rollout"
    store.record(look([field()], at(6)))
    assert store.unannounced(at(6, 30), 60) == (), "not yet quiet for long enough"
    (event,) = store.unannounced(at(7), 60)
    assert store.unannounced(at(8), 60) == (), "claimed"
    assert store.unannounced(at(12, 1), 60) == (event,), "who claimed it died"
    store.announce([event.id], [notice("one")], {})
    assert store.unannounced(at(30), 60) == ()
    store.record(look([trouble()], at(40), settled=False))
    assert store.unannounced(at(54), 60) == ()
    assert [e.what for e in store.unannounced(at(55), 60)] == [What.NEW, What.GONE], "it never settles"


def test_events_of_a_deleted_application_are_told(store: SqlStore) -> None:
    """It never settles any more."""
    store.record(look([field()], at(0), settled=False))
    store.vanished(SHOP, at(1))
    assert [event.what for event in store.unannounced(at(2), 60)] == [What.NEW, What.GONE]


def test_a_clock_that_was_set_back_holds_nothing_up(store: SqlStore) -> None:
    """Events and claims of the future are as good as old ones."""
    store.record(look([field()], "2031-01-01T00:00:00Z"))
    assert len(store.unannounced("2031-01-01T00:05:00Z", 60)) == 1
    (event,) = store.unannounced(at(0), 60)
    store.announce([event.id], [notice("one")], {})
    assert len(store.outgoing("2031-01-01T00:00:00Z")) == len(store.outgoing(at(0))) == 1


def test_a_message_is_kept_once_and_sent_when_it_is_due(store: SqlStore) -> None:
    """Whatever is announced twice."""
    (event,) = store.record(look([field()], at(0)))
    store.announce([event.id], [notice("one"), notice("two", "other")], {"team": at(10)})
    store.announce([], [notice("one")], {})
    assert [out.notice.key for out in store.outgoing(at(5))] == ["two"]
    assert [out.notice.key for out in store.outgoing(at(10), route="team")] == ["one"]
    assert store.outgoing(at(11), route="team") == (), "claimed"
    assert len(store.outgoing(at(15), limit=1)) == 1, "who claimed it died"
    assert [(out.notice.key, out.state) for out in store.messages()] == [
        ("two", Delivery.WAITING),
        ("one", Delivery.WAITING),
    ]
    assert len(store.messages(1)) == 1


def test_what_became_of_a_message(store: SqlStore) -> None:
    """It waits for another attempt, or not; one that was sent stays sent."""
    store.announce([], [notice("one")], {})
    (out,) = store.outgoing(at(0))
    store.delivered(out.id, Delivery.WAITING, at(0), "429", at(3))
    assert store.outgoing(at(2)) == ()
    (again,) = store.outgoing(at(3))
    assert (again.attempts, again.error, again.due) == (1, "429", at(3))
    store.delivered(out.id, Delivery.SENT, at(4))
    store.delivered(out.id, Delivery.WAITING, at(5), "late", at(6))
    (kept,) = store.messages()
    assert (kept.state, kept.attempts, kept.sent, kept.error, store.outgoing(at(60))) == (
        Delivery.SENT,
        2,
        at(4),
        "",
        (),
    )


def test_events_are_announced_by_one_process_only(store: SqlStore) -> None:
    """Who comes second, with some of the same events, is not heard at all; the rest is told later."""
    first, second = store.record(look([field(PLACES[0]), field(PLACES[1])], at(0)))
    store.announce([first.id], [notice("one")], {})
    store.announce([first.id, second.id], [notice("both")], {})
    assert [out.notice.key for out in store.messages()] == ["one"]
    assert store.unannounced(at(5), 60) == (second,)


def test_events_are_held_back_by_route(store: SqlStore, url: str, tmp_path: Path) -> None:
    """Until they are released; one process has them all at a time."""
    first, second = store.record(look([field(PLACES[0]), field(PLACES[1])], at(0)))
    assert store.held(at(0)) == {}
    store.announce([first.id, second.id], [], {}, {"night": [first.id, second.id, 999], "digest": [second.id]})
    other = SqlStore(url, tmp_path)
    assert store.held(at(1)) == store.held(at(1)) == {"night": (first, second), "digest": (second,)}
    assert other.held(at(2)) == {}
    assert other.held(at(7)) == {"night": (first, second), "digest": (second,)}
    other.announce([], [notice("morning", "night")], {}, release={"night": [first.id, second.id, 999]})
    assert store.held(at(7)) == {"digest": (second,)}
    other.close()


def test_silences_end(store: SqlStore) -> None:
    """And are kept."""
    matcher = Matcher(causes=("auto*",), labels=("team=shop",), severity=Severity.LOSES)
    number = store.silence(matcher, "known", "ada", at(0), at(60))
    (silence,) = store.silences(at(5))
    assert (silence.id, silence.matcher, silence.reason, silence.by) == (number, matcher, "known", "ada")
    assert (store.silences(at(60)), store.silences(at(-1))) == ((), ())
    assert (store.unsilence(number, at(10)), store.unsilence(number, at(11)), store.unsilence(99, at(0))) == (
        True,
        False,
        False,
    )
    assert (store.silences(at(10)), store.silences()[0].until) == ((), at(10))


def test_notes(store: SqlStore) -> None:
    """The last one counts."""
    assert store.recall("stream") == ""
    store.note("stream", "1")
    store.note("stream", "2")
    assert store.recall("stream") == "2"


def test_what_is_gone_is_forgotten_in_time(store: SqlStore) -> None:
    """With its events and messages; what is open, untold, held or waiting stays."""
    old = store.record(look([field(PLACES[0]), field(PLACES[1]), field(PLACES[2])], at(0)))
    gone = store.record(look([field(PLACES[0])], at(1)))
    store.announce([e.id for e in (*old, *gone[:1])], [notice("sent"), notice("waiting")], {})
    store.delivered(store.outgoing(at(2))[0].id, Delivery.SENT, at(2))
    assert store.prune(at(30)) == 1
    assert [f.found.key.path for f in store.findings(ANY)] == [PLACES[0], gone[1].found.key.path]
    assert [e.id for e in store.timeline(SHOP)] == [gone[1].id]
    assert [out.notice.key for out in store.messages()] == ["waiting"]
    assert store.counts() == store.counts(at(30)) and store.counts()[0].fields == 1
    store.vanished(SHOP, at(2))
    store.announce([e.id for e in store.unannounced(at(9), 60)], [], {})
    store.prune(at(30))
    assert (store.findings(ANY), store.recent(), store.counts(at(1))) == ((), (), ())


FOUND = st.builds(
    lambda path, item, shown, cause: field(path, item, shown=shown, cause=cause),
    st.sampled_from(PLACES),
    st.sampled_from(("apps/Deployment/web", "/Service/web")),
    st.booleans(),
    st.sampled_from(("person-edits-live", "autoscaler-scales-replicas")),
)
LOOK = st.tuples(
    st.sampled_from((SHOP, BLOG)),
    st.lists(FOUND, unique_by=lambda found: found.key, max_size=4),
    st.sampled_from((SCOPE, frozenset({SHOWN}), frozenset[str]())),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LOOK, min_size=1, max_size=6))
def test_a_store_keeps_what_the_core_says(
    url: str, tmp_path: Path, looks: list[tuple[ApplicationName, list[Found], frozenset[str]]]
) -> None:
    """For all sequences of looks, findings and numbers are those that `core.history` makes of them."""
    store = SqlStore(url, tmp_path)
    try:
        start = len(store.applications())
        run = f"run-{start}-{len(store.recent(limit=100000))}"
        known: dict[tuple[ApplicationName, object], Finding] = {}
        for minute, (named, found, scope) in enumerate(looks):
            application = named._replace(instance=run)
            seen = look(found, at(minute), application, scope=scope)
            before = [f for (owner, _), f in known.items() if owner == application]
            happened = changes(before, seen)
            told = store.record(seen)
            assert [e.what for e in told] == [c.what for c in happened if c.what is not What.STILL]
            known.update({(application, c.finding.found.key): c.finding for c in happened})
        mine = tuple(named._replace(instance=run) for named in (SHOP, BLOG))
        kept = store.findings(Wanted(applications=mine, open_only=False, limit=1000))
        assert {(f.application, f.found.key): msgspec.structs.replace(f, id=0) for f in kept} == known
        counted = store.counts(visible=frozenset(mine))
        assert sum(count.fields for count in counted) == sum(not f.gone for f in known.values())
    finally:
        store.close()
