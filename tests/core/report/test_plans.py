"""Plans as files for people and for git: hostile names stay text, patches are taken by a real `git am`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.remedy.offered import PROVEN, adopted, edit, item, offer
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.plan import Plan, Step
from whydrift.core.model.remedy import Choice, Instead, RemedyKind, Safety
from whydrift.core.model.triage import GapAnswer
from whydrift.core.model.values import ABSENT, JsonObject
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.steps import steps
from whydrift.core.report.patches import patch_mail
from whydrift.core.report.plan_text import plan_markdown, plan_text, runbook
from whydrift.core.report.words import Ink

AT = "2026-11-28T10:00:00Z"
HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "a\nFrom nobody Mon Sep 17 00:00:00 2001\n",
    "a\n---\ndiff --git a/x b/x",
    "a\nSubject: other\r\nX-Evil: 1",
    "Größe ≥ 5 ☃ 日本",
    "<script>alert(1)</script>",
    "](javascript:x) @everyone ``` | `x`",
    "\u202egnitset",
    "-- \nwhydrift",
    ">From here",
]


def plan(*offers: Offer) -> Plan:
    """A plan of some offers."""
    return Plan(
        source="fleet.zip", at=AT, by="whydrift 1", argocd="v3.5.1", applications=(), steps=steps(offers), left=(),
        gaps=(),
    )  # fmt: skip


def committed(step: Step, title: str, why: str, diff: str | None = None) -> Step:
    """A commit step with other words."""
    edits = step.edits if diff is None else tuple(msgspec.structs.replace(e, diff=diff) for e in step.edits)
    return msgspec.structs.replace(step, title=title, why=why, edits=edits)


class Repository:
    """A repository with one file, and `git am`."""

    def __init__(self, place: Path, file: str, content: bytes) -> None:
        self.place = place
        self.git("init", "--quiet", "--initial-branch=main")
        self.write(file, content)

    def write(self, file: str, content: bytes) -> None:
        """Commit a file."""
        (self.place / file).parent.mkdir(parents=True, exist_ok=True)
        (self.place / file).write_bytes(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=first")

    def git(self, *words: str, given: bytes | None = None) -> bytes:
        """One git command that works, in a repository without the user's settings."""
        identity = ("-c", "user.name=Jo", "-c", "user.email=jo@example.com", "-c", "commit.gpgsign=false")
        plain = ("-c", "core.autocrlf=false", "-c", "core.hooksPath=/dev/null")
        done = subprocess.run(["git", *identity, *plain, *words], cwd=self.place, input=given, capture_output=True)
        assert done.returncode == 0, (done.stderr + done.stdout).decode()
        return done.stdout

    def am(self, mail: str) -> None:
        """Apply a patch."""
        self.git("am", "--keep-cr", "--quiet", given=mail.encode())


@pytest.mark.parametrize("words", HOSTILE)
def test_no_name_ends_a_mail_or_starts_a_diff(tmp_path: Path, words: str) -> None:
    """Title and reasons are one commit message, whatever they hold; the file gets exactly the edit."""
    made = edit("replicas: 2\n", "replicas: 5\n")
    step = committed(steps([adopted(made)])[0], f"adopt {words}", f"because {words}")
    repository = Repository(tmp_path, made.file, made.before.encode())
    repository.am(patch_mail(step, AT))
    assert (tmp_path / made.file).read_text() == made.after
    assert repository.git("show", "--name-only", "--format=").decode().split() == [made.file]
    subject = repository.git("log", "-1", "--format=%s").decode()
    assert subject.startswith("adopt ") and "\x1b" not in subject
    assert repository.git("rev-list", "--count", "HEAD").strip() == b"2"


LINES = st.lists(
    st.sampled_from(["a: 1", "b:", "  - x", "--- ", "-- ", "From x", "+++ b", "", "é: ☃", "# c"]), max_size=8
)


