"""What kustomize takes for helm: it lets renders of charts in the copy pass, and nothing else."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from whydrift.adapters.render.kustomize import GUARD


def guarded(place: Path, *arguments: str) -> tuple[int, str]:
    """What the guard does with a call: the code, and what was said. The helm behind it says what it was asked."""
    for name in ("copy/charts/web", "home/tmp", "outside"):
        (place / name).mkdir(parents=True, exist_ok=True)
    for name in ("copy/v.yaml", "copy/a,b.yaml", "home/tmp/v.yaml", "outside/v.yaml"):
        (place / name).write_text("")
    if not (place / "copy/link").is_symlink():
        (place / "copy/link").symlink_to(place / "outside")
    helm = place / "helm"
    helm.write_text('#!/bin/sh\necho "asked $HELM_CONFIG_HOME $*"\n')
    helm.chmod(helm.stat().st_mode | stat.S_IXUSR)
    filled = [argument.replace("@", str(place)) for argument in arguments]
    start = [sys.executable, "-I", "-S", str(GUARD), f"{place}/copy", f"{place}/home", str(helm), "--"]
    done = subprocess.run(
        [*start, *filled], capture_output=True, text=True, check=False, env={"HELM_CONFIG_HOME": "/root"}
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "call",
    [
        "version --short",
        "version -c --short",
        "template x @/copy/charts/web -f @/home/tmp/v.yaml -f @/copy/v.yaml --include-crds",
        "template --generate-name @/copy/charts/web --namespace n --kube-version 1.30.0 --api-versions a/v1",
    ],
)
def test_the_guard_lets_renders_pass(tmp_path: Path, call: str) -> None:
    """With helm's own files in the copy, whatever kustomize was told."""
    code, said = guarded(tmp_path, *call.split())
    assert code == 0 and said.startswith(f"asked {tmp_path}/home/config {call.split()[0]}")


@pytest.mark.parametrize(
    "call",
    [
        "pull --untar x",
        "repo add x https://example.com",
        "version",
        "template",
        "template x web",
        "template x oci://example.com/web",
        "template x @/outside",
        "template x @/copy/link",
        "template x @/copy/charts/../../outside",
        "template x @/copy/charts/web -f @/outside/v.yaml",
        "template x @/copy/charts/web -f @/copy/link/v.yaml",
        "template x @/copy/charts/web -f @/copy/a,b.yaml",
        "template x @/copy/charts/web -f @/copy/none.yaml",
        "template x @/copy/charts/web -f https://example.com/v.yaml",
        "template x @/copy/charts/web --values=@/copy/v.yaml",
        "template --post-renderer=@/copy/run.sh @/copy/charts/web",
        "template x y @/copy/charts/web",
        "template x @/copy/charts/web --repo https://example.com",
        "template x @/copy/charts/web --enable-dns",
        "template x @/copy/charts/web --dependency-update",
        "template x @/copy/charts/web -- --post-renderer",
    ],
)
def test_the_guard_refuses_all_else(tmp_path: Path, call: str) -> None:
    """Before helm is started."""
    code, said = guarded(tmp_path, *call.split())
    assert code != 0 and said.startswith("helm is not asked: ") and "asked /" not in said
