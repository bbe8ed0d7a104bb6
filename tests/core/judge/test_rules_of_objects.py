"""Rules that objects state themselves, under audit: where they stand, what has no effect, what they hide."""

from __future__ import annotations

import pytest

from tests.core.judge.rule_situations import Ruled, rule, written
from tests.core.judge.situations import config_map, deployment, with_metadata
from whydrift.core.audit import Ledger
from whydrift.core.compare.rules_of_objects import IGNORE_DIFFERENCES
from whydrift.core.model.audit import PartAnswer
from whydrift.core.model.values import JsonObject

REPLICAS = "jsonPointers: [/spec/replicas]"
NEW = "v3.6.1"
WEB = f"Deployment shop/web annotation {IGNORE_DIFFERENCES}"


def _told(ruled: Ruled) -> tuple[PartAnswer, ...]:
    ledger = Ledger()
    ledger.add(ruled.audit())
    return ledger.answers()


def _stating(stated: str, obj: JsonObject) -> JsonObject:
    return with_metadata(obj, {IGNORE_DIFFERENCES: stated})


def _scaled(stated: str = REPLICAS, manager: str = "kubectl") -> tuple[JsonObject, JsonObject]:
    live = written(_stating(stated, deployment(5)), manager, "spec/replicas", time=None)
    return _stating(stated, deployment(3)), live


@pytest.mark.parametrize(
    ("stated", "version", "says", "instead"),
    [
        (REPLICAS, "v3.5.1", "Argo CD 3.5.1 does not read this annotation", ("/spec/replicas",)),
        ("jqPathExpressions: [.spec.replicas]", NEW, "only jsonPointers are read", (".spec.replicas",)),
        ("managedFieldsManagers: [kubectl]", NEW, "only jsonPointers are read", ("kubectl",)),
        ("jsonPointers: [", NEW, "it is no YAML", ()),
        ("replicas", NEW, "it is no YAML", ()),
    ],
)
def test_what_has_no_effect_is_said_with_the_reason(
    stated: str, version: str, says: str, instead: tuple[str, ...]
) -> None:
    """What shows is not hidden by it, and the Application is where it would work."""
    (part,) = _told(Ruled([_scaled(stated)], version=version))
    (fault,) = part.faults
    assert (part.origin, fault.fault) == (WEB, "matches-nothing")
    assert says in fault.says and not part.hides
    found = [(*r.json_pointers, *r.jq_path_expressions, *r.managed_fields_managers) for r in fault.instead]
    assert found == ([instead] if instead else [])


def test_a_pointer_that_leads_nowhere_has_the_one_that_was_meant() -> None:
    (part,) = _told(Ruled([_scaled("jsonPointers: [/spec/Replicas]")], version=NEW))
    (fault,) = part.faults
    assert fault.fault == "matches-nothing" and fault.instead[0].json_pointers == ("/spec/replicas",)


def test_it_is_for_its_own_object_only() -> None:
    """Another object of the kind differs at the same place, and shows it."""
    other = deployment(3)
    other["metadata"] = {"name": "api", "namespace": "shop"}
    pairs = [_scaled(manager="kube-controller-manager"), (other, {**other, "spec": deployment(7)["spec"]})]
    ruled = Ruled(pairs, version=NEW)
    (part,) = _told(ruled)
    assert (part.objects, len(part.hides), part.faults) == (1, 1, ())
    assert [key.name for key, found in ruled.shown().items() if found] == ["api"]


def test_a_person_s_change_under_it_is_told() -> None:
    (part,) = _told(Ruled([_scaled()], version=NEW))
    assert [fault.fault for fault in part.faults] == ["hides-change"]
    (hidden,) = part.hides
    assert (hidden.verdict, hidden.target, hidden.live, hidden.proven) == ("change", 3, 5, True)


def test_too_wide_a_pointer_is_told_where_pointers_can_say_it_narrower() -> None:
    stated = "jsonPointers: [/spec]"
    (part,) = _told(Ruled([_scaled(stated, "kube-controller-manager")], version=NEW))
    (fault,) = part.faults
    assert fault.fault == "too-wide"
    assert [(r.name, r.json_pointers) for r in fault.instead] == [("web", ("/spec/replicas",))]


def test_what_the_application_s_own_rule_takes_out_too_is_shadowed() -> None:
    ruled = Ruled([_scaled(manager="keda-operator")], [rule(jsonPointers=["/spec/replicas"])], version=NEW)
    faults = {part.origin: [fault.fault for fault in part.faults] for part in _told(ruled)}
    assert faults == {"spec.ignoreDifferences[0]": [], WEB: ["shadowed"]}


def test_an_object_that_states_none_adds_none() -> None:
    assert _told(Ruled([(config_map(a="1"), config_map(a="1"))], version=NEW)) == ()
