"""Which differences go into one edit, what stands on top of what, and what has no step."""

from __future__ import annotations

from dataclasses import replace

from tests.core.remedy.offered import REPLICAS, application, deployment, difference, edit, item
from whydrift.core.explain.engine import Examined
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import APPLICATION, Change, Choice, RemedyKind, Safety
from whydrift.core.model.values import ABSENT
from whydrift.core.remedy.choices.changes import empties
from whydrift.core.remedy.groups import groups
from whydrift.core.remedy.overlay import Overlay
from whydrift.core.remedy.text.wanted import changed
from whydrift.core.remedy.unplanned import unplanned

WEB = ObjectKey("apps", "Deployment", "shop", "web")


def adopting(path: Path, safety: Safety = Safety.SAFE, kind: RemedyKind = RemedyKind.ADOPT) -> Choice:
    """git takes over what live says."""
    return Choice(kind, "somebody set it", safety, changes=(Change(path, 5),))


def test_neighbours_with_the_same_remedy_are_one_edit_as_safe_as_the_least_safe() -> None:
    """An edit that holds one unsafe change is not safe."""
    paths: tuple[Path, ...] = (REPLICAS, ("spec", "paused"), ("metadata", "labels", "team"))
    chosen = {(WEB, difference(path, 1, 5)): adopting(path) for path in paths}
    chosen[WEB, difference(paths[1], 1, 5)] = adopting(paths[1], Safety.UNSAFE)
    found = list(groups(chosen))
    assert [len(group.differences) for group in found] == [2, 1]
    assert [group.choice.safety for group in found] == [Safety.UNSAFE, Safety.SAFE]
    assert [change.path for change in found[0].changes] == [REPLICAS, paths[1]]


def test_two_items_that_only_live_has_are_both_added() -> None:
    """Each stands behind git's items on its own; both are one edit."""
    env: Path = ("spec", "env")
    chosen = {
        (WEB, difference((*env, place), ABSENT, name)): Choice(
            RemedyKind.ADOPT, "somebody added it", changes=(Change((*env, 1), name),)
        )
        for place, name in ((1, "B"), (2, "C"))
    }
    (group,) = groups(chosen)
    aim = changed({"spec": {"env": ["A"]}}, group.changes)
    assert aim == {"spec": {"env": ["A", "B", "C"]}}


def test_a_list_that_somebody_swapped_is_one_change() -> None:
    """What is gone and what came instead want the same of git."""
    env: Path = ("spec", "env")
    whole = Choice(RemedyKind.ADOPT, "somebody swapped it", changes=(Change(env, ["B"]),))
    gone, came = difference((*env, 0), "A", ABSENT), difference((*env, 0), ABSENT, "B")
    (group,) = groups({(WEB, gone): whole, (WEB, came): whole})
    assert changed({"spec": {"env": ["A"]}}, group.changes) == {"spec": {"env": ["B"]}}


def test_an_edit_that_empties_a_list_of_which_live_has_items_is_known() -> None:
    """Not one that leaves an item, nor one where live's list is as empty, or not there."""
    gone = (Change(("spec", "env", 0), ABSENT),)
    assert empties(gone, {"spec": {"env": ["A"]}}, {"spec": {"env": ["B"]}})
    assert not empties(gone, {"spec": {"env": ["A", "C"]}}, {"spec": {"env": ["B"]}})
    assert not empties(gone, {"spec": {"env": ["A"]}}, {"spec": {"env": []}})
    assert not empties(gone, {"spec": {"env": ["A"]}}, {"spec": {}})


def test_another_remedy_and_another_object_stay_apart() -> None:
    """What is asked is never mixed with what is done."""
    other = WEB._replace(name="api")
    chosen = {
        (WEB, difference(REPLICAS, 1, 5)): adopting(REPLICAS),
        (WEB, difference(("spec", "paused"), 1, 5)): adopting(("spec", "paused"), kind=RemedyKind.ASK),
        (other, difference(REPLICAS, 1, 5)): adopting(REPLICAS),
    }
    assert [len(group.differences) for group in groups(chosen)] == [1, 1, 1]


def test_keys_of_a_config_map_are_edits_of_their_own() -> None:
    """They may come out of a file each."""
    key = ObjectKey("", "ConfigMap", "shop", "settings")
    paths: tuple[Path, ...] = (("data", "a"), ("data", "b"))
    assert len(list(groups({(key, difference(path, "x", "y")): adopting(path) for path in paths}))) == 2


def test_edits_stand_on_each_other_and_an_applications_own_spec_is_no_file() -> None:
    """Files of another repository, and what nobody edited, stay as they are."""
    tree = Tree("https://git.example.com/apps.git", "b" * 40, "shop", {"shop/web.yaml": "replicas: 2\n"})
    git = GitFiles(dict(tree.files), ("shop",), (tree, replace(tree, repo="https://git.example.com/other.git")))
    first, second = edit(), edit("replicas: 5\n", "replicas: 7\n")
    overlay = Overlay().with_edit(first).with_edit(second).with_edit(replace(first, file=APPLICATION))
    assert overlay.content(first) == "replicas: 7\n" and len(overlay.edits) == 2
    trees = overlay.over(git).trees
    assert [each.files["shop/web.yaml"] for each in trees] == ["replicas: 7\n", "replicas: 2\n"]
    assert git.trees[0].files["shop/web.yaml"] == "replicas: 2\n" and Overlay().over(git) is git


def test_what_nothing_explains_is_named() -> None:
    """Neither a difference without a choice nor one that needs nothing vanishes."""
    stray, shadow = difference(("spec", "stray"), ABSENT, 1), difference(("spec", "shadow"), ABSENT, 1)
    found = [(item(deployment(), deployment(5)), (Examined(stray), Examined(shadow)))]
    choices = {(WEB, shadow): Choice(RemedyKind.NOTHING, "it goes with another")}
    rows = list(unplanned(application(), found, choices))
    assert [(row.path, row.why) for row in rows] == [
        ("/spec/stray", "unexplained: no cause proves itself"),
        ("/spec/shadow", "it goes with another"),
    ]
