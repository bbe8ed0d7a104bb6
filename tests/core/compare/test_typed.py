"""The Go types of built-in kinds: re-encoding, quantities, defaults, held to what Go answers for random objects."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vector_bench import REPOSITORY, Bench
from tests.vectors import Vector, read, run

from whydrift.adapters.builtin.types import load_types
from whydrift.core.compare.typed.defaults import apply_defaults
from whydrift.core.compare.typed.quantity import add, canonical, parse_quantity, round_up_to_milli
from whydrift.core.compare.typed.remarshal import remarshal, remarshal_value
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, same, text
from whydrift.errors import NotComparable

FOLDER = REPOSITORY / "tests" / "data" / "vectors" / "typed"
TYPES = load_types()
ALL = list(read(FOLDER / "typed.jsonl.gz", "typed"))
VALUES = [vector for vector in ALL if text(vector.input, "op") == "value"]
STEPS = sorted({text(vector.input, "op") for vector in ALL} - {"value"})

DEPLOYMENT: JsonObject = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "template": {
            "spec": {"containers": [{"name": "web", "image": "web:1", "resources": {"limits": {"cpu": "1000m"}}}]}
        }
    },
}


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    bench = Bench(FOLDER)
    yield bench
    bench.jq.close()


@pytest.mark.parametrize("step", STEPS)
def test_random_objects_come_out_as_go_makes_them(step: str, bench: Bench) -> None:
    of_step = [vector for vector in ALL if text(vector.input, "op") == step]
    before = deepcopy([vector.input for vector in of_step])
    outcomes = [run(vector, bench) for vector in of_step]
    assert [outcome.vector.name for outcome in outcomes if not outcome.agrees] == []
    assert [vector.input for vector in of_step] == before


def test_random_values_of_known_types_come_out_as_go_makes_them() -> None:
    assert [vector.name for vector in VALUES if not same(_reencoded(vector), child(vector.output, "value"))] == []


def _reencoded(vector: Vector) -> MaybeJson:
    """The value after the round trip, ABSENT where it cannot be decoded, as in an answer that is an error."""
    try:
        return remarshal_value(vector.input["value"], text(vector.input, "type"), TYPES)
    except NotComparable:
        return ABSENT


def test_the_table_knows_the_kinds_of_the_scheme_and_argo_cds_known_types() -> None:
    assert TYPES.knows("apps/v1", "Deployment")
    assert not TYPES.knows("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    assert not TYPES.knows("apiregistration.k8s.io/v1", "APIService")
    known = [name for name in TYPES.names() if TYPES.is_known_type(name)]
    assert len([name for name in known if name.startswith("core/v1/")]) == 242
    assert {"core/Quantity", "meta/v1/Duration"} == {name for name in known if not name.startswith("core/v1/")}
    assert not TYPES.is_known_type("apps/v1/DeploymentSpec")


def test_one_unknown_field_stops_the_re_encoding_of_the_whole_object() -> None:
    assert child(remarshal(DEPLOYMENT, TYPES), *_CPU) == "1"
    misspelt = {**DEPLOYMENT, "spce": {}}
    assert remarshal(misspelt, TYPES) == misspelt


def test_a_field_in_the_wrong_letter_case_is_dropped() -> None:
    config: JsonObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "Immutable": True}
    assert remarshal(config, TYPES) == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}


def test_defaults_fill_in_what_is_not_stated() -> None:
    filled = apply_defaults(DEPLOYMENT, TYPES)
    assert child(filled, "spec", "replicas") == 1
    assert child(filled, "spec", "strategy", "rollingUpdate", "maxSurge") == "25%"
    assert child(filled, "spec", "template", "spec", "containers", 0, "imagePullPolicy") == "IfNotPresent"
    assert child(filled, "spec", "template", "spec", "securityContext") == {}
    assert filled["metadata"] == DEPLOYMENT["metadata"]
    assert child(filled, *_CPU) == child(DEPLOYMENT, *_CPU)
    stated: JsonObject = {**DEPLOYMENT, "spec": {"replicas": 0}}
    assert child(apply_defaults(stated, TYPES), "spec", "replicas") == 0


def test_defaults_come_once() -> None:
    once = apply_defaults(DEPLOYMENT, TYPES)
    assert apply_defaults(once, TYPES) == once


def test_kinds_without_a_go_type_stay_as_they_are() -> None:
    widget: JsonObject = {"apiVersion": "example.com/v1", "kind": "Widget", "spec": {"cpu": "1000m", "empty": ""}}
    assert remarshal(widget, TYPES) == widget
    assert apply_defaults(widget, TYPES) == widget


_CPU = ("spec", "template", "spec", "containers", 0, "resources", "limits", "cpu")
SUFFIXES = ["", "n", "u", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti", "e3", "e-2"]
quantities = st.builds(
    lambda number, suffix: f"{number}{suffix}", st.integers(-(10**6), 10**6), st.sampled_from(SUFFIXES)
)


@given(quantities)
def test_a_canonical_quantity_is_the_same_amount_and_stays_as_it_is(quantity: str) -> None:
    spelled = canonical(quantity)
    assert spelled is not None
    assert parse_quantity(spelled) == parse_quantity(quantity)
    assert canonical(spelled) == spelled


@given(quantities, quantities)
def test_a_sum_of_quantities_is_the_sum_of_their_amounts(a: str, b: str) -> None:
    assert parse_quantity(add(a, b)) == (parse_quantity(a) or 0) + (parse_quantity(b) or 0)


@given(quantities)
def test_rounding_adds_less_than_a_thousandth(quantity: str) -> None:
    before, after = parse_quantity(quantity), parse_quantity(round_up_to_milli(quantity))
    assert before is not None and after is not None
    assert 0 <= abs(after) - abs(before) < Fraction(1, 1000)


def test_beyond_the_largest_suffix_go_loses_the_zeros() -> None:
    assert canonical("1000E") == "1"


@pytest.mark.parametrize("text", ["", "1X", "m1", "1 ", "--1", "1e", "0x1", "1ki", "½"])
def test_what_is_no_quantity_has_no_amount(text: str) -> None:
    assert parse_quantity(text) is None


def test_quantities_that_are_spelled_differently_can_be_one_amount() -> None:
    assert parse_quantity("1000m") == parse_quantity("1") == 1
    assert parse_quantity("3072Mi") == parse_quantity("3Gi")
    assert parse_quantity("1Gi") != parse_quantity("1G")
