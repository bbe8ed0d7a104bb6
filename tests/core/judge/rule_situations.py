"""Applications with ignore rules out of Python values, compared on the terms that they state, then audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.core.judge.situations import knowledge
from whydrift.core.compare import terms as terms_
from whydrift.core.compare.differences import shown_differences
from whydrift.core.compare.objects import compare_unmasked
from whydrift.core.compare.settings import settings_of_config_map
from whydrift.core.compare.terms import Terms
from whydrift.core.judge.rule_cover import Signature, signature
from whydrift.core.judge.rules_audit import PartAudit, RulesAudit, audit_rules
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference
from whydrift.core.model.fact_kinds import ARGOCD_CONFIG, ARGOCD_VERSION, SETTINGS
from whydrift.core.model.facts import FactKind, Facts, Gap
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.snapshot import ApplicationSnapshot, ObjectSnapshot, States, Verdict
from whydrift.core.model.values import ABSENT, Json, JsonObject, is_object
from whydrift.core.model.versions import assumed
from whydrift.usecases.facts import READERS

Pair = tuple[JsonObject, JsonObject]


@dataclass(frozen=True)
class Ruled:
    """An application of pairs (target, live) with rules; `config` is the data of argocd-cm, `version` Argo CD's own."""

    pairs: Sequence[Pair]
    rules: Sequence[Json] = ()
    config: dict[str, str] = field(default_factory=dict)
    options: Sequence[str] = ()
    info: Sequence[Json] = ()
    version: str = "v3.5.1"

    @property
    def application(self) -> Application:
        """The Application, synced once from one revision."""
        return Application(
            {
                "metadata": {"name": "shop", "namespace": "argocd"},
                "spec": {
                    "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
                    "ignoreDifferences": list(self.rules),
                    "syncPolicy": {"syncOptions": list(self.options)},
                    "info": list(self.info),
                },
                "status": {
                    "sync": {"revision": "b" * 40},
                    "history": [{"revision": "b" * 40, "deployedAt": "2026-11-01T10:00:00Z"}],
                    "reconciledAt": "2026-11-20T10:00:00Z",
                },
            }
        )

    @property
    def terms(self) -> Terms:
        """On which terms it is compared."""
        known = knowledge()
        needed = terms_.Knowledge(known.types, known.schemas, known.jq)
        return Terms.of(self.application, settings_of_config_map(self.config, assumed(self.version)), needed)

    def shown(self) -> dict[ObjectKey, tuple[Difference, ...]]:
        """What Argo CD would show, compared from scratch."""
        found = {}
        for target, live in self.pairs:
            both = compare_unmasked(target, live, self.terms)
            shown = shown_differences(both.predicted_live, both.normalized_live, target, live) if both.differs else ()
            found[key_of(target)] = shown
        return found

    def signatures(self) -> dict[ObjectKey, Signature]:
        """Where it differs, by object."""
        return {key: signature(found) for key, found in self.shown().items()}

    def snapshot(self) -> ApplicationSnapshot:
        """The application as it was read."""
        return ApplicationSnapshot(self.application, tuple(self._object(*pair) for pair in self.pairs))

    def _object(self, target: JsonObject, live: JsonObject) -> ObjectSnapshot:
        both = compare_unmasked(target, live, self.terms)
        states = States(target, live, both.normalized_live, both.predicted_live)
        verdict = Verdict.OUT_OF_SYNC if both.differs else Verdict.SYNCED
        return ObjectSnapshot(key_of(target), lambda: states, equal=not both.differs, verdict=verdict)

    def audit(self, snapshot: ApplicationSnapshot | None = None) -> RulesAudit:
        """The audit (of another snapshot), with the settings as the only fact that could be read."""
        values: dict[FactKind[object], object] = {
            SETTINGS: {},
            ARGOCD_CONFIG: self.config or {"url": "x"},
            ARGOCD_VERSION: self.version,
        }
        gaps = {kind: Gap(kind.name, "not read in this situation") for kind in READERS if kind not in values}
        return audit_rules(snapshot or self.snapshot(), lambda key: Facts(values, gaps), knowledge())

    def part(self, text: str) -> PartAudit:
        """The audit of one part."""
        return next(each for each in self.audit().parts if each.part.text == text)


def hides_of(part: PartAudit) -> dict[ObjectKey, Signature]:
    """What a part hides, by object."""
    found: dict[ObjectKey, list[Difference]] = {}
    for hidden in part.hides:
        found.setdefault(hidden.object.key, []).append(hidden.difference)
    return {key: signature(differences) for key, differences in found.items()}


def rule(kind: str = "Deployment", group: str = "apps", **more: Json) -> JsonObject:
    """A rule."""
    return {"group": group, "kind": kind, **more}


def written(live: JsonObject, manager: str, *fields: str, time: str | None = "2026-11-10T10:00:00Z") -> JsonObject:
    """A live object in which a manager owns fields: `spec/replicas`."""
    owned: JsonObject = {}
    for path in fields:
        here = owned
        for step in path.split("/"):
            below = here.setdefault(f"f:{step}", {})
            assert is_object(below)
            here = below
    entry: JsonObject = {"manager": manager, "operation": "Update", "apiVersion": "v1", "fieldsV1": owned}
    metadata = live["metadata"]
    assert is_object(metadata)
    entries = metadata.get("managedFields", ABSENT)
    before = entries if isinstance(entries, list) else []
    stamped: JsonObject = {**entry, **({"time": time} if time else {})}
    return {**live, "metadata": {**metadata, "managedFields": [*before, stamped]}}