@settings(max_examples=25)
@given(LINES, LINES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_git_makes_exactly_the_edit(
    tmp_path_factory: pytest.TempPathFactory, one: list[str], two: list[str], newline: str, ends: bool, ended: bool
) -> None:
    """A law: for any two contents, line breaks as they are, with and without a last one."""
    before = newline.join(one) + (newline if ends else "")
    after = newline.join(two) + (newline if ended else "")
    if not before or not after or before == after:
        return
    made = edit(before, after, "shop/web file.yaml")
    repository = Repository(tmp_path_factory.mktemp("git"), made.file, before.encode())
    repository.am(patch_mail(steps([adopted(made)])[0], AT))
    assert (repository.place / made.file).read_bytes() == after.encode()


def test_a_new_file_is_made(tmp_path: Path) -> None:
    """The patch file of an overlay."""
    made = edit("", "kind: Deployment\n", "overlays/prod/patch.yaml")
    repository = Repository(tmp_path, "README", b"x\n")
    repository.am(patch_mail(steps([adopted(made)])[0], AT))
    assert (tmp_path / made.file).read_text() == made.after


def test_later_patches_stand_on_earlier_ones(tmp_path: Path) -> None:
    """In the order of the plan."""
    first, second = edit("a: 1\nb: 1\n", "a: 2\nb: 1\n"), edit("a: 2\nb: 1\n", "a: 2\nb: 2\n")
    repository = Repository(tmp_path, first.file, first.before.encode())
    for step in steps([adopted(first), adopted(second, cause="rolled-back-in-argocd")]):
        repository.am(patch_mail(step, AT))
    assert (tmp_path / first.file).read_text() == second.after


@pytest.mark.parametrize("words", HOSTILE)
def test_pages_hold_no_control_characters_and_no_markup_of_others(words: str) -> None:
    """Terminal, comment and runbook."""
    made = plan(adopted(why=f"because {words}"))
    step = msgspec.structs.replace(made.steps[0], title=f"adopt {words}", where=words)
    made = msgspec.structs.replace(made, steps=(step,), source=words)
    for page in (plan_text(made, (), Ink()), plan_markdown(made), runbook(made)):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", page)
    for page in (plan_markdown(made), runbook(made)):
        outside = re.sub(r"(`+) ?.*?\1", "", page)
        assert "<script>" not in outside and not re.search(r"(?<!\\)@everyone", outside)


def test_a_diff_cannot_leave_its_fence() -> None:
    """Backticks in a file."""
    made = plan(adopted(edit("a: 1\n", "a: '````'\n")))
    assert "`````diff" in plan_markdown(made)


def test_a_reviewer_reads_the_reason_above_the_diff() -> None:
    """With what would be done instead, and whether a look is needed."""
    [step] = plan(adopted(why="it serves more")).steps
    step = msgspec.structs.replace(step, safety=Safety.UNSAFE, instead=("sync: it undoes what somebody did",))
    page = plan_markdown(msgspec.structs.replace(plan(), steps=(step,)))
    reason, _, diff = page.partition("```diff")
    assert "unsafe: it serves more\n\n- or: sync: it undoes what somebody did\n" in reason and "+" in diff


def test_a_long_plan_fits_a_comment() -> None:
    """What does not fit is in the patches."""
    made = plan(*(adopted(edit("a: 1\n", f"a: {'x' * 20_000}\n", f"f{n}.yaml")) for n in range(9)))
    page = plan_markdown(made)
    assert len(page) <= 65_536 and page.endswith("the rest is in patches/\n")


def test_an_empty_plan_says_so() -> None:
    """Nothing differs; nothing has a remedy."""
    assert plan_text(plan(), (), Ink()) == "Nothing to do: nothing differs.\n"


def manual(name: str = "x") -> Plan:
    """A plan with a delete that only a person does."""
    key = ObjectKey("rbac.authorization.k8s.io", "ClusterRole", "", name)
    live: JsonObject = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": key.kind, "metadata": {"name": name}}
    choice = Choice(RemedyKind.GUARDED_DELETE, "nobody uses it", Safety.MANUAL)
    return plan(offer(choice, cause="object-left-behind", held=item(ABSENT, live, key), paths=((),)))


@pytest.mark.parametrize("name", ["x", *HOSTILE])
def test_the_block_of_a_manual_operation_is_yaml_for_any_name(name: str) -> None:
    """With everything that a registry of runbooks asks for."""
    blocks = re.findall(r"^(`{3,})yaml\n(.*?)^\1$", runbook(manual(name)), re.MULTILINE | re.DOTALL)
    read = yaml.safe_load(blocks[0][1])
    assert set(read) == {
        "schema", "id", "what", "why", "applications", "objects", "preconditions", "commands", "verification",
        "rollback", "owner",
    }  # fmt: skip
    assert re.fullmatch(r"[a-z0-9-]+", read["id"]) and len(read["commands"]) == 2 and len(read["rollback"]) == 1


def test_what_is_declared_is_no_manual_operation() -> None:
    """A commit, and a question without a way by hand."""
    page = runbook(plan(adopted(), offer(Choice(RemedyKind.ASK, "?", Safety.MANUAL))))
    assert "```yaml" not in page


def test_a_question_whose_way_back_is_by_hand_is_one() -> None:
    """Its block holds the patch and what takes it back."""
    by_hand = (Instead(RemedyKind.OUT_OF_BAND, "a sync leaves it"),)
    page = runbook(plan(offer(Choice(RemedyKind.ASK, "?", Safety.MANUAL, instead=by_hand))))
    block = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    assert "--type=json" in block["commands"][1] and "--type=json" in block["rollback"][0]


def test_a_question_names_its_place() -> None:
    """Where git says it."""
    choice = Choice(RemedyKind.ASK, "?", Safety.MANUAL, place="web/values.yaml:7")
    assert "- where: `web/values.yaml:7`" in runbook(plan(offer(choice)))


def test_an_unproven_commit_is_shown_as_such() -> None:
    """On every page."""
    made = plan(adopted(proof=None))
    assert all("not proven" in page for page in (plan_text(made, (), Ink()), plan_markdown(made), runbook(made)))
    assert "proven: closes 1" in plan_text(plan(adopted(proof=PROVEN)), (), Ink())


def test_a_title_and_a_reason_are_wrapped_and_not_cut_in_a_pipe() -> None:
    """On a terminal they take the lines that they need; elsewhere a search must find all of it."""
    step = msgspec.structs.replace(
        plan(adopted(proof=PROVEN)).steps[0],
        title="adopt " + "a " * 70,
        why="because " + "b " * 70,
        safety=Safety.UNSAFE,
    )
    made = msgspec.structs.replace(plan(), steps=(step,))
    narrow = plan_text(made, (), Ink(), 80)
    assert all(len(line) <= 80 for line in narrow.splitlines()) and "…" not in narrow
    assert "a " * 69 in plan_text(made, (), Ink(), sys.maxsize) and "b " * 69 in plan_text(made, (), Ink(), sys.maxsize)


def test_both_sides_stand_with_the_step() -> None:
    """What git says, what the cluster holds, and who wrote it there."""
    made = plan(adopted(proof=PROVEN))
    assert "git 2, live 5" in plan_text(made, (), Ink())
    by = msgspec.structs.replace(made.steps[0].fields[0], by="kubectl-edit", since="2026-11-20T07:00:00Z")
    told = msgspec.structs.replace(made, steps=(msgspec.structs.replace(made.steps[0], fields=(by,)),))
    assert "git 2, live 5   kubectl-edit wrote it at 2026-11-20T07:00:00Z" in plan_text(told, (), Ink())


def test_a_reason_is_told_once() -> None:
    """What needs a look, and has nothing to prove, has one reason."""
    page = plan_text(plan(offer(Choice(RemedyKind.ASK, "who wants it?", Safety.MANUAL))), (), Ink())
    assert page.count("who wants it?") == 1 and "nothing to prove" not in page


WRITTEN = ("plan.json", "RUNBOOK.md")
UNSAFE = Choice(RemedyKind.ADOPT, "it serves more", Safety.UNSAFE)


@pytest.mark.parametrize(
    ("offers", "then"),
    [
        ([adopted(proof=PROVEN)], "whydrift apply plan.json   shows, asks, and carries out step 1"),
        ([offer(UNSAFE, edits=edit(), proof=PROVEN)], "whydrift apply plan.json --only 1   after a look"),
        ([offer(Choice(RemedyKind.ASK, "?", Safety.MANUAL))], "RUNBOOK.md   nothing here can be carried out"),
        ([adopted(proof=None)], "RUNBOOK.md   nothing here can be carried out"),
    ],
)
def test_the_next_command_does_something(offers: list[Offer], then: str) -> None:
    """It is never one that leaves everything."""
    assert f"\nNext: {then}" in plan_text(plan(*offers), WRITTEN, Ink())


def test_nothing_of_a_recording_is_to_be_applied() -> None:
    """The command would be refused."""
    assert "apply" not in plan_text(plan(adopted(proof=PROVEN)), WRITTEN, Ink(), recorded=True).splitlines()[-1]


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (6, 6), (7, 6), (90, 6)])
def test_what_was_not_read_stands_first_and_leaves_room(number: int, shown: int) -> None:
    """How many there are is told; the runbook names them all."""
    gaps = tuple(GapAnswer(what=f"application a{n}", why="403") for n in range(number))
    made = msgspec.structs.replace(plan(adopted(proof=PROVEN)), gaps=gaps)
    lines = plan_text(made, (), Ink()).splitlines()
    assert sum(line.startswith("not read: ") for line in lines) == shown
    assert (f"not read: {number - 5} more" in "\n".join(lines)) is (number > 6)
    assert runbook(made).count("not read: ") == number


@pytest.mark.parametrize(("kind", "needs"), [("Secret", True), ("ConfigMap", False)])
def test_a_delete_of_a_secret_names_the_option_that_it_needs(kind: str, needs: bool) -> None:
    """Else apply refuses the whole step, and that is known before."""
    live: JsonObject = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x", "namespace": "shop", "uid": "1"}}
    choice = Choice(RemedyKind.GUARDED_DELETE, "nobody uses it")
    gone = offer(
        choice, cause="object-left-behind", held=item(ABSENT, live, ObjectKey("", kind, "shop", "x")), paths=((),)
    )
    assert ("needs --dump-secrets" in plan_text(plan(gone), (), Ink())) is needs
