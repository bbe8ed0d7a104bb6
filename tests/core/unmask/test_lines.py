"""The line that says why, out of logs of many runtimes; what calls itself calm never counts."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.from_yaml import from_yaml
from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.containers import STOPPED_EXITS
from whydrift.core.unmask.endings import says_failure, says_why
from whydrift.core.unmask.levels import Level, level_of
from whydrift.core.unmask.lines import last_words, line_that_says_why


class Situation(TypedDict):
    """One log with what it says."""

    name: str
    log: str
    says: str
    category: str | list[str] | None


class Crash(TypedDict, total=False):
    """One log of a run that ended, with what it says."""

    name: str
    exit: int
    log: str
    says: str | list[str]
    category: str | list[str | None] | None


SITUATIONS: list[Situation] = from_yaml(Path(__file__).with_name("logs.yaml").read_text())
CRASHES: list[Crash] = from_yaml(Path(__file__).with_name("crashes.yaml").read_text())


def squashed(text: str) -> str:
    """A text with single spaces, as the score compares it."""
    return " ".join(text.split())


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s["name"])
def test_a_log_says_why(situation: Situation) -> None:
    """The deciding line is found, and nothing where nothing is wrong; its category follows from it."""
    found = line_that_says_why(situation["log"])
    if situation["says"]:
        assert squashed(situation["says"]) in squashed(found)
    else:
        assert found == ""
    wanted = situation["category"]
    assert category_of(found) in (wanted if isinstance(wanted, list) else [wanted])


@pytest.mark.parametrize("crash", CRASHES, ids=lambda c: c["name"])
def test_a_run_that_ended_says_why(crash: Crash) -> None:
    """Of logs as containers leave them behind: the deciding line, its category, and nothing where nothing says why."""
    code = crash.get("exit", 1)
    found = line_that_says_why(crash["log"], stopped=code in STOPPED_EXITS)
    if not found and code not in STOPPED_EXITS and says_why(last_words(crash["log"])):
        found = last_words(crash["log"])
    says = crash["says"] if isinstance(crash["says"], list) else [crash["says"]]
    assert any(squashed(line) in squashed(found) for line in says)
    assert bool(found) == bool(says[0])
    wanted = crash["category"]
    assert not found or category_of(found) in (wanted if isinstance(wanted, list) else [wanted])


def test_a_signal_to_stop_is_no_fault_of_its_own() -> None:
    """What comes after the signal is its doing; a warning before it is no reason, what was fatal before it is one."""
    told = "2026-11-22T07:29:00Z INFO received SIGTERM, draining"
    after = "2026-11-22T07:29:01Z FATAL listener: connection refused"
    assert line_that_says_why(f"2026-11-22T07:28:00Z WARN queue is slow\n{told}\n{after}") == ""
    fatal = "2026-11-22T07:28:00Z FATAL license expired"
    assert line_that_says_why(f"{fatal}\n{told}\n{after}") == fatal
    known = "2026-11-22T07:28:59Z ERROR dial tcp 10.0.0.9:5432: connect: connection refused"
    assert line_that_says_why(f"{known}\n{told}") == known
    calm = "\n".join(f"2026-11-22T07:28:{n:02}Z INFO served" for n in range(20))
    assert line_that_says_why(f"{known}\n{calm}\n{told}") == ""


def test_a_warning_does_not_say_why_a_run_was_stopped() -> None:
    """Of a run that the kubelet stopped, or that ended with 0, only an error says why."""
    log = "2026-11-22T07:29:00Z WARN queue is slow"
    assert line_that_says_why(log) == log
    assert line_that_says_why(log, stopped=True) == ""
    assert line_that_says_why(f"{log}\n2026-11-22T07:29:01Z ERROR disk is gone", stopped=True).endswith("disk is gone")


def test_one_that_still_runs_says_it_last() -> None:
    """A container that is only not ready repeats its reason; the last time counts. One that ended says it first."""
    log = "\n".join(f"2026-11-22T07:0{minute}:00Z WARN broker: connection refused" for minute in range(3))
    assert line_that_says_why(log, still_running=True).startswith("2026-11-22T07:02")
    assert line_that_says_why(log).startswith("2026-11-22T07:00")


def test_old_errors_of_a_long_run_are_not_why_it_ended() -> None:
    """What went wrong long before the end is not taken for its reason when the end says its own."""
    calm = "\n".join(f"2026-11-22T07:{n // 60:02}:{n % 60:02}Z INFO served" for n in range(100))
    log = f"2026-11-22T06:00:00Z ERROR upstream timed out\n{calm}\n2026-11-22T09:00:00Z FATAL disk quota exceeded"
    assert line_that_says_why(log).endswith("disk quota exceeded")


def test_last_words_are_no_calm_words() -> None:
    """A run that died silently: its last line counts only where it is no ordinary record."""
    assert last_words("starting\nAborted (core dumped)") == "Aborted (core dumped)"
    assert last_words("2026-11-22T07:00:00Z served a request") == ""
    assert last_words("level=info msg=bye") == ""
    calm = "I1122 07:26:41.961697       1 plugin.go:51] Failed to initialize driver: no pool"
    assert last_words(f"I1122 07:26:41.1 1 a.go:1] starting\n{calm}") == calm
    assert last_words("2026-11-22T07:00:00Z INFO failed=0 ok=12") == ""


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Running ./manager", False),
        ("started worker 3", False),
        ("Killed", True),
        ("no main manifest attribute, in app.jar", True),
        ("Illegal instruction (core dumped)", True),
    ],
)
def test_a_last_line_may_say_nothing(line: str, says: bool) -> None:
    """Not every last line is a reason."""
    assert says_why(line) is says


@pytest.mark.parametrize(
    ("line", "fails"),
    [
        ("failed to run driver: no /sys", True),
        ("2026/11/22 07:29:08 cannot rotate journal", True),
        ("psql: could not connect", True),
        ("cp: /data/x: No such file or directory", True),
        ("Failed to read cache, using defaults", False),
        ("cannot reach db, retrying in 2s", False),
        ("error_log: /dev/stderr", False),
        ("started", False),
    ],
)
def test_what_has_no_level_may_say_that_it_failed(line: str, fails: bool) -> None:
    """A sentence that begins with what failed, or an answer of the system at its end; what was got over is neither."""
    assert says_failure(line) is fails


LEVELS = [
    ("INFO:root:hello", Level.CALM),
    ("WARNING:root:x", Level.WARNING),
    ("[error] x", Level.ERROR),
    ("[07:29 FTL] x", Level.FATAL),
    ('{"level":60,"msg":"x"}', Level.FATAL),
    ('{"level":30,"msg":"error"}', Level.CALM),
    ('{"severity":"ERROR"}', Level.ERROR),
    ("time=1 level=warn msg=error", Level.WARNING),
    ("E1122 07:29:08.1 1 a.go:1] x", Level.ERROR),
    ("I1122 07:29:08.1 1 a.go:1] error", Level.CALM),
    ("[W] x", Level.WARNING),
    ("npm ERR! code 1", Level.ERROR),
    ("an error of no logger", Level.PLAIN),
    ("", Level.PLAIN),
    ('{"broken', Level.PLAIN),
    ("2026-01-01T00:00:00Z\tERROR\tsetup\tx", Level.ERROR),
    ("<3>x", Level.PLAIN),
    ("2026-11-22T07:29:08Z E! [agent] x", Level.ERROR),
    ("2026/11/22 07:29:08 cmd/web.go:223:runWeb() [F] x", Level.FATAL),
    ("2026-11-22 02:57:02.790491 I | proto: x", Level.CALM),
    ("2026-11-22T07:29:08.1Z\tfatal\tlib/scraper.go:1\tx", Level.FATAL),
    ("FATA[0001] x", Level.FATAL),
    ("F261122 07:29:09.101234 61 1@a.go:1 x", Level.FATAL),
    ("\u274c x", Level.ERROR),
    ("\u26a0 x", Level.WARNING),
    ("failed parsing config: x", Level.PLAIN),
    ("cannot open log: x", Level.PLAIN),
    ("2026-11-22 07:29:08 UTC [1] LOG:  x", Level.CALM),
    ('{"level":0,"msg":"x","caller":{}}', Level.CALM),
    ('{"level":3,"msg":"x"}', Level.ERROR),
    ('{"msg":"x","error":"y","caller":{}}', Level.ERROR),
]


@pytest.mark.parametrize(("line", "level"), LEVELS, ids=[line[:20] or "empty" for line, _ in LEVELS])
def test_levels(line: str, level: Level) -> None:
    """A line's own level is read as its logger wrote it."""
    assert level_of(line) is level


@given(st.text(max_size=400))
def test_any_text_may_be_a_log(text: str) -> None:
    """What is found stands in the log, whatever it holds."""
    found = line_that_says_why(text)
    assert squashed(found.split("\n", maxsplit=1)[0][:200]) in squashed(text)


@given(st.lists(st.sampled_from(["INFO a", "level=info msg=b", "[debug] c", '{"level":"info"}']), max_size=30))
def test_calm_logs_say_nothing(lines: list[str]) -> None:
    """No line that calls itself calm is ever a reason."""
    assert line_that_says_why("\n".join(lines)) == ""


def test_what_a_running_container_said_long_ago_is_over() -> None:
    """A container that is not ready now is not explained by an error before many calm lines."""
    log = "ERROR connection refused\n" + "INFO GET /ready 503\n" * 60
    assert line_that_says_why(log, still_running=True) == ""
