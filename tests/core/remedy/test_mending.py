"""What is broken and has a place in git: when an item may go, what the edit does, and who is said to use it."""

from __future__ import annotations

import pytest

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Edit, How, Proof, Safety
from whydrift.core.model.trouble import Category, Origin, Reason, SaidBy, Trouble
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.mend_steps import mend_step
from whydrift.core.remedy.mending import Mend, dropping, item_behind, names_it, proof_of
from whydrift.core.remedy.overlay import Overlay

REPO, FILE = "https://git.example.com/infra.git", "apps/web/values.yaml"
URL = "https://dl.example.com/v1/canary-linux-amd64"
KEY = ObjectKey("apps", "Deployment", "web", "web")
VALUES = f"""\
controller:
  plugins:
  - name: acme/metrics
    location: https://dl.example.com/v1/metrics
  - name: acme/canary   # ours
    location: {URL}
  home: {URL}
"""


def trouble(line: str = f"download {URL}: response code Not Found", where: str = f"{FILE}:6") -> Trouble:
    """A controller that does not start."""
    said = Reason(line, SaidBy.LOG)
    return Trouble(KEY, "CrashLoopBackOff", Category.CONFIG_INVALID, restarts=7, why=said, origin=Origin(where))


def git(content: str = VALUES, repo: str = REPO) -> GitFiles:
    """One file in git."""
    tree = Tree(repo=repo, path="apps/web", files={FILE: content})
    return GitFiles(tree.files, ("apps/web",), (tree,))


def test_the_innermost_item_on_the_named_line_goes_and_nothing_else() -> None:
    """Comments of other items, and the same address elsewhere, stay."""
    found = item_behind(trouble(), git())
    assert found is not None and found.path == ("controller", "plugins", 1) and found.names == ("acme/canary",)
    edit = dropping(found, git(), Overlay())
    assert edit is not None
    lines = VALUES.splitlines(keepends=True)
    assert edit.after == "".join(lines[:4] + lines[6:])


@pytest.mark.parametrize(
    "given",
    [
        trouble(line=f"download {URL}: connection refused"),
        trouble(line="download https://dl.example.com/v1/other: 404"),
        trouble(line=""),
        trouble(where=f"{FILE}:7"),
        trouble(where=f"{FILE}:4"),
        trouble(where="Application:/spec/source/helm/values"),
        trouble(where="none"),
        trouble(where="apps/other/values.yaml:6"),
    ],
)
def test_no_item_goes_without_an_address_that_is_said_to_be_gone(given: Trouble) -> None:
    """It may come back, it is another one, it stands in no list, or its line is in no file."""
    assert item_behind(given, git()) is None


@pytest.mark.parametrize("content", ["a: [", "{{ if .Values.x }}\n- a\n", ""])
def test_a_file_that_is_no_yaml_has_no_items(content: str) -> None:
    """A template is left to a person."""
    assert item_behind(trouble(where=f"{FILE}:1"), git(content)) is None


def test_a_chart_from_a_registry_is_never_edited() -> None:
    """It has no repository."""
    assert item_behind(trouble(), git(repo="")) is None


def test_an_item_that_an_earlier_edit_changed_is_left() -> None:
    """Its place is not its own any more."""
    found = item_behind(trouble(), git())
    assert found is not None
    edited = Edit(REPO, FILE, 3, How.VALUE, VALUES, VALUES.replace("acme/metrics", "acme/m").replace("# ours\n", "\n"))
    assert dropping(found, git(), Overlay((edited,))) is not None
    moved = Edit(REPO, FILE, 3, How.VALUE, VALUES, VALUES.replace("acme/canary", "acme/blue"))
    assert dropping(found, git(), Overlay((moved,))) is None


def config(data: str, name: str = "config") -> dict[ObjectKey, JsonObject]:
    """A rendered ConfigMap."""
    return {ObjectKey("", "ConfigMap", "web", name): {"kind": "ConfigMap", "data": {"plugins": data}}}


