"""The first screen of a scan, and the line of explain: what hurts, what is not known, what fails, what was not read."""

from __future__ import annotations

import msgspec
import pytest

from tests.core.report.answers import an_object, application, difference, read
from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import ApplicationAnswer, EffectAnswer, GapAnswer, ReadAnswer, SyncAnswer
from whydrift.core.report.explain_text import application_text
from whydrift.core.report.guard_text import guard_text
from whydrift.core.report.tally import Tally
from whydrift.core.report.triage_text import triage_text
from whydrift.core.report.words import Ink

SCALES = EffectAnswer(
    object="apps/Deployment/web", namespace="shop", does=Does.SCALE, says="scales from 5 to 3", safe=False, paths=()
)
UNREAD = msgspec.structs.replace(SCALES, does=Does.UNKNOWN, says="what it would change is not known: nothing was read")
FAILS = msgspec.structs.replace(SCALES, does=Does.FAIL, says="fails: the budget is refused", safe=True)


def synced(*effects: EffectAnswer, name: str = "shop", instance: str = "", namespace: str = "") -> ApplicationAnswer:
    """An application whose sync has these effects."""
    because = f"Deployment/web: {effects[0].says}"
    sync = SyncAnswer(safe=all(e.safe for e in effects), converges=False, effects=effects, because=because)
    made = application(an_object(difference()), name=name)
    return msgspec.structs.replace(made, sync=sync, instance=instance, namespace=namespace or made.namespace)


def screen(*applications: ApplicationAnswer, about: ReadAnswer | None = None) -> str:
    """The first screen of a fleet."""
    tally = Tally()
    for each in applications:
        tally.add(each)
    return triage_text(tally, about or read(), {}, Ink(), 110)


def section(text: str, heading: str) -> list[str]:
    """The lines below a heading, up to the next empty one."""
    lines = text.splitlines()
    start = next((place for place, line in enumerate(lines) if line.startswith(heading)), len(lines))
    below = [line.strip() for line in lines[start + 1 :]]
    return below[: [*below, ""].index("")]


def test_what_is_not_known_does_not_hurt() -> None:
    """Unknown effects alone have a section of their own; one that is known beside them hurts."""
    text = screen(
        synced(UNREAD, name="dark"), synced(SCALES, UNREAD, name="web"), *(synced(UNREAD, name=f"d{n}") for n in "abcd")
    )
    assert "A SYNC WOULD HURT (1 application)" in text
    assert [line.split()[0] for line in section(text, "A SYNC WOULD HURT")] == ["web"]
    assert "NOT KNOWN WHAT A SYNC WOULD DO (5 applications)" in text
    *shown, more = section(text, "NOT KNOWN WHAT")
    assert [line.split()[0] for line in shown] == ["dark", "da", "db", "dc"] and more.startswith("… 1 more")
    assert "nothing was read" in shown[0]


def test_what_happens_without_anybody_pressing_is_marked() -> None:
    pressed, alone = judged("pressed", SCALES), judged("alone", SCALES)
    happens = SyncAnswer(safe=False, converges=True, effects=(SCALES,), because="", automatic="automatic sync is on")
    text = screen(pressed, msgspec.structs.replace(alone, sync=happens))
    lines = [line.split(maxsplit=1) for line in section(text, "A SYNC WOULD HURT")]
    assert lines == [
        ["pressed", "scales Deployment/web from 5 to 3"],
        ["alone", "by itself: scales Deployment/web from 5 to 3"],
    ]


def test_a_name_is_one_that_finds_the_application() -> None:
    """With the instance, and with the namespace where the name alone is that of two."""
    text = screen(
        synced(SCALES, name="web", instance="east", namespace="team-a"),
        synced(UNREAD, name="web", instance="east", namespace="team-b"),
        synced(SCALES, name="web", instance="west"),
        msgspec.structs.replace(application(name="web", not_read="403"), instance="east", namespace="team-c"),
    )
    found = [line.split()[0] for line in section(text, "A SYNC WOULD HURT")]
    assert found == ["east:team-a/web", "west:web"]
    assert section(text, "NOT KNOWN WHAT")[0].startswith("east:team-b/web ")
    assert {line.split()[0] for line in section(text, "READ FIRST")} == {*found, "east:team-b/web", "east:team-c/web"}
    assert section(text, "NOT READ") == ["east:team-c/web: 403"]


