"""Steps of a plan: what stands together, what comes first, what is never done by a program, and the ways back."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import pytest

from tests.core.remedy.offered import PROVEN, adopted, application, deployment, edit, item, offer, own
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.plan import Step
from whydrift.core.model.remedy import Change, Choice, Instead, Proof, RemedyKind, Safety
from whydrift.core.model.values import ABSENT, JsonObject
from whydrift.core.remedy.steps import steps

IGNORED = Choice(
    RemedyKind.IGNORE,
    "an autoscaler writes it",
    rule={"group": "apps", "kind": "Deployment", "name": "web", "jsonPointers": ["/spec/replicas"]},
    options=("RespectIgnoreDifferences=true",),
)
SYNCED = Choice(RemedyKind.SYNC, "git moved", Safety.UNSAFE)
DELETED = Choice(RemedyKind.GUARDED_DELETE, "nobody uses it")
MANAGED: JsonObject = {"annotations": {"argocd.argoproj.io/tracking-id": "root:argoproj.io/Application:argocd/shop"}}


def only(*offers: object, **_: object) -> Step:
    """The one step that offers come to."""
    made = steps(offers)  # type: ignore[arg-type]  # offers, as the caller says
    assert len(made) == 1
    return made[0]


def test_what_needs_nothing_is_no_step() -> None:
    """A shadow of something else goes with it."""
    assert steps([offer(Choice(RemedyKind.NOTHING, "it goes with replicas"))]) == ()


def test_edits_of_one_cause_in_one_repository_are_one_commit() -> None:
    """With one edit a file, from before the first to after the last."""
    second = adopted(edit("replicas: 5\n", "replicas: 5\nx: 1\n"))
    other = adopted(edit(file="shop/api.yaml"))
    step = only(adopted(), second, other)
    assert [(e.file, e.diff.count("\n+")) for e in step.edits] == [("shop/web.yaml", 3), ("shop/api.yaml", 2)]
    assert step.title == "adopt 3 fields of Deployment/web in argocd/shop"


def test_what_is_not_proven_is_a_commit_of_its_own() -> None:
    """It must not keep what is proven from being applied."""
    made = steps([adopted(proof=Proof(why_not="no helm")), adopted(edit(file="shop/api.yaml"))])
    assert [step.proof.why_not for step in made] == ["", "no helm"]
    assert made[1].after == ("1",)


def test_an_edit_that_nothing_rendered_says_so() -> None:
    """No proof is no proof."""
    assert "nothing could render it" in only(adopted(proof=None)).proof.why_not


def test_what_is_not_safe_or_not_proven_stands_in_commits_of_its_own() -> None:
    """A program carries out the first; a person looks at the others."""
    unsafe = Choice(RemedyKind.ADOPT, "?", Safety.UNSAFE, changes=(Change(("spec", "replicas"), 5),))
    unproven = replace(adopted(edit(file="c.yaml")), proof=Proof(why_not="nothing could render it"))
    made = steps([unproven, offer(unsafe, edits=edit(file="b.yaml"), proof=PROVEN), adopted()])
    told = [(step.safety, bool(step.proof.why_not)) for step in made]
    assert told == [(Safety.SAFE, False), (Safety.UNSAFE, False), (Safety.SAFE, True)]
    assert [step.after for step in made] == [(), ("1",), ("1", "2")]


def test_what_unblocks_others_comes_first_and_questions_last() -> None:
    """A failed comparison hides everything else."""
    ask = Choice(RemedyKind.ASK, "?", Safety.MANUAL)
    blocking = adopted(edit(file="b.yaml"), cause="comparison-failed")
    made = steps([offer(ask), offer(SYNCED), adopted(), blocking, offer(IGNORED, edits=own(), proof=PROVEN)])
    assert [step.kind for step in made] == ["commit", "commit", "application", "sync", "ask"]
    assert made[0].causes == ("comparison-failed",) and made[3].after == ("1", "2", "3")


def test_a_secret_in_an_edit_is_a_question() -> None:
    """Its diff cannot leave."""
    step = only(adopted(edit("password: hunter2-hunter2\n", "password: hunter3-hunter3\n")))
    assert step.kind == "ask" and "hunter" not in repr(step)


def test_a_rule_is_a_patch_of_the_application_with_its_way_back() -> None:
    """The rules that are there stay."""
    held: JsonObject = {"ignoreDifferences": [{"group": "", "kind": "Secret", "jsonPointers": ["/data"]}]}
    step = only(offer(IGNORED, of=application(spec=held), edits=own(), proof=PROVEN))
    spec = step.merge["spec"]
    assert isinstance(spec, dict) and len(spec["ignoreDifferences"]) == 2
    back = json.loads(shlex.split(step.rollback[0])[-1])
    assert back["spec"]["ignoreDifferences"] == held["ignoreDifferences"]
    assert back["spec"]["syncPolicy"] is None


@pytest.mark.parametrize(
    "metadata",
    [MANAGED, {"ownerReferences": [{"kind": "ApplicationSet"}]}, {"labels": {"app.kubernetes.io/managed-by": "Helm"}}],
)
def test_an_application_that_something_else_writes_is_never_patched(metadata: JsonObject) -> None:
    """Its controller would take the patch back."""
    assert only(offer(IGNORED, of=application(metadata=metadata), edits=own(), proof=PROVEN)).kind == "ask"


def test_a_live_object_is_annotated_where_git_does_not_state_it() -> None:
    """Every object gets the same, and the way back is what it held."""
    choice = Choice(
        RemedyKind.ANNOTATE, "it stays", Safety.UNSAFE, (Change(("metadata", "annotations", "a/b"), "x y"),)
    )
    live = deployment()
    step = only(offer(choice, held=item(ABSENT, live), paths=((),)))
    assert step.kind == "annotate" and step.merge == {"metadata": {"annotations": {"a/b": "x y"}}}
    assert step.commands == ("kubectl -n shop annotate --overwrite deployment.apps web 'a/b=x y'",)
    assert step.rollback == ("kubectl -n shop annotate --overwrite deployment.apps web a/b-",)


def test_an_annotation_of_an_object_in_git_without_a_place_is_a_question() -> None:
    """The next sync of git's object would say otherwise."""
    choice = Choice(RemedyKind.ANNOTATE, "it stays", Safety.UNSAFE, (Change(("metadata", "annotations", "a"), "x"),))
    assert only(offer(choice)).kind == "ask"


