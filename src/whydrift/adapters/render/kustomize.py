"""A kustomization out of git, built by the user's kustomize or kubectl; with the Application's own settings added.

Source: util/kustomize/kustomize.go :: Build. The settings are written into the kustomization of the copy, as
`kustomize edit` does it (kustomize/commands/edit/set/setimage.go), because kubectl has no `edit`.
"""

from __future__ import annotations

import re
import shlex
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import join

from whydrift.adapters.render.build_options import BuildOptions
from whydrift.adapters.render.checkout import Checkout, NotRendered, inside
from whydrift.adapters.render.command import Limits, home_of, output_of
from whydrift.adapters.render.kustomization import kustomization_of, read_references
from whydrift.adapters.render.manifests import parsed, written
from whydrift.adapters.render.sources import Asked
from whydrift.core.model.values import Json, JsonObject, child, is_object, items, mapping, text
from whydrift.ports import Blob, Rendering

TAGGED = re.compile(r"(.*):([a-zA-Z0-9._-]*|\*)", re.DOTALL)
GUARD = Path(__file__).with_name("helm_guard.py")
KEPT = "*"
"""What stands for the name, tag or digest that the kustomization already has."""


@dataclass(frozen=True)
class Build:
    """A kustomization that was read, and what its build is given. `charts`: whether helm renders charts in it."""

    asked: Asked
    checkout: Checkout
    charts: bool = False
    for_helm: tuple[str, ...] = ()


async def kustomized(
    kustomize: tuple[str, ...], helm: tuple[str, ...] | None, build: Build, folder: Path, limits: Limits
) -> bytes:
    """What a kustomization is built to; it is written below `folder`, which is new."""
    source = folder / "source"
    build.checkout.write(source)
    arguments = [f"./{inside(build.asked.source.path)}"]
    if build.charts:
        if helm is None:
            raise NotRendered("helm is not installed")
        arguments += ["--enable-helm", "--helm-command", str(guarded(helm, source)), *build.for_helm]
    return await output_of(kustomize, arguments, source, limits)


def guarded(helm: tuple[str, ...], source: Path) -> Path:
    """What kustomize is given for helm: a script that asks helm for renders of charts below `source`, nothing else."""
    home = home_of(source)
    place = home / "helm"
    command = [sys.executable, "-I", "-S", str(GUARD), str(source), str(home), *helm, "--"]
    place.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    place.chmod(stat.S_IRWXU)
    return place


async def read_kustomization(
    asked: Asked, stated: JsonObject, checkout: Checkout, options: BuildOptions, rendering: Rendering
) -> Build:
    """Read everything that the kustomization refers to, with the Application's settings in it."""
    path = inside(asked.source.path)
    settings = mapping(stated, "kustomize")
    if settings:
        name = kustomization_of(checkout, path)
        content = parsed(checkout.file(name) or b"", name)
        await _read_components(checkout, path, settings)
        changed = with_settings(content, settings, asked, checkout)
        checkout.files[name] = Blob(written(changed))
    charts = await read_references(checkout, path, options)
    return Build(asked, checkout, charts, (*options.passed, *_cluster(stated, rendering)) if charts else ())


def _cluster(stated: JsonObject, rendering: Rendering) -> Iterator[str]:
    """What helm is told of the cluster: the Application's word, else how it is (types.go, GetKubeVersionOrDefault)."""
    tools = (mapping(stated, "helm"), mapping(stated, "kustomize"))
    version = next((v for tool in tools if (v := text(tool, "kubeVersion"))), rendering.kube_version).removeprefix("v")
    if version:
        yield from ("--helm-kube-version", version)
    served = next((s for tool in tools if (s := items(tool, "apiVersions"))), list(rendering.api_versions))
    yield from (part for each in served for part in ("--helm-api-versions", str(each)))


async def _read_components(checkout: Checkout, path: str, settings: JsonObject) -> None:
    for component in items(settings, "components"):
        await checkout.need(inside(join(path, str(component))))


def with_settings(kustomization: JsonObject, settings: JsonObject, asked: Asked, checkout: Checkout) -> JsonObject:
    """A kustomization with `source.kustomize` added to it."""
    for ours, theirs in (("namePrefix", "namePrefix"), ("nameSuffix", "nameSuffix"), ("namespace", "namespace")):
        if text(settings, ours):
            kustomization = {**kustomization, theirs: text(settings, ours)}
    images = [asked.substituted(str(image)) for image in items(settings, "images")]
    if images:
        kustomization = {**kustomization, "images": _with_images(items(kustomization, "images"), images)}
    replicas = [each for each in items(settings, "replicas") if is_object(each)]
    if replicas:
        kustomization = {**kustomization, "replicas": _with_replicas(items(kustomization, "replicas"), replicas)}
    kustomization = _with_labels(kustomization, settings, asked)
    kustomization = _with_annotations(kustomization, settings, asked)
    return _with_lists(kustomization, settings, asked, checkout)


