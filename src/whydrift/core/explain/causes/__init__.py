"""The catalogue: every cause, in the order in which equally strong claims are shown. Explicit; nothing registers itself."""

from __future__ import annotations

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.causes import person_edits_live, schema_defaults_field, writer_drops_empty_value

CATALOGUE: tuple[Cause, ...] = (
    schema_defaults_field.CAUSE,
    writer_drops_empty_value.CAUSE,
    person_edits_live.CAUSE,
)