def test_a_mark_of_the_application_is_a_patch_of_it() -> None:
    """There is nothing to render: it works at the next sync."""
    choice = Choice(RemedyKind.ANNOTATE, "the old manager", Safety.UNSAFE, marks=(("a/manager", "helm"),))
    step = only(offer(choice, edits=own()))
    assert step.kind == "application" and step.merge == {"metadata": {"annotations": {"a/manager": "helm"}}}
    assert not step.proof.why_not


def test_what_only_a_person_deletes_is_kept_first_and_comes_after_what_names_it() -> None:
    """A ClusterRole after the bindings that a program may delete."""
    role, binding = (ObjectKey("rbac.authorization.k8s.io", kind, "", "x") for kind in ("ClusterRole", "RoleBinding"))
    held = [item(ABSENT, _bare("rbac.authorization.k8s.io/v1", key), key) for key in (role, binding)]
    made = steps([offer(DELETED, held=each, paths=((),)) for each in held])
    assert [step.kind for step in made] == ["delete", "manual"] and made[1].after == ("1",)
    assert [line.split()[1] for line in made[1].commands] == ["get", "delete"]


def _bare(api_version: str, key: ObjectKey) -> JsonObject:
    return {"apiVersion": api_version, "kind": key.kind, "metadata": {"name": key.name}}


