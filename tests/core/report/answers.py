"""Answers by hand: the structs that renderers read, with everything that nobody cares about filled in."""

from __future__ import annotations

import msgspec

from whydrift.core.model.explanation import Side, Strength
from whydrift.core.model.triage import (
    ApplicationAnswer,
    ArgocdAnswer,
    DifferenceAnswer,
    EvidenceAnswer,
    ExplanationAnswer,
    ObjectAnswer,
    ReadAnswer,
    SourceAnswer,
    Value,
)


def difference(
    field: str = "spec.replicas",
    cause: str = "person-edits-live",
    side: Side | None = Side.ASK,
    target: Value = 3,
    live: Value = 5,
    shown: bool = True,
) -> DifferenceAnswer:
    """A field that differs; `cause` "" leaves it unexplained."""
    evidence = (EvidenceAnswer(fact="managed-fields", says="kubectl wrote it at 2026-11-20T08:00:00Z"),)
    because = ExplanationAnswer(
        cause=cause, strength=Strength.ATTRIBUTED, why=f"kubectl set {live}, git says {target}", evidence=evidence
    )
    return DifferenceAnswer(
        path="/" + field.replace(".", "/") if field else "",
        field=field,
        kind="modified",
        shown=shown,
        explanations=(because,) if cause else (),
        target=target,
        live=live,
        side=side if side and cause else msgspec.UNSET,
    )


def an_object(
    *differences: DifferenceAnswer, id_: str = "apps/Deployment/web", namespace: str = "shop"
) -> ObjectAnswer:
    """An object with its differences."""
    return ObjectAnswer(
        id=id_, namespace=namespace, argocd="OutOfSync", state="modified", differences=differences or (difference(),)
    )


def application(
    *objects: ObjectAnswer, name: str = "shop", not_read: str = "", sync: str = "OutOfSync"
) -> ApplicationAnswer:
    """An application with its objects."""
    return ApplicationAnswer(
        name=name,
        namespace="argocd",
        project="default",
        argocd=ArgocdAnswer(sync=sync, health="Healthy", revision="a" * 40, reconciled_at="2026-11-20T10:00:00Z"),
        agrees=True,
        objects=objects,
        sources=(SourceAnswer(repo="https://git.example.com/apps.git", path="apps/shop", revision="a" * 40),),
        compared_by="three-way",
        not_read=not_read,
    )


def read(complete: bool = True) -> ReadAnswer:
    """How it was read."""
    return ReadAnswer(source="fleet.zip", at="2026-11-22T07:00:00Z", complete=complete, gaps=(), requests=3, renders=0)
