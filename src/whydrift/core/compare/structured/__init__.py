"""Structured merge: the API server's own apply, as Argo CD runs it to compare.

It knows types and managers; which strategy an application asks for and what it ignores is decided elsewhere.
"""

from whydrift.core.compare.structured.apply import (
    ARGOCD_MANAGER,
    structured_merge,
    surely_applied,
    type_of_object,
)
from whydrift.core.compare.structured.fields import stated_fields
from whydrift.core.compare.structured.server_side import server_side_predicted
from whydrift.core.compare.structured.trusted import drop_trusted_differences

__all__ = [
    "ARGOCD_MANAGER",
    "drop_trusted_differences",
    "server_side_predicted",
    "stated_fields",
    "structured_merge",
    "surely_applied",
    "type_of_object",
]