def test_dumps_of_the_same_name_in_two_namespaces_are_two_files() -> None:
    """One must not be written over the other."""
    keys = [ObjectKey("", "ConfigMap", name, "web") for name in ("one", "two")]
    live: JsonObject = {"kind": "ConfigMap", "metadata": {"name": "web"}}
    held = [item(ABSENT, {**live, "metadata": {"name": "web", "namespace": k.namespace}}, k) for k in keys]
    step = only(*(offer(DELETED, held=each, paths=((),)) for each in held))
    assert len({line.rpartition("> ")[2] for line in step.commands if " get " in line}) == 2


@pytest.mark.parametrize("name", ["$(reboot)", "a b", "a;b", "-rf", "`id`", "x\ny", "'", '"'])
def test_no_name_runs_in_a_shell(name: str) -> None:
    """Every word of a command stays one word, whatever it holds."""
    key = ObjectKey("", "ConfigMap", name, name)
    live: JsonObject = {"kind": "ConfigMap", "metadata": {"name": name, "namespace": name}}
    step = only(offer(DELETED, held=item(ABSENT, live, key), paths=((),)))
    get, delete = (shlex.split(line) for line in step.commands)
    assert get[:7] == ["kubectl", "-n", name, "get", "configmap", name, "-o"] and get[-2] == ">"
    assert delete == ["kubectl", "-n", name, "delete", "configmap", name, "--wait=true"]


def test_by_hand_is_told_where_a_sync_leaves_the_field() -> None:
    """A patch that tests first, and the one that takes it back."""
    choice = Choice(RemedyKind.ASK, "?", Safety.MANUAL, instead=(Instead(RemedyKind.OUT_OF_BAND, "a sync leaves it"),))
    step = only(offer(choice, held=item(deployment(ABSENT), deployment(5))))
    forth, back = (json.loads(shlex.split(line)[-1]) for line in (step.commands[1], step.rollback[0]))
    assert forth == [
        {"op": "test", "path": "/spec/replicas", "value": 5},
        {"op": "remove", "path": "/spec/replicas"},
    ]
    assert back == [{"op": "add", "path": "/spec/replicas", "value": 5}]


def test_values_of_a_secret_are_patched_by_nobody() -> None:
    """They are not read: the question stands without a command."""
    choice = Choice(RemedyKind.ASK, "?", Safety.MANUAL, instead=(Instead(RemedyKind.OUT_OF_BAND, "a sync leaves it"),))
    key = ObjectKey("", "Secret", "shop", "keys")
    held = item({"data": {}}, {"data": {"a": "x"}}, key)
    step = only(offer(choice, held=held, paths=(("data", "a"),)))
    assert len(step.commands) == 1 and not step.rollback


def test_reasons_stand_once_and_three_at_most() -> None:
    """The title counts, the reasons do not repeat."""
    offers = [adopted(edit(file=f"{n}.yaml"), why=f"reason {n % 5}") for n in range(10)]
    step = only(*(replace(each) for each in offers))
    assert step.why == "reason 0; reason 1; reason 2 (2 more reasons)" and "10 fields" in step.title


def test_applications_of_one_name_in_several_instances_are_told_apart() -> None:
    """Each has a step of its own, under the name that selects it; Argo CD's own command line knows no instance."""
    eu, us = (replace(application(), instance=name) for name in ("eu", "us"))
    made = steps([offer(SYNCED, of=eu), offer(SYNCED, of=us), offer(replace(SYNCED, kind=RemedyKind.ASK), of=us)])
    assert [step.applications for step in made] == [("eu:argocd/shop",), ("us:argocd/shop",), ("us:argocd/shop",)]
    assert {field.application for step in made for field in step.fields} == {"eu:argocd/shop", "us:argocd/shop"}
    assert made[0].commands[-1].startswith("argocd app sync argocd/shop ")
    assert made[2].commands[0] == "whydrift explain us:argocd/shop"
    assert made[0].after == made[1].after == ()


def test_what_changes_more_than_it_is_meant_to_is_not_safe() -> None:
    """Whoever made the offer, and whatever it says of itself."""
    wide = replace(PROVEN, wider=("Application argocd/other: Deployment other/web",))
    assert (only(adopted()).safety, only(adopted(proof=wide)).safety) == (Safety.SAFE, Safety.UNSAFE)
