"""What many objects share is told once."""

from __future__ import annotations

import pytest

from tests.core.report.answers import an_object, application, difference, read
from whydrift.core.model.explanation import Side
from whydrift.core.report.tally import Tally
from whydrift.core.report.triage_text import triage_text
from whydrift.core.report.words import Ink, plural, under_one_root

CAUSE = "schema-defaults-field"


def told(names: list[str], fields: list[str], side: Side = Side.EQUIVALENT) -> list[str]:
    """The lines of a scan in which each application has one such object with these fields."""
    tally = Tally()
    for number, name in enumerate(names):
        found = [difference(field, CAUSE, side) for field in fields]
        tally.add(application(an_object(*found, id_=f"example.com/Policy/p{number}"), name=name))
    return triage_text(tally, read(), {}, Ink()).splitlines()


def test_a_pattern_over_applications_is_one_line() -> None:
    """One kind, two fields below one root: one line, with how many of what and where."""
    lines = told(["a", "b", "c"], ["spec.rules[0].action", "spec.rules[1].mode"])
    about = [line.strip() for line in lines if "Polic" in line and "apps" in line]
    assert about == ["3 Policies in 3 apps, one cause, one fix: spec.rules[].{action, mode}"]


def test_a_single_object_is_no_pattern() -> None:
    """What happens once is not told as what many share."""
    assert not [line for line in told(["a"], ["spec.mode"]) if "Polic" in line and "one fix" in line]


@pytest.mark.parametrize(
    ("kind", "many"),
    [
        ("Deployment", "Deployments"),
        ("Ingress", "Ingresses"),
        ("NetworkPolicy", "NetworkPolicies"),
        ("Endpoints", "Endpoints"),
        ("Gateway", "Gateways"),
    ],
)
def test_kinds_for_many(kind: str, many: str) -> None:
    """As people write them."""
    assert plural(kind) == many


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (["spec.a"], "spec.a"),
        (["spec.a", "spec.b"], "spec.{a, b}"),
        (["spec.a", "data.b"], "spec.a, data.b"),
        (["spec", "spec.a"], "spec, spec.a"),
        ([], ""),
    ],
)
def test_what_fields_share_is_told_once(fields: list[str], line: str) -> None:
    """A field is never swallowed by its own parent."""
    assert under_one_root(fields) == line