def _with_images(there: list[Json], added: list[str]) -> list[Json]:
    """Entries by name; one that is set takes the place of the one that was there."""
    by_name: dict[str, Json] = {text(entry, "name"): entry for entry in there}
    for image in added:
        entry = _image(image)
        name = text(entry, "name")
        kept = mapping(by_name.get(name))
        by_name[name] = {key: kept.get(key, "") if value == KEPT else value for key, value in entry.items()}
    return [by_name[name] for name in sorted(by_name)]


def _image(stated: str) -> JsonObject:
    """`name=newName:tag@digest` with any of the parts left out (kustomize edit set image)."""
    name, equals, value = stated.partition("=")
    rest = value if equals else name
    rest, _, digest = rest.partition("@")
    tagged = TAGGED.fullmatch(rest)
    new_name, tag = (tagged[1], tagged[2]) if tagged else (rest, "")
    parts = {
        "name": name if equals else new_name,
        "newName": new_name if equals else "",
        "newTag": tag,
        "digest": digest,
    }
    return {key: part for key, part in parts.items() if part}


def _with_replicas(there: list[Json], added: list[JsonObject]) -> list[Json]:
    by_name: dict[str, Json] = {text(entry, "name"): entry for entry in there}
    for entry in added:
        by_name[text(entry, "name")] = {"name": text(entry, "name"), "count": int(str(entry.get("count", 0)))}
    return list(by_name.values())


def _with_labels(kustomization: JsonObject, settings: JsonObject, asked: Asked) -> JsonObject:
    labels: JsonObject = {k: asked.substituted(str(v)) for k, v in mapping(settings, "commonLabels").items()}
    if not labels:
        return kustomization
    force = settings.get("forceCommonLabels") is True
    if settings.get("labelWithoutSelector") is True:
        templates = settings.get("labelIncludeTemplates") is True
        return {**kustomization, "labels": _with_bare(items(kustomization, "labels"), labels, templates, force)}
    if settings.get("labelIncludeTemplates") is True:  # kustomize/commands/edit/add/addmetadata.go :: validateAndParse
        raise NotRendered("labelIncludeTemplates needs labelWithoutSelector")
    return _added(kustomization, "commonLabels", labels, force)


def _with_bare(there: list[Json], labels: JsonObject, templates: bool, force: bool) -> list[Json]:
    """Labels without selectors: in the first entry of their kind, else in one of their own (writeToLabels)."""
    entry: JsonObject = {"includeSelectors": False, "includeTemplates": templates}
    alike = (n for n, each in enumerate(there) if all((child(each, key) is True) is on for key, on in entry.items()))
    place = next(alike, len(there))
    own = mapping(there[place]) if place < len(there) else entry
    return [*there[:place], _added(own, "pairs", labels, force), *there[place + 1 :]]


def _with_annotations(kustomization: JsonObject, settings: JsonObject, asked: Asked) -> JsonObject:
    fill = settings.get("commonAnnotationsEnvsubst") is True
    stated = mapping(settings, "commonAnnotations").items()
    annotations: JsonObject = {key: asked.substituted(str(value)) if fill else str(value) for key, value in stated}
    if not annotations:
        return kustomization
    return _added(kustomization, "commonAnnotations", annotations, settings.get("forceCommonAnnotations") is True)


def _added(kustomization: JsonObject, name: str, pairs: Mapping[str, Json], force: bool) -> JsonObject:
    there = mapping(kustomization, name)
    twice = next((key for key in pairs if key in there), None)
    if twice is not None and not force:
        raise NotRendered(f"{name} {twice} stands in the kustomization already")
    return {**kustomization, name: {**there, **pairs}}


def _with_lists(kustomization: JsonObject, settings: JsonObject, asked: Asked, checkout: Checkout) -> JsonObject:
    """Patches and components behind those that are there; optional components only where they exist."""
    components = items(settings, "components")
    if child(settings, "ignoreMissingComponents") is True:
        path = inside(asked.source.path)
        components = [each for each in components if checkout.has_folder(inside(join(path, str(each))))]
    for name, added in (("patches", items(settings, "patches")), ("components", components)):
        if added:
            kustomization = {**kustomization, name: [*items(kustomization, name), *added]}
    return kustomization
