"""Ignore rules under audit: what they take out, what they hide, what was meant, what would be enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.judge.rule_situations import Ruled, rule, written
from tests.core.judge.situations import config_map, deployment
from whydrift.core.audit import Ledger
from whydrift.core.judge.rule_dates import promised_end
from whydrift.core.model.audit import PartAnswer
from whydrift.core.model.snapshot import ApplicationSnapshot
from whydrift.core.model.values import Json, JsonObject, is_object

REPLICAS = rule(jsonPointers=["/spec/replicas"])
IMAGE = '.spec.template.spec.containers[]? | select(.name == "web") | .image'


def told(ruled: Ruled, complete: bool = True) -> tuple[PartAnswer, ...]:
    """The answer about one application."""
    ledger = Ledger(complete=complete)
    ledger.add(ruled.audit())
    return ledger.answers()


def faults(ruled: Ruled) -> list[str]:
    """What is wrong, over all parts."""
    return [fault.fault for part in told(ruled) for fault in part.faults]


def scaled(manager: str = "kubectl") -> list[tuple[JsonObject, JsonObject]]:
    """A Deployment that somebody scaled from 3 to 5."""
    return [(deployment(3), written(deployment(5), manager, "spec/replicas", time=None))]


def annotated(name: str, **annotations: str) -> JsonObject:
    """A ConfigMap with annotations (`__` stands for a slash)."""
    made = config_map(name, a="1")
    metadata = made["metadata"]
    assert is_object(metadata)
    named: dict[str, Json] = {key.replace("__", "/"): value for key, value in annotations.items()}
    return {**made, "metadata": {**metadata, "annotations": named}}


def test_a_person_s_change_under_a_rule_is_told_with_both_values() -> None:
    """kubectl scaled, the rule hides it: the change, who made it, what git says."""
    (part,) = told(Ruled(scaled(), [REPLICAS]))
    assert [fault.fault for fault in part.faults] == ["hides-change"]
    (hidden,) = part.hides
    assert (hidden.verdict, hidden.target, hidden.live, hidden.proven) == ("change", 3, 5, True)
    assert "kubectl set 5" in hidden.says and hidden.writers == ("kubectl",)


@pytest.mark.parametrize("wide", [["/spec"], ["/spec/replicas"]])
def test_a_change_that_two_rules_hide_is_hidden_by_both(wide: list[Json]) -> None:
    """Crossing one out shows nothing while the other is there: neither is called harmless for that."""
    parts = told(Ruled(scaled(), [REPLICAS, rule(jsonPointers=wide)]))
    assert [[(hidden.verdict, hidden.target, hidden.live) for hidden in part.hides] for part in parts] == [
        [("change", 3, 5)],
        [("change", 3, 5)],
    ]
    assert all("hides-change" in [fault.fault for fault in part.faults] for part in parts)
    quiet = told(Ruled(scaled(), [REPLICAS, rule(jsonPointers=["/spec/paused"])]))
    assert sorted(len(part.hides) for part in quiet) == [0, 1]


def test_a_rule_for_a_manager_may_miss_its_group_too() -> None:
    (part,) = told(Ruled(scaled(), [rule(group="", managedFieldsManagers=["kubectl"])]))
    (fault,) = part.faults
    assert (fault.fault, fault.instead[0].group) == ("matches-nothing", "apps") and "group is ''" in fault.says


def test_a_controller_s_value_is_what_the_rule_is_for() -> None:
    """An autoscaler's number is hidden, and nothing is wrong with that."""
    (part,) = told(Ruled(scaled("kube-controller-manager"), [REPLICAS]))
    assert part.faults == () and [hidden.verdict for hidden in part.hides] == ["controller"]


@pytest.mark.parametrize("options", [["RespectIgnoreDifferences=true"], []])
def test_a_release_is_blocked_only_where_syncs_respect_the_rule(options: list[str]) -> None:
    """git went on, live has what Argo CD wrote, the rule is respected: it never arrives."""
    live = written(deployment(image="example.com/web:1.0"), "argocd-controller", "spec/template/spec/containers")
    ruled = Ruled([(deployment(image="example.com/web:2.0"), live)], [rule(jqPathExpressions=[IMAGE])], options=options)
    assert faults(ruled) == (["blocks-release"] if options else [])
    assert len(told(ruled)[0].hides) == 1


