"""Law of offered patches: git takes each one, and what it then renders differs by what was wanted, and by nothing else.

Over the trees of real recordings (plain files, an overlay, charts): any value of any object is to become another one.
"""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.demo_repository import git
from tests.replay.recorded import RECORDINGS
from tests.scenarios.planned import Made, Rendered, planned_for
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.paths import Path as Address
from whydrift.core.model.remedy import Change, Choice, Edit, Proof, RemedyKind
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import Json, MaybeJson, is_object, same
from whydrift.core.prove.edits import why_not_wanted
from whydrift.core.prove.unlike import outside
from whydrift.core.remedy.groups import Group
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.places import candidates
from whydrift.core.remedy.steps import steps
from whydrift.core.report.patches import patch_mail
from whydrift.ports import NotRead
from whydrift.usecases.drafts import Draft

TREES = (
    "d-inventory-three-people",
    "r-images-transformer-wins",
    "r-secrets-ranged-in-chart",
    "r-child-parameter-in-root",
)
MOST = 4
"""Places that are tried for one change, as the workbench does."""
SERVERS = frozenset({"apiVersion", "kind", "name", "namespace", "annotations"})
"""What makes another object (or another item of a list) of it, or is Argo CD's own mark."""
TEXTS: st.SearchStrategy[Json] = st.sampled_from(
    ["other", "a: b", "it's", "x # y", "007", "true", "ü", "1.10", "- a", "{{ x }}", "two words"]
)


class Tree:
    """A recording that is open, its draft, what it renders to, and its repository checked out."""

    def __init__(self, runner: asyncio.Runner, made: Made, draft: Draft, clone: Path) -> None:
        self.runner, self.made, self.draft, self.clone = runner, made, draft, clone
        before = self.after([])
        assert not isinstance(before, NotRead)
        self.before = before

    def after(self, edits: list[Edit]) -> Rendered | NotRead:
        """What it comes to with edits."""
        return self.runner.run(self.made.rendered(self.draft, edits))

    def committed(self) -> Rendered:
        """What it comes to as the clone has it."""
        edits = self.runner.run(self.made.as_folder(self.draft, self.clone))
        assert not isinstance(edits, NotRead)
        found = self.after(edits)
        assert not isinstance(found, NotRead)
        return found


@pytest.fixture(scope="module", params=TREES)
def tree(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    """Each of the trees, with real tools."""
    recording = next(path for path in RECORDINGS if path.stem == request.param)
    place = tmp_path_factory.mktemp("tree")
    with zipfile.ZipFile(recording) as opened:
        opened.extract("git.bundle", place)
    with asyncio.Runner() as runner:
        context = planned_for(recording, hidden=False)
        made = runner.run(context.__aenter__())
        draft = made.drafts[str(request.param)]
        git(place, "clone", "--quiet", "git.bundle", "clone")
        git(place / "clone", "checkout", "--quiet", draft.application.revisions[0])
        yield Tree(runner, made, draft, place / "clone")
        runner.run(context.__aexit__(None, None, None))


def leaves(value: MaybeJson, path: Address = ()) -> Iterator[tuple[Address, Json]]:
    """The scalars of an object that an edit may change."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (key in SERVERS and (len(path) <= 1 or isinstance(path[-1], int))):
                yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    elif isinstance(value, str | int):
        yield path, value


def drawn(data: st.DataObject, draft: Draft) -> tuple[ObjectSnapshot, Change, MaybeJson]:
    """An object, one value of it as it shall be, and as it is."""
    objects = {str(item.key): item for item in draft.situation.snapshot.objects or () if is_object(item.target)}
    item = objects[data.draw(st.sampled_from(sorted(objects)))]
    found = dict(leaves(item.target))
    assume(found)
    path = data.draw(st.sampled_from(sorted(found, key=str)))
    old = found[path]
    numbers: st.SearchStrategy[Json] = st.integers(1, 9)
    new: Json = not old if isinstance(old, bool) else data.draw(numbers if isinstance(old, int) else TEXTS)
    assume(not same(old, new))
    return item, Change(path, new), old


def offered(tree: Tree, item: ObjectSnapshot, change: Change) -> tuple[Edit, Rendered] | None:
    """The first place whose edit is shown to make exactly this change, and what it renders to."""
    target = item.target
    assert is_object(target)
    found = candidates(tree.draft.application, tree.draft.git, item.key, target, [change])
    for edit in islice(found, MOST):
        after = tree.after([edit])
        if isinstance(after, NotRead) or edit.file == "Application":
            continue
        if not why_not_wanted(item.key, target, [change], tree.before, after):
            return edit, after
    return None


@given(data=st.data())
@settings(max_examples=12, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_law_a_patch_changes_what_it_says_and_nothing_else(tree: Tree, data: st.DataObject) -> None:
    """Applied by `git am`, rendered anew: the object is as wanted, and what else changes was known before."""
    item, change, old = drawn(data, tree.draft)
    found = offered(tree, item, change)
    assume(found is not None)
    assert found is not None
    edit, after = found
    difference = Difference(change.path, change.path, Kind.MODIFIED, old, change.value)
    choice = Choice(RemedyKind.ADOPT, "it is wanted", changes=(change,))
    group = Group(item.key, (difference,), choice, (change,))
    [step] = steps([Offer(tree.draft.situation, item, group, "person-edits-live", edit=edit, proof=Proof())])
    assume(step.kind == "commit")  # else its diff would hold a secret
    git(tree.clone, "reset", "--quiet", "--hard", tree.draft.application.revisions[0])
    git(tree.clone, "am", "--keep-cr", "--quiet", given=patch_mail(step, "2026-11-28T10:00:00Z").encode())
    assert (tree.clone / edit.file).read_bytes() == edit.after.encode()
    made = tree.committed()
    assert made == after
    assert not list(outside(tree.before[item.key], made[item.key], [change.path]))
