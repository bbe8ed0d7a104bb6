"""Laws of what means the same: defaults are filled in once and keep what git states; spellings agree both ways."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from whydrift.adapters.builtin.types import load_types
from whydrift.core.compare.differences import differences
from whydrift.core.compare.typed.quantity import canonical
from whydrift.core.explain.defaulting import with_defaults
from whydrift.core.explain.pruning import pruned_by
from whydrift.core.explain.spellings import may_be_one, same_by_go_type
from whydrift.core.model.drift import Kind
from whydrift.core.model.paths import Path
from whydrift.core.model.schema import Type
from whydrift.core.model.values import Json, JsonObject, same

NAMES = ("a", "b", "c")
SCALARS: st.SearchStrategy[JsonObject] = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "default": "x"},
        {"type": "integer", "default": 1},
        {"type": "string", "nullable": True},
    ]
)


def _blocks(below: st.SearchStrategy[JsonObject]) -> st.SearchStrategy[JsonObject]:
    properties = st.dictionaries(st.sampled_from(NAMES), below, max_size=3)
    structs = properties.map(lambda fields: {"type": "object", "properties": fields})
    return st.one_of(
        structs,
        structs.map(lambda struct: {**struct, "default": {}}),
        below.map(lambda schema: {"type": "array", "items": schema}),
        below.map(lambda schema: {"type": "object", "additionalProperties": schema}),
    )


SCHEMAS = st.recursive(SCALARS, _blocks, max_leaves=8)


@st.composite
def schema_and_value(draw: st.DrawFn) -> tuple[Type, Json]:
    schema = draw(SCHEMAS)
    return Type(schema, {}), draw(_values(schema))


def _values(schema: JsonObject) -> st.SearchStrategy[Json]:
    """Values that fit a schema, some of their fields left out or null."""
    match schema:
        case {"type": "array", "items": dict(below)}:
            return st.lists(_values(below), max_size=2).map(list)
        case {"additionalProperties": dict(below)}:
            return st.dictionaries(st.sampled_from(("k", "l")), _values(below), max_size=2)
        case {"properties": dict(fields)}:
            parts = {name: st.none() | _values(below) for name, below in fields.items() if isinstance(below, dict)}
            return st.fixed_dictionaries({}, optional=parts)
        case {"type": "integer"}:
            return st.integers(0, 3)
    return st.sampled_from(["x", "y"])


@given(schema_and_value())
def test_defaults_are_filled_in_once(case: tuple[Type, Json]) -> None:
    schema, value = case
    filled = with_defaults(value, schema)
    assert same(with_defaults(filled, schema), filled)


@given(schema_and_value())
def test_defaults_keep_what_git_states(case: tuple[Type, Json]) -> None:
    schema, value = case
    for found in differences({"spec": value}, {"spec": with_defaults(value, schema)}):
        assert found.kind is Kind.EXTRA or found.target is None


@given(schema_and_value())
def test_nothing_is_pruned_that_fits_the_schema(case: tuple[Type, Json]) -> None:
    schema, value = case
    for path in _paths(with_defaults(value, schema)):
        assert pruned_by(schema, path) is None
    if isinstance(value, dict) and "properties" in schema.schema:
        assert pruned_by(schema, ("unknown",)) is not None


def _paths(value: Json) -> Iterator[Path]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in steps:
        yield (step,)
        yield from ((step, *path) for path in _paths(below))


DEPLOYMENT: JsonObject = {"apiVersion": "apps/v1", "kind": "Deployment"}
CPU = ("spec", "template", "spec", "containers", 0, "resources", "limits", "cpu")
QUANTITIES = st.builds(lambda n, unit: f"{n}{unit}", st.integers(0, 5000), st.sampled_from(["", "m", "k", "Mi", "e3"]))


@given(QUANTITIES, QUANTITIES)
def test_spellings_agree_both_ways(a: str, b: str) -> None:
    types = load_types()
    assert same_by_go_type(DEPLOYMENT, CPU, a, b, types) == same_by_go_type(DEPLOYMENT, CPU, b, a, types)
    assert may_be_one(a, b) or not same_by_go_type(DEPLOYMENT, CPU, a, b, types)


@given(QUANTITIES)
def test_what_the_server_writes_is_the_same_quantity_and_never_the_same_text(text: str) -> None:
    types, written = load_types(), canonical(text)
    assert written is not None
    assert same_by_go_type(DEPLOYMENT, CPU, text, written, types) == "Quantity"
    config: JsonObject = {"apiVersion": "v1", "kind": "ConfigMap"}
    assert same_by_go_type(config, ("data", "CPU"), text, written, types) == ""
