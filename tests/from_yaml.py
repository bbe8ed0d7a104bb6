"""YAML of test data, read by libyaml: the reader in Python takes ten times as long."""

from __future__ import annotations

from typing import Any

import yaml


def from_yaml(text: str | bytes) -> Any:
    """The one document of a text; None for an empty one. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def all_from_yaml(text: str | bytes) -> list[Any]:
    """Every document of a text, empty ones as None. Raises yaml.YAMLError."""
    return list(yaml.load_all(text, Loader=yaml.CSafeLoader))