@pytest.mark.parametrize(
    ("effect", "says"),
    [
        (FAILS, "a sync now  FAILS: Deployment/web: the budget is refused (nothing is lost)"),
        (SCALES, "a sync now  NOT SAFE: Deployment/web: scales from 5 to 3"),
        (UNREAD, "a sync now  NOT KNOWN: Deployment/web: what it would change"),
        (msgspec.structs.replace(SCALES, safe=True), "a sync now  safe: Deployment/web: scales from 5 to 3"),
    ],
)
def test_explain_gives_the_verdict_of_guard(effect: EffectAnswer, says: str) -> None:
    """What fails is not called safe, though nothing is lost by it."""
    assert says in application_text(synced(effect), Ink())


def test_a_note_is_nothing_that_was_not_read() -> None:
    """Notes stand below the headline; NOT READ holds gaps only."""
    noted = msgspec.structs.replace(read(), notes=("runs: kubectl port-forward",))
    text = screen(synced(SCALES), about=noted)
    assert "Read completely." in text.splitlines()[0] and "NOT READ" not in text
    assert text.splitlines()[1] == "note: runs: kubectl port-forward"
    gap = GapAnswer(what="the cluster", why="401", needs="")
    lacking = msgspec.structs.replace(noted, gaps=(gap,), complete=False)
    text = screen(synced(SCALES), about=lacking)
    assert "NOT read completely." in text.splitlines()[0]
    assert section(text, "NOT READ") == ["the cluster: 401"]


def test_an_unknown_writer_is_named_beside_what_it_left_unexplained() -> None:
    """Named, never guessed, with the line that says what it is; where nobody is known to have written it, nobody is."""
    unknown = difference(cause="")
    named = msgspec.structs.replace(unknown, by="acme-tagger", since="2026-11-20T08:00:00Z")
    told = application_text(application(an_object(named)), Ink())
    assert "acme-tagger wrote it at 2026-11-20T08:00:00Z" in told
    assert 'managers.controllers = ["acme-tagger"]' in told
    assert "wrote it" not in application_text(application(an_object(unknown)), Ink())
    page = screen(application(an_object(named, msgspec.structs.replace(named, path="/spec/paused"))))
    assert '2 written by acme-tagger: what is it? In whydrift.toml: managers.controllers = ["acme-tagger"]' in page


def test_what_nobody_explains_stays_unexplained_although_it_is_asked_about() -> None:
    """Its side does not take it from the top of the list."""
    asked = msgspec.structs.replace(difference(cause=""), side=Side.ASK)
    row = next(line for line in section(screen(application(an_object(asked))), "READ FIRST"))
    assert "unexplained" in row


def unwell(*waits: str, name: str = "shop") -> ApplicationAnswer:
    """An application of which these sentences are said, and nothing differs."""
    return msgspec.structs.replace(application(name=name, sync="Synced"), waits=waits, unmasked=())


def test_nothing_is_said_of_what_waits_where_nothing_does() -> None:
    """No heading without a line below it."""
    assert "NOT WELL" not in screen(unwell(), synced(SCALES))
    assert "not well" not in screen(unwell())


def test_what_is_not_well_is_said_and_never_called_fine() -> None:
    """What is Progressing, and too young to be called broken: a few lines, and how many more there are."""
    waits = [f"Deployment shop/w{n} is Progressing since 2026-11-22T06:59:00Z" for n in range(6)]
    text = screen(unwell(*waits))
    assert "nothing broken, 6 not well" in text.splitlines()[0]
    *shown, more = section(text, "NOT WELL, and nothing says that it is broken")
    assert [line.split()[:3] for line in shown] == [["shop", "Deployment", f"shop/w{n}"] for n in range(4)]
    assert more.startswith("… 2 more")


def called(health: str, sync: str = "Synced", name: str = "shop") -> ApplicationAnswer:
    """An application of which Argo CD says this, and nothing differs."""
    made = application(name=name, sync=sync)
    return msgspec.structs.replace(made, argocd=msgspec.structs.replace(made.argocd, health=health))


@pytest.mark.parametrize("health", ["Healthy", "Suspended", ""])
def test_nothing_is_said_of_health_where_nothing_is_wrong_with_it(health: str) -> None:
    """Core mode may not know it: that is no news either."""
    assert "Healthy" not in screen(called(health)) and "Next" not in screen(called(health))


@pytest.mark.parametrize("health", ["Degraded", "Progressing", "Missing", "Unknown"])
def test_what_is_not_healthy_is_counted_where_nobody_looked_for_why(health: str) -> None:
    """A fleet without a difference is not called fine while something in it is down; the screen says what tells why."""
    head, *_, last = screen(called(health), called("Healthy")).splitlines()
    assert head.startswith("2 applications, all Synced, 1 not Healthy; nothing differs")
    assert last == "Next: whydrift unmask   why 1 application is not Healthy"