def test_the_proof_is_that_nothing_names_the_address_any_more() -> None:
    """What renders the address with the edit in place too is no proof, and neither is what never did."""
    found = item_behind(trouble(), git())
    assert found is not None
    done = proof_of(found, config(f"- {URL}"), config("[]"))
    assert done.closes == (f"ConfigMap web/config names {URL}",) and not done.why_not
    assert "still names" in proof_of(found, config(f"- {URL}"), config(f"-  {URL}")).why_not
    assert "nothing names" in proof_of(found, config("[]"), config("[]")).why_not
    also = proof_of(found, {**config(f"- {URL}"), **config("a", "x")}, {**config("[]"), **config("b", "x")})
    assert also.wider == ("ConfigMap web/x",)


@pytest.mark.parametrize(
    ("obj", "named"),
    [
        ({"kind": "Rollout", "spec": {"plugins": {"acme/canary": {}}}}, True),
        ({"kind": "Rollout", "spec": {"args": ["--use=acme/canary"]}}, True),
        ({"kind": "Rollout", "metadata": {"annotations": {"uses": "acme/canary"}}}, True),
        ({"kind": "Rollout", "spec": {"plugins": {"acme/canary-two": {}}}}, False),
        ({"kind": "Rollout", "status": {"plugin": "acme/canary"}}, False),
        ({"kind": "Rollout", "metadata": {"name": "acme/canary"}}, False),
        (None, False),
    ],
)
def test_users_are_those_whose_own_words_name_it(obj: JsonObject | None, named: bool) -> None:
    """A status, or a longer name, is no use."""
    assert names_it(obj, ("acme/canary",)) is named


def application() -> Application:
    """An application with one source in git."""
    source: JsonObject = {"repoURL": REPO, "path": "apps/web", "targetRevision": "main"}
    return Application(
        {
            "metadata": {"name": "web", "namespace": "argocd"},
            "spec": {"source": source, "destination": {"namespace": "web"}},
            "status": {"sync": {"revision": "a" * 40}},
        }
    )


def mended(*users: str, proof: Proof | None = None) -> Mend:
    """A mend with its edit."""
    found = item_behind(trouble(), git())
    assert found is not None
    edit = dropping(found, git(), Overlay())
    return Mend(application(), trouble(), None, found, edit, proof, users)


def test_a_mend_is_never_safe_and_names_its_users() -> None:
    """Whether the pods start without it only they can show."""
    step = mend_step("3", mended("Rollout web/web of Application argocd/web", proof=Proof(("x",))), [])
    assert (step.kind, step.safety, step.proof.closes) == ("commit", Safety.UNSAFE, ("x",))
    assert "it is used by Rollout web/web" in step.why and step.title.startswith("drop acme/canary")
    assert "nothing that was read names acme/canary" in mend_step("3", mended(), []).why


def test_a_mend_that_was_not_rendered_is_not_proven() -> None:
    """apply leaves it."""
    assert mend_step("3", mended(), []).proof.why_not


def test_what_no_edit_mends_is_asked() -> None:
    """With the place, what the pod says, and how to read on."""
    step = mend_step("4", Mend(application(), trouble(line="panic: x " * 200)), [])
    assert (step.kind, step.safety, step.where) == ("ask", Safety.MANUAL, f"{FILE}:6")
    assert len(step.why) < 260 and step.commands and not step.edits


def test_an_edit_that_would_show_a_secret_is_asked() -> None:
    """Its diff cannot leave."""
    content = VALUES.replace("# ours\n", "\n    password: hunter2-hunter2\n")
    found = item_behind(trouble(where=f"{FILE}:7"), git(content))
    assert found is not None
    edit = dropping(found, git(content), Overlay())
    assert edit is not None
    step = mend_step("4", Mend(application(), trouble(), None, found, edit), [])
    assert step.kind == "ask" and "hunter2" not in repr(step)
