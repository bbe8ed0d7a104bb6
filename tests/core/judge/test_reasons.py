"""Why a side is right, and whom to ask: each situation's sentence holds its evidence, and nothing that was not read."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import NEW, Before, applied, config_map, deployment, manager, with_metadata
from whydrift.core.explain.engine import Examined
from whydrift.core.model.explanation import Side
from whydrift.core.model.fact_kinds import COMMITS, EVENTS, HISTORY, NEWEST, RENDERED_FROM, SYNCED_MANIFESTS
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.fleet import Commit, History, Newest
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import key_of
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import JsonObject

FILE = "shop/config.yaml"
TEXT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config\n"
EDIT = manager("kubectl-edit", {"f:data": {"f:a": {}}}, api_version="v1")
BEFORE_IT = Commit("c" * 40, "Jo Doe <jo@example.com>", "2026-10-01T10:00:00+02:00", "Add it", (FILE,))
AFTER_IT = Commit("d" * 40, "Sam Lee <sam@example.com>", "2026-11-03T10:00:00+02:00", "Touch it", (FILE,))
OWNERS = "* @org/platform\n/shop/ @org/shop\n"


def _git(*commits: Commit, owners: str = "") -> dict[FactKind[object], object]:
    return {HISTORY: (History(commits, owners),), RENDERED_FROM: GitFiles({FILE: TEXT}, ("shop",))}


def _edited(live: JsonObject, facts: dict[FactKind[object], object] | None = None) -> Examined:
    target = config_map(a="1")
    found = _at("/data/a", Before(((target, applied(live, target, EDIT)),), facts=facts or {}))
    assert found.explanations[0].cause == "person-edits-live"
    return found


def _at(pointer: str, before: Before) -> Examined:
    return next(found for found in before.findings() if found.difference.pointer == pointer)


def test_a_persons_edit_says_who_when_and_what_a_sync_would_take() -> None:
    found = _edited(config_map(a="2"))
    assert "kubectl-edit" in found.because
    assert "2026-11-02T09:00:00Z" in found.because
    assert 'a sync would put "1" in the place of "2"' in found.because


@pytest.mark.parametrize(
    ("commit", "says"),
    [
        (BEFORE_IT, "nobody touched shop/config.yaml in git since (the last was cccccccc of Jo Doe, 2026-10-01)"),
        (AFTER_IT, "shop/config.yaml was touched in git after that, by commit dddddddd of Sam Lee, 2026-11-03"),
    ],
)
def test_git_says_whether_somebody_touched_the_file_since(commit: Commit, says: str) -> None:
    assert says in _edited(config_map(a="2"), _git(commit)).because


def test_without_git_nothing_is_said_of_git() -> None:
    assert "in git" not in _edited(config_map(a="2")).because


def test_an_incident_beside_the_change_is_told_and_one_that_git_states_is_not() -> None:
    noted = with_metadata(config_map(a="2"), {"ops.example.com/note": "INC-4711: cache off"})
    assert "an annotation beside it says ops.example.com/note: INC-4711: cache off" in _edited(noted).because
    stated = with_metadata(config_map(a="1"), {"ops.example.com/note": "INC-4711: cache off"})
    findings = Before(((stated, applied(noted, stated, EDIT)),)).findings()
    assert all("INC-4711" not in found.because for found in findings)


def test_an_event_of_the_object_is_told_and_one_of_another_is_not() -> None:
    event: JsonObject = {"reason": "Incident", "message": "outage of the cache", "involvedObject": {}}
    mine: JsonObject = {**event, "involvedObject": {"kind": "ConfigMap", "name": "config"}}
    assert "outage of the cache" in _edited(config_map(a="2"), {EVENTS: (mine,)}).because
    assert "outage" not in _edited(config_map(a="2"), {EVENTS: (event,)}).because


def test_whoever_may_know_is_named_hand_first_then_owners_then_git() -> None:
    live = with_metadata(config_map(a="2"), labels={"team": "payments"})
    target = with_metadata(config_map(a="1"), labels={"team": "payments"})
    facts = _git(BEFORE_IT, owners=OWNERS)
    found = _at("/data/a", Before(((target, applied(live, target, EDIT)),), facts=facts))
    assert found.asking is not None
    assert found.asking.whom == (
        "whoever used kubectl-edit at 2026-11-02T09:00:00Z",
        "payments (team of ConfigMap config)",
        "@org/shop (CODEOWNERS of shop/config.yaml)",
        "Jo Doe <jo@example.com> (cccccccc, the newest commit of shop/config.yaml)",
    )
    assert found.asking.question == 'is "2" meant to stay? then it belongs into shop/config.yaml, which says "1"'


def test_only_the_side_ask_asks() -> None:
    scaled = manager("kubectl", {"f:spec": {"f:replicas": {}}}, subresource="scale", time=None)
    found = _at("/spec/replicas", Before(((deployment(3), applied(deployment(5), deployment(3), scaled)),)))
    assert found.explanations[0].side is Side.CLUSTER
    assert found.asking is None
    assert "replicas is raised: the cluster gives more than git" in found.because


def test_what_an_unknown_manager_wrote_stays_unexplained_and_is_asked_about() -> None:
    """It is named and never guessed."""
    target, written = config_map(a="1"), manager("acme-tagger", {"f:data": {"f:a": {}}}, api_version="v1")
    found = _at("/data/a", Before(((target, applied(config_map(a="2"), target, written)),)))
    assert not found.explanations and "acme-tagger wrote it at 2026-11-02T09:00:00Z" in found.because
    assert found.asking is not None and found.asking.whom[0] == "whoever runs acme-tagger"
    assert found.asking.question.startswith('is "2" meant to stay?')


def test_what_waits_for_a_fact_is_asked_about_by_nobody() -> None:
    """Undecided is no side, whoever wrote it: the fact may name a cause."""
    target, written = config_map(a="1"), manager("kubectl-edit", {"f:data": {"f:a": {}}}, api_version="v1")
    live = with_metadata(config_map(a="2"), managedFields=[written])
    gaps: dict[FactKind[object], Gap] = {SYNCED_MANIFESTS: Gap("manifests of the last synced revision", "403")}
    found = _at("/data/a", Before(((target, live),), gaps=gaps, moved=True))
    assert found.undecided and found.asking is None and not found.because


def test_what_a_known_writer_did_and_no_cause_proves_is_asked_about() -> None:
    """An edit from before the last sync: who it was is known, why it is still there is not; no side is right by it."""
    written = manager("kubectl-edit", {"f:data": {"f:a": {}}}, api_version="v1", time="2026-10-02T09:00:00Z")
    target = config_map(a="1")
    found = _at("/data/a", Before(((target, applied(config_map(a="2"), target, written)),)))
    assert not found.explanations and not found.undecided
    assert "kubectl-edit, a person's tool, wrote it at 2026-10-02T09:00:00Z" in found.because
    assert found.asking is not None and found.asking.whom[0] == "whoever used kubectl-edit at 2026-10-02T09:00:00Z"


def test_a_commit_that_moved_the_value_is_named_and_called_a_revert() -> None:
    old, new = config_map(a="1"), config_map(a="2")
    revert = Commit(NEW, "Jo Doe <jo@example.com>", "2026-11-03T10:00:00Z", 'Revert "one"', (FILE,))
    facts: dict[FactKind[object], object] = {
        COMMITS: (revert,),
        SYNCED_MANIFESTS: {key_of(old): old},
        NEWEST: Newest(NEW),
    }
    found = _at("/data/a", Before(((new, applied(old, old)),), facts=facts, moved=True))
    assert found.explanations[0].cause == "git-moved-ahead"
    assert 'commit bbbbbbbb of Jo Doe, 2026-11-03 moved it: a revert, "Revert "one""' in found.because


def test_a_secret_is_never_quoted() -> None:
    masked = Masker(b"k").text("token=ghp_0123456789abcdefghijABCDEFGHIJ012345")
    assert "ghp_" not in masked
    found = _edited(with_metadata(config_map(a="2"), {"incident": masked}))
    assert masked not in found.because