@pytest.mark.parametrize(
    ("stated", "instead", "wrong"),
    [
        (rule(group="", jsonPointers=["/spec/replicas"]), ("apps", "Deployment", ""), "group is ''"),
        (rule(kind="deployments", jsonPointers=["/spec/replicas"]), ("apps", "Deployment", ""), "kind"),
        (rule(kind="Deploymnet", jsonPointers=["/spec/replicas"]), ("apps", "Deployment", ""), "kind"),
        (rule(name="wob", namespace="", jsonPointers=["/spec/replicas"]), ("apps", "Deployment", ""), ""),
        (rule(namespace="shopp", jsonPointers=["/spec/replicas"]), ("apps", "Deployment", ""), "namespace"),
        (rule(jsonPointers=["spec.replicas"]), ("apps", "Deployment", ""), "no JSON pointer"),
        (rule(jsonPointers=["/spec/Replicas"]), ("apps", "Deployment", ""), "another case"),
    ],
)
def test_the_rule_that_was_meant(stated: JsonObject, instead: tuple[str, str, str], wrong: str) -> None:
    """One correction away from the rule that is written there is one that matches."""
    (part,) = told(Ruled([(deployment(3), deployment(5))], [stated]))
    (fault,) = part.faults
    assert fault.fault == "matches-nothing" and wrong in fault.says
    if wrong:
        assert [(r.group, r.kind, r.name) for r in fault.instead] == [instead]
        assert fault.instead[0].json_pointers == ("/spec/replicas",)


def test_a_slash_in_a_key_and_another_name() -> None:
    """`~1` in an annotation's key; a name that is spelled almost like the object's."""
    sides = (annotated("settings", example__zone="a"), annotated("settings", example__zone="b"))
    stated = rule("ConfigMap", "", jsonPointers=["/metadata/annotations/example/zone"])
    (fault,) = told(Ruled([sides], [stated]))[0].faults
    assert fault.instead[0].json_pointers == ("/metadata/annotations/example~1zone",)
    stated = rule("ConfigMap", "", name="setings", jsonPointers=["/metadata/annotations/example~1zone"])
    (fault,) = told(Ruled([sides], [stated]))[0].faults
    assert fault.instead[0].name == "settings"


def test_a_rule_for_what_is_not_there_has_no_better_one() -> None:
    """No object of the kind, nothing that looks like it: said, and nothing is guessed."""
    (fault,) = told(Ruled(scaled(), [rule("Gateway", "gateway.networking.k8s.io", jsonPointers=["/spec/x"])]))[0].faults
    assert fault.fault == "matches-nothing" and not fault.instead


def test_a_rule_that_covers_equal_sides_is_not_dead() -> None:
    """It takes places out that are equal today: nothing is hidden, and it is not called without effect."""
    (part,) = told(Ruled([(deployment(3), deployment(3))], [REPLICAS]))
    assert (part.faults, part.hides, part.covers) == ((), (), 2)


def test_a_program_that_does_not_compile() -> None:
    """It stops the comparison of the whole application: worse than being without effect."""
    sound = Ruled([(deployment(3), deployment(3))])
    broken = replace(sound, rules=[rule(jqPathExpressions=[".spec | select("])])
    ledger = Ledger()
    ledger.add(broken.audit(ApplicationSnapshot(broken.application, sound.snapshot().objects)))
    assert [fault.fault for part in ledger.answers() for fault in part.faults] == ["does-not-compile"]


def test_too_wide_over_objects() -> None:
    """A rule for a kind that hides something in one of three objects: the one is enough."""
    pairs = [(config_map(name, a="1"), config_map(name, a="2" if name == "b" else "1")) for name in "abc"]
    (part,) = told(Ruled(pairs, [rule("ConfigMap", "", jsonPointers=["/data/a"])]))
    (fault,) = part.faults
    assert fault.fault == "too-wide"
    assert [(r.name, r.json_pointers) for r in fault.instead] == [("b", ("/data/a",))]


