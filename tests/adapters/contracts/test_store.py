"""What a store promises, whichever database it is in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.looks import SCOPE, SHOP, at, field, look, trouble

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
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.ports.watching import Wanted

BLOG = ApplicationName("", "argocd", "blog")
AWAY = ApplicationName("eu", "argocd", "shop")
ANY = Wanted(open_only=False)
PLACES = ("/spec/replicas", "/spec/image", "/metadata/labels/team")


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
    store.record(look([field(PLACES[0]), field(PLACES[1])], "2024-11-01T10:00:00Z"))
    store.record(look([field(PLACES[0])], "2024-11-03T10:00:00Z"))
    store.record(look([], "2024-11-04T10:00:00Z"))
    days = {day: fields for day, _, fields in store.daily("2024-11-02T00:00:00Z")}
    assert days == {"2024-11-02": 2, "2024-11-03": 1}
    assert store.daily("2024-11-02", frozenset()) == ()


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
    """Newest first, or from a place on."""
    first = store.record(look([field()], at(0)))
    second = store.record(look([field()], at(0), BLOG))
    assert store.recent() == second + first
    assert (store.after(0), store.after(first[0].id), store.after(second[0].id)) == (first + second, second, ())
    assert (store.after(0, limit=1), store.after(0, visible=frozenset({BLOG}))) == (first, second)
    assert (store.recent(limit=1), store.recent(visible=frozenset({SHOP}))) == (second, first)


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
        open_then: dict[str, int] = {}
        for number, (named, found, scope) in enumerate(looks, start=1):
            application = named._replace(instance=run)
            seen = look(found, f"2024-03-{number:02d}T12:00:00Z", application, scope=scope)
            before = [f for (owner, _), f in known.items() if owner == application]
            happened = changes(before, seen)
            told = store.record(seen)
            assert [e.what for e in told] == [c.what for c in happened if c.what is not What.STILL]
            known.update({(application, c.finding.found.key): c.finding for c in happened})
            open_then[seen.at] = sum(not f.gone for f in known.values())
        mine = tuple(named._replace(instance=run) for named in (SHOP, BLOG))
        kept = store.findings(Wanted(applications=mine, open_only=False, limit=1000))
        assert {(f.application, f.found.key): msgspec.structs.replace(f, id=0) for f in kept} == known
        visible = frozenset(mine)
        counted = {time: sum(count.fields for count in store.counts(time, visible)) for time in open_then}
        assert counted == open_then and sum(c.fields for c in store.counts("", visible)) == list(open_then.values())[-1]
        days = store.daily("2024-03-02", visible)
        by_day = {time: sum(fields for day, _, fields in days if day == time[:10]) for time in open_then}
        assert list(by_day.values())[1:] == list(open_then.values())[1:]
    finally:
        store.close()
