"""The terms on which the objects of an application are compared, and the strategies that they can ask for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from whydrift.core.compare.hooks import SYNC_OPTIONS, annotation_options
from whydrift.core.compare.ignore import JqPaths
from whydrift.core.compare.last_applied import last_applied
from whydrift.core.compare.rules import IgnoreRule, application_rules, rules_in_order
from whydrift.core.compare.rules_of_objects import stated_rules
from whydrift.core.compare.settings import ComparisonSettings
from whydrift.core.compare.typed.table import TypeTable
from whydrift.core.model.application import Application
from whydrift.core.model.schema import Schemas
from whydrift.core.model.values import JsonObject, items
from whydrift.core.model.versions import Since

ASKS_SERVER = Since(((3, 6, 0),))
"""Since then what is applied server-side is compared by the server's dry run; structured merge is gone."""


class Strategy(StrEnum):
    """How the two sides of an object are compared."""

    ONE_SIDED = "one-sided"
    TWO_WAY = "two-way"
    THREE_WAY = "three-way"
    STRUCTURED = "structured"
    SERVER_SIDE = "server-side"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a comparison must know of the world: built-in types, the cluster's schemas, and jq."""

    types: TypeTable
    schemas: Schemas
    jq: JqPaths


@dataclass(frozen=True)
class Terms:
    """On which terms the objects of an application are compared.

    `rules` are the application's own; those of the settings count too. `without_manager` is how Argo CD compares the
    masked sides of a Secret: it does not say who applies, so nothing is removed for having been applied before.
    """

    knowledge: Knowledge
    settings: ComparisonSettings = field(default_factory=ComparisonSettings)
    rules: tuple[IgnoreRule, ...] = ()
    server_side: bool = False
    structured: bool = False
    include_webhooks: bool = False
    without_manager: bool = False
    of_objects: bool = True
    """Whether objects add the rules that they state themselves; not where these stand among `rules` already."""

    @classmethod
    def of(cls, application: Application, settings: ComparisonSettings, knowledge: Knowledge) -> Terms:
        """The terms that an application asks for, under the settings of its Argo CD (CompareAppState)."""
        options, applied = application.compare_options, application.server_side_apply
        asks_server = ASKS_SERVER.holds(settings.release)
        wanted = settings.server_side_diff or "ServerSideDiff=true" in options or (applied and asks_server)
        return cls(
            knowledge=knowledge,
            settings=settings,
            rules=application_rules(items(application.raw, "spec", "ignoreDifferences")),
            server_side=wanted and "ServerSideDiff=false" not in options,
            structured=applied and not asks_server,
            include_webhooks="IncludeMutationWebhook=true" in options,
        )

    @cached_property
    def all_rules(self) -> tuple[IgnoreRule, ...]:
        """The rules of the application and of the settings, in the order in which they are applied."""
        return rules_in_order(self.rules, self.settings.overrides)

    def of_object(self, target: JsonObject | None) -> Terms:
        """The terms with the rules that git's object states for itself, where this Argo CD reads them."""
        own = stated_rules(target, self.settings.release) if self.of_objects else ()
        return replace(self, rules=(*self.rules, *own)) if own else self


@dataclass(frozen=True, slots=True)
class DryRunFailed:
    """The server refused the server-side apply in dry-run mode."""

    why: str


DryRun = JsonObject | DryRunFailed
"""What the server answered to a server-side apply in dry-run mode (manager argocd-controller, force)."""


def strategy_of(target: JsonObject | None, live: JsonObject | None, terms: Terms) -> Strategy:
    """The strategy that the terms ask for; the first that holds counts."""
    if target is None or live is None:
        return Strategy.ONE_SIDED
    if terms.server_side:
        return Strategy.SERVER_SIDE
    asks_server = ASKS_SERVER.holds(terms.settings.release)
    if terms.structured or ("ServerSideApply=true" in annotation_options(target, SYNC_OPTIONS) and not asks_server):
        return Strategy.STRUCTURED
    return Strategy.THREE_WAY if isinstance(last_applied(live), dict) else Strategy.TWO_WAY
