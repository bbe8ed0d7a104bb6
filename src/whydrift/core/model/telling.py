"""Values as they leave: without the tokens that stand for secrets, and with integers that JSON readers can hold."""

from __future__ import annotations

import msgspec

from whydrift.core.model.secrets import masked
from whydrift.core.model.triage import Value
from whydrift.core.model.values import ABSENT, Json, MaybeJson

LARGEST = 2**63 - 1
"""Integers beyond 64 bit are told as text."""


def told(side: MaybeJson, equal: bool) -> Value | msgspec.UnsetType:
    """One side as it may leave, left out where it is absent; `equal` says whether the other side is the same."""
    return msgspec.UNSET if side is ABSENT else _without_tokens(side, equal)


def _without_tokens(side: Json, equal: bool) -> Value:
    """Masked values say only whether both sides are the same."""
    if isinstance(side, str) and masked(side):
        return {"masked": "same" if equal else "changed"}
    if isinstance(side, dict):
        return {key: _without_tokens(part, equal) for key, part in side.items()}
    if isinstance(side, list):
        return [_without_tokens(item, equal) for item in side]
    return str(side) if isinstance(side, int) and abs(side) > LARGEST else side
