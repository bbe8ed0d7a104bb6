"""The exact commands that a person could run instead of `whydrift apply`, and those that take a step back."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence

from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import Json, JsonObject


def commit_commands(repo: str, branch: str, step: str, patch: str, work: str) -> tuple[str, ...]:
    """Apply a patch on a branch of its own, and push it; in a clone that the steps of this branch share."""
    base = () if branch in ("", "HEAD") else ("--branch", branch)
    return (
        f"test -d {work} || {line('git', 'clone', *base, '--', repo, work)}",
        line("git", "-C", work, "switch", "--create", branch_name(step)),
        f"git -C {work} am < {shlex.quote(patch)}",
        line("git", "-C", work, "push", "origin", branch_name(step)),
    )


def commit_rollback(step: str, work: str) -> tuple[str, ...]:
    """Take a pushed commit back, whether it was merged or not."""
    return (
        f"git -C {work} push origin --delete {shlex.quote(branch_name(step))}   # not merged yet",
        f"git -C {work} revert --no-edit COMMIT   # merged: COMMIT is the one that was",
    )


def work_folder(number: int) -> str:
    """The folder that the commands of a runbook clone into: another one for each branch that is committed to."""
    return "work" if number == 1 else f"work-{number}"


def branch_name(step: str) -> str:
    """The branch that a step is pushed to."""
    return f"whydrift/{step}"


def application_command(application: Application, patch: JsonObject) -> str:
    """Patch an Application."""
    stated = json.dumps(patch, separators=(",", ":"), ensure_ascii=True)
    namespace = application.namespace
    return line(
        "kubectl", "-n", namespace, "patch", "applications.argoproj.io", application.name, "--type=merge", "-p", stated
    )


def sync_command(application: Application, objects: tuple[ObjectKey, ...]) -> str:
    """Sync only what the step is about; all of an application where no object is named."""
    chosen = [f"--resource={key.group}:{key.kind}:{key.namespace}/{key.name}" for key in objects]
    return line("argocd", "app", "sync", application.full_name, *chosen)


def diff_command(application: Application) -> str:
    """Look before the sync."""
    return line("argocd", "app", "diff", application.full_name)


def refresh_command(application: Application) -> str:
    """Let Argo CD compare again."""
    return line("argocd", "app", "get", application.full_name, "--refresh")


def explain_command(application: Application) -> str:
    """Read everything about an application."""
    return line("whydrift", "explain", application.selector)


def annotate_command(key: ObjectKey, wanted: Mapping[str, str]) -> str:
    """Annotate a live object; an empty value takes the annotation away."""
    stated = [f"{name}={value}" if value else f"{name}-" for name, value in wanted.items()]
    return line("kubectl", *_scope(key), "annotate", "--overwrite", resource(key), key.name, *stated)


def json_patch_command(key: ObjectKey, operations: Sequence[Json]) -> str:
    """Patch a live object, operation by operation; a test that fails refuses all of it."""
    stated = json.dumps(operations, separators=(",", ":"), ensure_ascii=True)
    return line("kubectl", *_scope(key), "patch", resource(key), key.name, "--type=json", "-p", stated)


def dump_command(key: ObjectKey, file: str) -> str:
    """Keep what is to be deleted."""
    return f"{line('kubectl', *_scope(key), 'get', resource(key), key.name, '-o', 'yaml')} > {shlex.quote(file)}"


def dump_file(key: ObjectKey) -> str:
    """The file that an object is kept in, another one for every object."""
    return "-".join(part for part in ("dump", key.namespace, resource(key), key.name) if part) + ".yaml"


def delete_command(key: ObjectKey) -> str:
    """Delete one object, and wait until it is gone."""
    return line("kubectl", *_scope(key), "delete", resource(key), key.name, "--wait=true")


def restore_command(file: str) -> str:
    """Create a deleted object again from what was kept."""
    return line("kubectl", "create", "-f", file)


def resource(key: ObjectKey) -> str:
    """A kind as kubectl takes it without doubt: `deployment.apps`, `configmap`."""
    return f"{key.kind.lower()}.{key.group}" if key.group else key.kind.lower()


def _scope(key: ObjectKey) -> tuple[str, ...]:
    return ("-n", key.namespace) if key.namespace else ()


def line(*words: str) -> str:
    """A command line in which every word stays one word."""
    return " ".join(map(shlex.quote, words))