def test_too_wide_over_fields_and_list_items() -> None:
    """A whole map where one key differs; all containers where one does."""
    (part,) = told(
        Ruled([(config_map(a="1", b="1"), config_map(a="2", b="1"))], [rule("ConfigMap", "", jsonPointers=["/data"])])
    )
    assert [r.json_pointers for fault in part.faults for r in fault.instead] == [("/data/a",)]
    target, live = deployment(), deployment()
    for side, image in ((target, "a:1"), (live, "a:2")):
        side["spec"]["template"]["spec"]["containers"].append({"name": "side", "image": image})  # type: ignore[index, call-overload, union-attr]  # made above
    (part,) = told(Ruled([(target, live)], [rule(jqPathExpressions=[".spec.template.spec.containers[]?.image"])]))
    expected = '.spec.template.spec.containers[]? | select(.name == "side") | .image'
    assert [r.jq_path_expressions for fault in part.faults for r in fault.instead] == [(expected,)]


def test_what_is_as_narrow_as_can_be_is_left_alone() -> None:
    """One object, one pointer: nothing better is offered."""
    assert (
        faults(Ruled([(config_map(a="1"), config_map(a="2"))], [rule("ConfigMap", "", jsonPointers=["/data/a"])])) == []
    )


def test_of_two_rules_that_take_the_same_the_later_one_is_shadowed() -> None:
    """And a narrower one is shadowed by a wider one, wherever it stands."""
    pairs = [(config_map(a="1", b="1"), config_map(a="2", b="1"))]
    twice = [rule("ConfigMap", "", jsonPointers=["/data/a"])] * 2
    assert [(part.origin, [f.fault for f in part.faults]) for part in told(Ruled(pairs, twice))] == [
        ("spec.ignoreDifferences[1]", ["shadowed"]),
        ("spec.ignoreDifferences[0]", []),
    ]
    wider = [rule("ConfigMap", "", jsonPointers=["/data/a"]), rule("*", "*", jsonPointers=["/data"])]
    found = {part.origin: [f.fault for f in part.faults] for part in told(Ruled(pairs, wider))}
    assert found["spec.ignoreDifferences[0]"] == ["shadowed"]


def test_rules_of_the_settings_are_judged_over_the_whole_fleet_only() -> None:
    """What matches nothing in the selected applications may match elsewhere."""
    config = {"resource.customizations.ignoreDifferences.apps_Deployment": "jsonPointers: [/spec/paused]"}
    ruled = Ruled([(deployment(3), deployment(3))], config=config)
    assert [fault.fault for part in told(ruled) for fault in part.faults] == ["matches-nothing"]
    (part,) = told(ruled, complete=False)
    assert not part.judged and part.faults == () and part.application == ""


def test_managers() -> None:
    """A trusted manager hides what it wrote; a name that nobody has is without effect; the settings miss core kinds."""
    hpa = scaled("my-scaler")
    (part,) = told(Ruled(hpa, [rule(managedFieldsManagers=["my-scaler"])]))
    assert [hidden.path for hidden in part.hides] == ["/spec/replicas"]
    (part,) = told(Ruled(hpa, [rule(managedFieldsManagers=["my-scalr"])]))
    assert [r.managed_fields_managers for fault in part.faults for r in fault.instead] == [("my-scaler",)]
    live = written(config_map(a="2"), "writer", "data/a")
    config = {"resource.customizations.ignoreDifferences.ConfigMap": "managedFieldsManagers: [writer]"}
    (part,) = told(Ruled([(config_map(a="1"), live)], config=config))
    assert "core kind" in part.faults[0].says


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("ignoreDifferences", "until 2026-11-01, see OPS-7", ["expired"]),
        ("ignoreDifferences[0]", "remove after 2026-11-01", ["expired"]),
        ("ignoreDifferences[1]", "remove after 2026-11-01", []),
        ("ignoreDifferences", "until 2026-12-24", []),
        ("ignoreDifferences", "since 2026-01-01", []),
        ("contract", "until 2026-11-01", []),
    ],
)
def test_a_stated_end_that_has_passed(name: str, value: str, fault: list[str]) -> None:
    """Only where the Application says until when its rules are to be there."""
    ruled = Ruled([(deployment(3), deployment(3))], [REPLICAS], info=[{"name": name, "value": value}])
    assert faults(ruled) == fault
    assert promised_end(Ruled([]).application, "spec.ignoreDifferences[0]") is None
