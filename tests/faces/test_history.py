"""`history` and `tally --since` as people use them: on what was kept, in every format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.faces.command import Said, forked, run
from tests.looks import field, look, trouble
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName, Severity
from whydrift.core.model.history import HistoryAnswer, ProgressAnswer

BLOG = ApplicationName("", "argocd", "blog")
GONE = ApplicationName("", "argocd", "gone")
HOSTILE = ApplicationName("", "argocd", "\x1b[31m|`<b>\u202e")
NOW = datetime.now(UTC).replace(microsecond=0)


def ago(hours: int) -> str:
    """A time before now."""
    return (NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store with ten days of history."""
    place = tmp_path_factory.mktemp("kept") / "whydrift.db"
    with closing(SqlStore(str(place), place.parent)) as store:
        for back in range(6, 0, -1):
            writer = "kubectl" if back % 4 == 0 else "autoscaler"
            found = [field(who=writer)] if back % 2 == 0 else []
            store.record(look([*found, field("/spec/paused")], ago(24 * back), team="shop"))
        many = [field(f"/spec/{place}", cause="schema-defaults-field", severity=Severity.NOISE) for place in range(16)]
        store.record(look([*many, trouble()], ago(48), BLOG, project="web"))
        store.record(look([], ago(2), BLOG, project="web"))
        store.record(look([field()], ago(5), GONE))
        store.vanished(GONE, ago(4))
        store.record(look([field()], ago(3), HOSTILE))
    yield str(place)


def told(url: str, *words: str, command: str = "history") -> Said:
    """What a command says of the store."""
    return forked(command, *words, "--store", url)


def test_an_application_s_timeline(url: str) -> None:
    """When, what, field, cause, who; the newest day first, its age beside it."""
    said = run("history", "shop", "--store", url)
    assert said.code == 0 and not said.err
    lines = said.out.splitlines()
    assert lines[0].startswith("argocd/shop  OutOfSync, Healthy   seen 1 day ago (")
    assert lines[1].startswith("1 finding open: 1 to attend to, the oldest 6 days ago (")
    days = [line for line in lines if line.startswith("20")]
    assert days == sorted(days, reverse=True)
    assert days[0].endswith(("  1 day ago", "  2 days ago")), "midnight may have passed since it was kept"
    (gone, returned) = [line for line in lines if "Deployment/web spec.replicas" in line][:2]
    assert "gone" in gone and "person-edits-live, cluster, by autoscaler" in gone
    assert "returned" in returned and returned.endswith("by autoscaler, back 2×")


def test_a_fleet_s_history_groups_what_one_look_told(url: str) -> None:
    """16 fields of one cause are one line."""
    out = told(url).out
    assert out.startswith("3 applications, 3 OutOfSync, 2 findings open: 2 to attend to\n")
    assert "argocd/blog  16 fields   schema-defaults-field" not in out
    assert "argocd/blog  Deployment/web 16 fields   schema-defaults-field, cluster, by kubectl" in out
    assert "gone      argocd/gone  Deployment/web spec.replicas" in out


def test_what_comes_and_goes_and_who_fights(url: str) -> None:
    """Most often first, with both writers."""
    out = told(url, "flaps").out
    assert "1 finding came back, most often first" in out
    assert "   2× argocd/shop  Deployment/web spec.replicas" in out
    assert "autoscaler against kubectl" in out


def test_a_deleted_application_s_history_is_told(url: str) -> None:
    """And a name that nobody ever had is a mistake."""
    assert "gone      argocd/gone" in told(url, "gone").out
    said = told(url, "never")
    assert (said.code, said.err.startswith("error: no application matches never")) == (2, True)


def test_since_and_limit(url: str) -> None:
    """Only what is asked for; a time that cannot be read is a mistake."""
    assert "schema-defaults-field" not in told(url, "blog", "--since", "1h").out
    assert "Nothing happened since" in told(url, "blog", "--since", "1h").out
    out = told(url, "--limit", "2").out
    assert "The last 2 events: 1 new, 1 gone" in out and "… more happened before that" in out
    for command in ("history", "tally"):
        said = told(url, "--since", "soon", command=command)
        assert said.code == 2 and "--since: 'soon' is no time span, date or time: write 90s, 10m" in said.err


@pytest.mark.parametrize("words", [(), ("shop",), ("flaps",)])
def test_every_format_tells_it(url: str, words: tuple[str, ...]) -> None:
    """JSON by its schema, TSV a row an event, Markdown a table; nothing hostile in any."""
    answer = msgspec.json.decode(told(url, *words, "-o", "json").out, type=HistoryAnswer)
    rows = told(url, *words, "-o", "tsv").out.splitlines()
    table = told(url, *words, "-o", "md").out.splitlines()
    number = len(answer.flaps) if words == ("flaps",) else len(answer.events)
    assert len(rows) - 1 == len(table) - 2 == number > 0
    assert {row.count("\t") for row in rows} == {rows[0].count("\t")}
    assert all("\x1b" not in text and "\u202e" not in text for text in (*rows, *table, told(url, *words).out))
    assert "<b>" not in "".join(table).replace("\\<b\\>", "")


def test_before_and_after(url: str) -> None:
    """By severity, cause, team and project."""
    answer = msgspec.json.decode(told(url, "--since", "2d", "-o", "json", command="tally").out, type=ProgressAnswer)
    assert (answer.fields.before, answer.fields.after) == (19, 2)
    causes = {row.name: (row.before, row.after) for row in answer.causes}
    assert causes == {"schema-defaults-field": (16, 0), "person-edits-live": (2, 2), "out-of-memory": (1, 0)}
    assert {row.name: row.after for row in answer.teams} == {"shop": 1, "": 1}
    text = told(url, "--since", "30d", command="tally").out
    assert text.startswith("kept since 20") and "by project" in text and "schema-defaults-field" not in text


def test_tally_takes_looks_or_a_time(url: str) -> None:
    """Not both, and not neither."""
    assert (run("tally").code, told(url, "demo", "--since", "2d", command="tally").code) == (2, 2)


def test_an_empty_store_says_what_fills_it(tmp_path: Path) -> None:
    """It is no failure."""
    for command, *words in (("history",), ("history", "flaps"), ("tally", "--since", "30d")):
        said = told(str(tmp_path / "new.db"), *words, command=command)
        assert (said.code, said.err) == (0, ""), said
        assert "kept" in said.out or "Nothing came back" in said.out
    assert json.loads(told(str(tmp_path / "new.db"), "-o", "json").out)["events"] == []
