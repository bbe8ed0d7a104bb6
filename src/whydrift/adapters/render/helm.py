"""A Helm chart out of git, rendered by the user's helm with the values that Argo CD passes.

Source: reposerver/repository/repository.go :: helmTemplate, getResolvedValueFiles; util/helm/cmd.go :: template,
cleanSetParameters. Dependencies are taken from the chart's own folder and from folders beside it, no registry is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import join, normpath

from whydrift.adapters.render.checkout import Checkout, NotRendered, inside
from whydrift.adapters.render.command import Limits, output_of
from whydrift.adapters.render.manifests import parsed
from whydrift.adapters.render.sources import Asked
from whydrift.adapters.render.value_files import ValueFile, resolved, value_files
from whydrift.core.model.values import Json, JsonObject, child, items, mapping, text
from whydrift.ports import Rendering

BESIDE = "file://"
VALUES = "values-of-the-application.json"


@dataclass(frozen=True)
class Chart:
    """A chart that was read with all that it is rendered from.

    `stated` is the source with all parameters; `checkouts` has the repositories by ref, "" is the chart's own; `values`
    are its value files in their order, `parameters` the files of parameters by name.
    """

    asked: Asked
    stated: JsonObject
    checkouts: Mapping[str, Checkout]
    values: tuple[ValueFile, ...]
    parameters: Mapping[str, ValueFile]

    @property
    def path(self) -> str:
        """The chart's folder in its repository."""
        return inside(self.asked.source.path)


async def read_chart(asked: Asked, stated: JsonObject, checkouts: Mapping[str, Checkout]) -> Chart:
    """Read the files that the values come from, and the charts that this one depends on."""
    if checkouts[""].file(join(inside(asked.source.path), "Chart.yaml")) is None:
        raise NotRendered(f"{asked.source.path or 'the repository'} holds no Chart.yaml")
    files = await value_files(asked, stated, checkouts)
    named = ((text(each, "name"), text(each, "path")) for each in items(stated, "helm", "fileParameters"))
    parameters = {name: resolved(asked, path, checkouts) for name, path in named}
    for file in parameters.values():
        await checkouts[file.ref].need(file.path)
    await _dependencies(checkouts[""], inside(asked.source.path))
    return Chart(asked, stated, checkouts, tuple(files), parameters)


async def helm_output(helm: tuple[str, ...], chart: Chart, rendering: Rendering, folder: Path, limits: Limits) -> bytes:
    """What a chart is rendered to; everything is written below `folder`, which is new."""
    places = {name: folder / f"source-{number}" for number, name in enumerate(chart.checkouts)}
    for name, checkout in chart.checkouts.items():
        checkout.write(places[name])
    arguments = ["template", ".", *_release(chart.asked, chart.stated, rendering), *_parameters(chart, places)]
    arguments += [part for file in chart.values for part in ("--values", str(places[file.ref] / file.path))]
    values = _own_values(mapping(chart.stated, "helm"), folder)
    arguments += ["--values", str(values)] if values else []
    arguments += _switches(chart.stated, rendering)
    return await output_of(helm, arguments, places[""] / chart.path, limits)


async def _dependencies(checkout: Checkout, chart: str) -> None:
    """Put charts that lie beside this one where helm looks for them, as `helm dependency build` would."""
    for file in ("Chart.yaml", "requirements.yaml"):
        content = checkout.file(join(chart, file))
        for stated in items(parsed(content, file), "dependencies") if content is not None else []:
            repository, name = text(stated, "repository"), text(stated, "name")
            if repository.startswith(BESIDE) and name and not _is_packaged(checkout, chart, name):
                beside = inside(normpath(join(chart, repository.removeprefix(BESIDE))))
                await checkout.need(beside)
                checkout.copy(beside, join(chart, "charts", name))


def _is_packaged(checkout: Checkout, chart: str, name: str) -> bool:
    charts = join(chart, "charts")
    packed = (each.removeprefix(f"{charts}/") for each in checkout.below(charts))
    return any(each.startswith((f"{name}/", f"{name}-")) for each in packed)


def _release(asked: Asked, stated: JsonObject, rendering: Rendering) -> Iterator[str]:
    helm, application = mapping(stated, "helm"), asked.application
    name = text(helm, "releaseName") or application.name
    if "{{" in name:  # its functions may ask a name server (Helm, pkg/action/install.go :: TemplateName)
        raise NotRendered("the name of the release is a template, which is not rendered here")
    yield from ("--name-template", name)
    namespace = text(helm, "namespace") or text(stated, "kustomize", "namespace") or application.destination_namespace
    if namespace:
        yield from ("--namespace", namespace)
    version = (text(helm, "kubeVersion") or rendering.kube_version).removeprefix("v")
    if version:
        yield from ("--kube-version", version)


def _parameters(chart: Chart, places: Mapping[str, Path]) -> Iterator[str]:
    """`--set` and its kin: of parameters with one name and kind the last one counts."""
    given: dict[tuple[str, str], str] = {}
    for each in items(chart.stated, "helm", "parameters"):
        flag = "--set-string" if child(each, "forceString") is True else "--set"
        given[flag, text(each, "name")] = chart.asked.substituted(text(each, "value"))
    for name, file in chart.parameters.items():
        given["--set-file", name] = str(places[file.ref] / file.path)
    for flag in ("--set", "--set-string", "--set-file"):
        for (of, name), value in given.items():
            if of == flag:
                yield from (flag, f"{name}={_escaped(value)}")


def _escaped(value: str) -> str:
    """A value in which commas stand for themselves; one in braces is a list."""
    if value.startswith("{") and value.endswith("}"):
        return value
    before = "\0" + value
    return "".join("\\," if here == "," and last != "\\" else here for last, here in zip(before, value, strict=False))


def _own_values(helm: JsonObject, folder: Path) -> Path | None:
    """The values that the Application states itself, as a file; its object counts more than its text (ValuesYAML)."""
    whole: Json = helm.get("valuesObject")
    written = json.dumps(whole) if whole else text(helm, "values")
    if not written:
        return None
    place = folder / VALUES
    place.write_text(written)
    return place


def _switches(stated: JsonObject, rendering: Rendering) -> Iterator[str]:
    helm = mapping(stated, "helm")
    served = [str(version) for version in items(helm, "apiVersions")] or list(rendering.api_versions)
    yield from (part for version in served for part in ("--api-versions", version))
    if helm.get("skipCrds") is not True:
        yield "--include-crds"
    if helm.get("skipSchemaValidation") is True:
        yield "--skip-schema-validation"
    if helm.get("skipTests") is True:
        yield "--skip-tests"
