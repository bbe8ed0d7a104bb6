"""Objects that run once and end: Jobs, pipeline runs, workflows."""

from __future__ import annotations

from whydrift.core.explain.subject import Subject
from whydrift.core.model.values import MaybeJson, child, items, text

RUN_KINDS = frozenset(
    {
        ("tekton.dev", "PipelineRun"),
        ("tekton.dev", "TaskRun"),
        ("tekton.dev", "CustomRun"),
        ("argoproj.io", "Workflow"),
        ("argoproj.io", "AnalysisRun"),
        ("argoproj.io", "Experiment"),
        ("kubeflow.org", "PyTorchJob"),
        ("sparkoperator.k8s.io", "SparkApplication"),
        ("velero.io", "Backup"),
        ("velero.io", "Restore"),
        ("postgresql.cnpg.io", "Backup"),
    }
)
"""Kinds of which each object is one run (their projects' own documentation)."""
ENDED = frozenset({"Succeeded", "Failed", "Error", "Completed", "Complete", "completed", "failed", "Successful"})


def is_run(subject: Subject) -> bool:
    """Whether the kind of the object is one whose objects are single runs."""
    return (subject.key.group, subject.key.kind) in RUN_KINDS


def ended(live: MaybeJson) -> str:
    """How a run (or Job) ended, in its own words; "" while it runs or where it says nothing."""
    phase = text(live, "status", "phase")
    if phase in ENDED:
        return f"phase {phase}"
    for condition in items(live, "status", "conditions"):
        kind, status = text(condition, "type"), text(condition, "status")
        if kind == "Succeeded" and status in ("True", "False"):
            return f"Succeeded is {status} ({text(condition, 'reason')})"
        if kind in ("Complete", "Failed") and status == "True":
            return kind
    return "completed" if child(live, "status", "completionTime") or child(live, "status", "finishedAt") else ""
