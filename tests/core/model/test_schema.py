"""What a schema answers about a path: built-in kinds and custom ones."""

from __future__ import annotations

import pytest

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.core.model.paths import Path
from whydrift.core.model.schema import Type
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson

WIDGETS: JsonObject = {
    "spec": {
        "group": "example.com",
        "names": {"kind": "Widget"},
        "versions": [
            {"name": "v1alpha1", "served": False, "schema": {"openAPIV3Schema": {"type": "object"}}},
            {
                "name": "v1",
                "served": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "mode": {"type": "string", "default": "Auto", "enum": ["Auto", "Manual"]},
                                    "quiet": {"type": "boolean", "default": False},
                                    "port": {"x-kubernetes-int-or-string": True},
                                    "raw": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                                    "template": {"type": "object", "x-kubernetes-embedded-resource": True},
                                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                                    "steps": {
                                        "type": "array",
                                        "items": {
                                            "type": "object",
                                            "properties": {"wait": {"type": "string", "default": "5s"}},
                                        },
                                    },
                                    "ports": {
                                        "type": "array",
                                        "x-kubernetes-list-type": "map",
                                        "x-kubernetes-list-map-keys": ["port"],
                                        "items": {"type": "object", "properties": {"port": {"type": "integer"}}},
                                    },
                                },
                            }
                        },
                    }
                },
            },
        ],
    }
}
CONTAINER: Path = ("spec", "template", "spec", "containers", 0)


def widget() -> Type:
    found = builtin_schemas().with_crds([WIDGETS]).type_of("example.com/v1", "Widget")
    assert found is not None
    return found


def deployment() -> Type:
    found = builtin_schemas().type_of("apps/v1", "Deployment")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("path", "kind", "default"),
    [
        (("spec", "mode"), "scalar", "Auto"),
        (("spec", "quiet"), "scalar", False),
        (("spec", "port"), "any", ABSENT),
        (("spec", "raw"), "map", ABSENT),
        (("spec", "template"), "struct", ABSENT),
        (("spec", "template", "metadata", "labels"), "map", ABSENT),
        (("spec", "labels", "any.name/at-all"), "scalar", ABSENT),
        (("spec", "steps", 4, "wait"), "scalar", "5s"),
        (("metadata", "finalizers"), "list", ABSENT),
    ],
)
def test_custom_kind(path: Path, kind: str, default: MaybeJson) -> None:
    found = widget().at(path)
    assert found is not None
    assert (found.kind, found.default) == (kind, default)


@pytest.mark.parametrize(
    "path", [("spec", "nothing"), ("spec", "raw", "x"), ("spec", "mode", "x"), ("spec", "labels", 0)]
)
def test_schema_is_silent(path: Path) -> None:
    assert widget().at(path) is None


@pytest.mark.parametrize(
    ("path", "list_type", "keys"),
    [
        ((*CONTAINER[:-1],), "map", ("name",)),
        ((*CONTAINER, "ports"), "map", ("containerPort", "protocol")),
        ((*CONTAINER, "args"), "atomic", ()),
        (("metadata", "finalizers"), "set", ()),
    ],
)
def test_lists_of_a_built_in_kind(path: Path, list_type: str, keys: tuple[str, ...]) -> None:
    found = deployment().at(path)
    assert found is not None
    assert (found.kind, found.list_type, found.list_keys) == ("list", list_type, keys)


def test_defaults_of_built_in_kinds_are_those_that_the_server_fills_in() -> None:
    protocol, name = (deployment().at((*CONTAINER, *rest)) for rest in (("ports", 0, "protocol"), ("name",)))
    assert protocol is not None and name is not None
    assert protocol.default == "TCP"
    assert name.default is ABSENT
    assert name.key_default == ""


def test_what_else_a_type_answers() -> None:
    mode, port, selector = (
        widget().at(("spec", "mode")),
        widget().at(("spec", "port")),
        deployment().at(("spec", "selector")),
    )
    assert mode is not None and port is not None and selector is not None
    assert mode.enum == ["Auto", "Manual"]
    assert port.int_or_string
    assert selector.is_atomic


def test_only_served_versions_have_a_type() -> None:
    schemas = builtin_schemas().with_crds([WIDGETS])
    assert schemas.type_of("example.com/v1alpha1", "Widget") is None
    assert builtin_schemas().type_of("example.com/v1", "Widget") is None
