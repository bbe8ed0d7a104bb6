"""A recording whose files are laid out anew: the same objects out of a chart and a file outside, by build options."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.adapters.render.repositories import Repository, git
from tests.replay.recorded import RECORDINGS, unpack
from tests.scenarios.planned import planned_for
from whydrift.core.remedy.offers import Offer

RECORDED = next(path for path in RECORDINGS if path.stem == "r-images-transformer-wins")
REVISION = "1b0a549eca0517dd39dccaec488c426950aad6a0"
OPTIONS = "--enable-helm --load-restrictor LoadRestrictionsNone"
OVERLAY = """helmGlobals: {chartHome: ../../charts}
helmCharts:
  - name: player
    valuesInline:
      tag: 2026.11.1
resources: [../../base/service.yaml]
"""
CHART = {
    "charts/player/Chart.yaml": "apiVersion: v2\nname: player\nversion: 1.0.0\n",
    "charts/player/values.yaml": "tag: latest\n",
}


def laid_out_anew(place: Path, options: str) -> Path:
    """The recording with its Deployment in a chart, read at a commit of its own, by an Argo CD with build options."""
    folder = unpack(RECORDED, place / "recording")
    git(place, "clone", "--quiet", str(folder / "git.bundle"), "before")
    base = place / "before" / "base"
    template = (base / "deployment.yaml").read_text().replace("player:latest", "player:{{ .Values.tag }}")
    files = {
        **CHART,
        "charts/player/templates/web.yaml": template,
        "base/service.yaml": (base / "service.yaml").read_text(),
    }
    repository = Repository.of(place / "after", {**files, "overlays/prod/kustomization.yaml": OVERLAY})
    (folder / "git.bundle").unlink()
    git(repository.place, "bundle", "create", "--quiet", str(folder / "git.bundle"), "main", "HEAD")
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.suffix == ".json":
            content = path.read_text().replace(REVISION, repository.revision)
            path.write_text(content.replace('"BuildOptions":""', f'"BuildOptions":"{options}"'))
        if REVISION in path.name:
            path.rename(path.with_name(path.name.replace(REVISION, repository.revision)))
    return folder


def offered(recording: Path) -> Offer:
    """What is offered for the image that somebody set by hand."""

    async def made() -> Offer:
        async with planned_for(recording, hidden=False) as found:
            [offer] = found.plan.offers
            return offer

    return asyncio.run(made())


def test_an_edit_of_a_charts_values_in_a_kustomization_is_proven(tmp_path: Path) -> None:
    """Where they are stated, with the options that Argo CD has."""
    offer = offered(laid_out_anew(tmp_path, OPTIONS))
    assert offer.edit is not None and offer.edit.where == "overlays/prod/kustomization.yaml:5"
    assert offer.proof is not None and (offer.proof.why_not, bool(offer.proof.closes)) == ("", True)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("", "helmCharts would run helm inside kustomize, which only --enable-helm allows"),
        ("--enable-helm", "security; file"),
        (f"{OPTIONS} --helm-debug", "kustomize.buildOptions: --helm-debug is not used here"),
    ],
)
def test_without_them_the_place_is_named_and_nothing_is_proven(tmp_path: Path, options: str, why: str) -> None:
    """The reason stands in the offer."""
    offer = offered(laid_out_anew(tmp_path, options))
    assert offer.edit is not None and offer.edit.where == "overlays/prod/kustomization.yaml:5"
    assert offer.proof is not None and why in offer.proof.why_not and not offer.proof.closes