def test_who_looked_for_what_is_broken_is_not_sent_there_again() -> None:
    text = screen(msgspec.structs.replace(called("Degraded", "OutOfSync"), unmasked=()))
    assert "1 not Healthy" in text.splitlines()[0] and "whydrift unmask   why" not in text


def next_of(*applications: ApplicationAnswer) -> list[str]:
    """The commands that the first screen names at its end."""
    _, found, commands = screen(*applications).partition("\nNext: ")
    return [line.strip().split("   ")[0] for line in commands.splitlines()] if found else []


def meaning_the_same(name: str) -> ApplicationAnswer:
    """An application whose one difference needs nobody."""
    alike = difference(cause="schema-defaults-field", side=Side.EQUIVALENT)
    return msgspec.structs.replace(application(an_object(alike), name=name), instance="east")


def test_nothing_comes_next_where_nothing_is_named() -> None:
    assert next_of(called("Healthy")) == []


def test_what_comes_next_is_the_worst_that_the_screen_names() -> None:
    """Read first, then what a sync would hurt, then what is not known of one, then what only differs."""
    same = meaning_the_same("same")
    unknown = msgspec.structs.replace(meaning_the_same("dark"), sync=synced(UNREAD).sync)
    hurt = msgspec.structs.replace(meaning_the_same("hurt"), sync=synced(SCALES).sync)
    assert next_of(same) == ["whydrift explain east:same", "whydrift plan"]
    assert next_of(same, unknown) == ["whydrift explain east:dark", "whydrift plan"]
    assert next_of(same, unknown, hurt) == ["whydrift explain east:hurt", "whydrift plan"]
    assert next_of(same, unknown, hurt, application(name="ask"))[0] == "whydrift explain east:hurt"
    assert next_of(same, unknown, hurt, synced(SCALES, name="ask"))[0] == "whydrift explain ask"


def test_a_synced_application_whose_sync_hurts_is_what_comes_next() -> None:
    """Argo CD shows no difference, so there is nothing to plan."""
    quiet = msgspec.structs.replace(called("Healthy", name="quiet"), sync=synced(SCALES).sync)
    assert next_of(quiet) == ["whydrift explain quiet"]


def judged(name: str, *effects: EffectAnswer, converges: bool = True, sync: str = "OutOfSync") -> ApplicationAnswer:
    """An application whose sync has these effects, and ends the difference or not."""
    made = application(an_object(difference()), name=name)
    forecast = SyncAnswer(safe=all(e.safe for e in effects), converges=converges, effects=effects, because="")
    return msgspec.structs.replace(made, sync=forecast, argocd=msgspec.structs.replace(made.argocd, sync=sync))


def test_nothing_is_safe_to_sync_where_there_is_a_doubt() -> None:
    """What would be lost, is not known, fails, or was not read; nothing is said where nobody asked."""
    doubtful = [judged("hurt", SCALES), judged("dark", UNREAD), judged("fails", FAILS)]
    unread = msgspec.structs.replace(judged("unread"), not_read="403")
    unsure = msgspec.structs.replace(
        judged("unsure"), sync=SyncAnswer(safe=False, converges=True, effects=(), because="")
    )
    text = screen(*doubtful, unread, unsure)
    assert "SAFE TO SYNC (none of 5 OutOfSync)" in text and section(text, "SAFE TO SYNC") == []
    assert "SAFE TO SYNC" not in screen(application()) and "SAFE TO SYNC" not in screen(judged("calm", sync="Synced"))


def test_what_may_be_synced_is_named_with_what_that_helps() -> None:
    """Beside those that a sync leaves OutOfSync; what does not fit is counted."""
    wanted = msgspec.structs.replace(SCALES, safe=True)
    again = [judged(f"again-{n:02}", converges=False) for n in range(30)]
    text = screen(judged("ends", wanted), *again, judged("hurt", SCALES))
    assert "SAFE TO SYNC (31 of 32 OutOfSync)" in text
    first, *rest = section(text, "SAFE TO SYNC")
    assert first.split() == ["then", "Synced", "ends"]
    assert " ".join(rest).startswith("OutOfSync again  again-00, again-01,")
    assert " ".join(rest).endswith("again-23, … 6 more: whydrift scan -o json")


@pytest.mark.parametrize(
    ("paths", "says"), [((), "a sync: fails: x"), (("/spec/x",), "changes Application/child: fails: x")]
)
def test_a_child_application_is_named_and_the_application_itself_is_not(paths: tuple[str, ...], says: str) -> None:
    """What is said of the application itself, as that its comparison fails, is about no object."""
    effect = msgspec.structs.replace(UNREAD, object="argoproj.io/Application/child", says="fails: x", paths=paths)
    assert says in guard_text(judged("shop", effect), Ink())
