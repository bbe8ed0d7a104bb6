"""Build options of kustomize: charts by the user's helm, files outside of the folder, and what stays refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.adapters.render.repositories import URL, Link, Repository, config, data_of, made, names, rendered
from tests.adapters.render.tools import tools

from whydrift.adapters.git.repository import GitRepositories
from whydrift.adapters.render.build_options import BuildOptions, build_options
from whydrift.adapters.render.checkout import NotRendered
from whydrift.adapters.render.renderer import ToolRenderer, Tools
from whydrift.core.model.values import Json, JsonObject, mapping, text
from whydrift.ports import NotRead, Rendering

HELM, NONE = "--enable-helm", "--load-restrictor LoadRestrictionsNone"
Files = dict[str, str | bytes | Link]
TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata: {name: shown, namespace: {{ .Release.Namespace }}}
data:
  size: {{ .Values.size | quote }}
  other: {{ .Values.other | quote }}
  release: {{ .Release.Name }}
  cluster: {{ .Capabilities.KubeVersion.Version }}
  serves: {{ .Capabilities.APIVersions.Has "example.com/v1" | quote }}
"""


def chart(home: str, name: str = "web") -> Files:
    """A small chart in a folder of charts."""
    return {
        f"{home}/{name}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n",
        f"{home}/{name}/values.yaml": "size: own\nother: own\n",
        f"{home}/{name}/templates/a.yaml": TEMPLATE,
    }


def stated(**kustomization: Json) -> Files:
    """The kustomization of the application."""
    return {"app/kustomization.yaml": json.dumps(kustomization)}


def charts(*entries: JsonObject, **more: Json) -> Files:
    """One that renders charts, the one called web unless an entry says otherwise."""
    each: list[Json] = [{"name": "web", **entry} for entry in entries]
    return stated(helmCharts=each, **more)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("", BuildOptions()),
        (HELM, BuildOptions(helm=True)),
        ("--enable-helm=true  --enable-helm=false", BuildOptions()),
        (NONE, BuildOptions(outside=True)),
        ("--load-restrictor=LoadRestrictionsNone --enable-helm", BuildOptions(helm=True, outside=True)),
        (f"{NONE} --load-restrictor=LoadRestrictionsRootOnly", BuildOptions()),
        ("--reorder none", BuildOptions()),
        ("--enable-alpha-plugins=false", BuildOptions()),
        ("--enable-alpha-plugins --enable-exec", BuildOptions(programs="--enable-alpha-plugins")),
        ("--network --network-name x", BuildOptions(programs="--network")),
        ("-e A=b", BuildOptions(programs="-e")),
        ("--helm-kube-version 1.30.0", BuildOptions(passed=("--helm-kube-version", "1.30.0"))),
    ],
)
def test_options_are_read_as_flags_are(line: str, options: BuildOptions) -> None:
    """A switch takes a value only after `=`; the last one counts."""
    assert build_options(line) == options


@pytest.mark.parametrize(
    "line", ["--helm-command=/bin/sh", "--load-restrictor Odd", "--enable-helm=maybe", "-o out", "/etc", "--new-flag"]
)
def test_an_option_that_is_not_known_is_refused(tmp_path: Path, line: str) -> None:
    """It might make another render than ours."""
    with pytest.raises(NotRendered, match=r"kustomize\.buildOptions: .* is not used here"):
        build_options(line)
    files: Files = {**stated(resources=["a.yaml"]), "app/a.yaml": config("a", x="1")}
    assert "kustomize.buildOptions" in str(made(tmp_path, "Kustomize", files, options=line))


@pytest.mark.parametrize(
    ("entry", "size", "other"),
    [
        ({}, "own", "own"),
        ({"valuesInline": {"size": "inline"}}, "inline", "own"),
        ({"valuesFile": "v.yaml"}, "file", "own"),
        ({"valuesFile": "v.yaml", "valuesInline": {"other": "inline"}}, "file", "inline"),
        ({"valuesFile": "v.yaml", "valuesInline": {"size": "inline"}, "valuesMerge": "merge"}, "file", "own"),
        ({"additionalValuesFiles": ["v.yaml"], "valuesInline": {"size": "inline"}}, "file", "own"),
    ],
    ids=str,
)
def test_a_chart_that_is_in_the_repository_is_rendered(
    tmp_path: Path, entry: JsonObject, size: str, other: str
) -> None:
    """With the values that the kustomization states; without the option it is not."""
    files = {**chart("app/charts"), **charts(entry), "app/v.yaml": "size: file\n"}
    data = mapping(data_of(rendered(tmp_path / "1", "Kustomize", files, options=HELM), "shown"))
    assert (data["size"], data["other"]) == (size, other)
    assert "only --enable-helm allows" in str(made(tmp_path / "2", "Kustomize", files))


def test_helm_is_told_of_the_cluster_what_argocd_tells_it(tmp_path: Path) -> None:
    """The cluster's version and APIs, or those that the Application states for kustomize."""
    repository = Repository.of(tmp_path / "repository", {**chart("app/charts"), **charts({"releaseName": "shop"})})

    def said(**kustomize: Json) -> Json:
        application = repository.application("Kustomize", {"path": "app", "kustomize": kustomize})
        cluster = Rendering(application, {}, None, None, "v1.30.2", ("example.com/v1",), False, {"": HELM})
        found = asyncio.run(repository.renderer().render(cluster))
        assert not isinstance(found, NotRead), found.why
        data = mapping(next(iter(found.values())), "data")
        return [data["release"], data["cluster"], data["serves"]]

    assert said() == ["shop", "v1.30.2", "true"]
    assert said(kubeVersion="1.29.1", apiVersions=["example.com/v2"]) == ["shop", "v1.29.1", "false"]


def test_options_of_a_version_stand_for_applications_that_ask_for_it(tmp_path: Path) -> None:
    """And those without a name for all others."""
    repository = Repository.of(tmp_path / "repository", {**chart("app/charts"), **charts({})})

    def is_rendered(version: str) -> bool:
        application = repository.application("Kustomize", {"path": "app", "kustomize": {"version": version}})
        options = {"": HELM, "v4": ""}
        found = asyncio.run(repository.renderer().render(Rendering(application, build_options=options)))
        return not isinstance(found, NotRead)

    assert (is_rendered("v5"), is_rendered("v4")) == (True, False)


def test_files_outside_of_the_folder_are_read_where_that_is_allowed(tmp_path: Path) -> None:
    """Resources, patches, generated files, values and charts; an edit of such a file counts, a link is followed."""
    files: Files = {
        **chart("charts"),
        **charts(
            {"valuesFile": "../v.yaml", "additionalValuesFiles": ["../w.yaml"]},
            helmGlobals={"chartHome": "../charts"},
            resources=["../b.yaml", "../base", "link.yaml"],
            patches=[{"path": "../patch.yaml", "target": {"name": "b"}}],
            configMapGenerator=[{"name": "g", "files": ["../c/d.txt", "key=../c/d.txt"], "envs": ["../c/e.env"]}],
            generatorOptions={"disableNameSuffixHash": True},
        ),
        "app/link.yaml": Link("../linked.yaml"),
        "linked.yaml": config("linked", x="'1'"),
        "v.yaml": "size: file\n",
        "w.yaml": "other: more\n",
        "b.yaml": config("b", x="'1'"),
        "patch.yaml": '[{"op": "add", "path": "/data/y", "value": "2"}]',
        "base/kustomization.yaml": "resources: [../deep.yaml]\n",
        "deep.yaml": config("deep", x="'1'"),
        "c/d.txt": "text",
        "c/e.env": "E=1\n",
    }
    options = f"{HELM} {NONE}"
    found = rendered(tmp_path / "1", "Kustomize", files, options=options, edits={"b.yaml": config("b", x="'5'")})
    assert names(found) == [f"ConfigMap/{name}" for name in ("b", "deep", "g", "linked", "shown")]
    assert data_of(found, "b") == {"x": "5", "y": "2"}
    assert data_of(found, "g") == {"d.txt": "text", "key": "text", "E": "1"}
    data = mapping(data_of(found, "shown"))
    assert (data["size"], data["other"]) == ("file", "more")
    assert "security" in str(made(tmp_path / "2", "Kustomize", files, options=HELM))


PLUGIN = "apiVersion: builtin\nkind: %s\nmetadata: {name: p}\n"
INFLATION = PLUGIN % "HelmChartInflationGenerator"
FOLDED: JsonObject = {"re\u017fources": ["/etc/passwd"]}
"""A long s, which Go reads as an s."""
HOSTILE: Mapping[str, tuple[Files, str]] = {
    "values file above": (charts({"valuesFile": "../../../etc/passwd"}), "leaves the repository"),
    "absolute values file": (charts({"valuesFile": "/etc/passwd"}), "no path in the repository"),
    "more values above": (charts({"additionalValuesFiles": ["../../../etc/passwd"]}), "leaves the repository"),
    "values by a link": (
        {**charts({"valuesFile": "v.yaml"}), "app/v.yaml": Link("/etc/passwd")},
        "the link app/v.yaml leaves the repository",
    ),
    "values of a server": (charts({"valuesFile": "https://example.com/v.yaml"}), "nothing is fetched"),
    "chart of a server": (
        charts({"repo": "https://charts.example.com", "version": "1.0.0"}),
        "it would be fetched from https://charts.example.com",
    ),
    "chart of a registry": (charts({"name": "x", "repo": "oci://example.com"}), "it would be fetched from oci://"),
    "chart that is not there": (charts({"name": "x"}), "no chart is in app/charts/x"),
    "chart above": (charts({"name": "../../x"}), "is no chart in a folder"),
    "home above": (charts({}, helmGlobals={"chartHome": "../../etc"}), "leaves the repository"),
    "home of the machine": (charts({}, helmGlobals={"chartHome": "/etc"}), "no path in the repository"),
    "home that is a link": (
        {**charts({}, helmGlobals={"chartHome": "link"}), "app/link": Link("charts")},
        "no chart is in app/link/web",
    ),
    "home that is a link out": (
        {**charts({}, helmGlobals={"chartHome": "link"}), "app/link": Link("../../etc")},
        "the link app/link leaves the repository",
    ),
    "chart with a link out": ({**charts({}), "app/charts/web/x": Link("/etc")}, "leaves the repository"),
    "helm's own home": (charts({}, helmGlobals={"configHome": "/root/.config"}), "helm has a home of its own"),
    "option for a name": (charts({"releaseName": "--post-renderer=./run.sh"}), "read as an option of helm"),
    "option for a namespace": (charts({"namespace": "--post-renderer=./run.sh"}), "read as an option of helm"),
    "name that asks a server": (charts({"nameTemplate": '{{ getHostByName "x" }}'}), "nameTemplate"),
    "old charts": (stated(helmChartInflationGenerator=[{"chartName": "web"}]), "not rendered here"),
    "other letters": (stated(HelmCharts=[{"name": "web"}]), "HelmCharts is not spelled"),
    "letters that fold": (stated(**FOLDED), "is not spelled"),
    "letters within": (stated(patches=[{"Path": "http://127.0.0.1/x"}]), "Path is not spelled"),
    "generator that fetches": (
        {**charts({}, generators=["g.yaml"]), "app/g.yaml": f"{INFLATION}name: x\nrepo: https://example.com\n"},
        "generators name a URL",
    ),
    "generator that smuggles": (
        {**charts({}, generators=["g.yaml"]), "app/g.yaml": f"{INFLATION}name: web\nreleaseName: --post-renderer=x\n"},
        "helm is not asked: --post-renderer is no option",
    ),
    "transformer of an address": (
        {**stated(transformers=["t.yaml"]), "app/t.yaml": PLUGIN % "PatchTransformer" + "Path: HTTP://127.0.0.1/x\n"},
        "transformers name a URL",
    ),
    "generator of an address": (
        {**stated(generators=[PLUGIN % "ConfigMapGenerator" + "files: [a=http://127.0.0.1/x]\n"])},
        "generators name a URL",
    ),
    "generator of a file": (
        {
            **stated(generators=["g.yaml"]),
            "app/g.yaml": PLUGIN % "ConfigMapGenerator" + "files: [/etc/passwd]\n",
        },
        "security",
    ),
    "transformer by a file": (
        {**stated(transformers=["t.yaml"]), "app/t.yaml": PLUGIN % "PatchTransformer" + "path: /etc/passwd\n"},
        "security",
    ),
    "folder of transformers": (
        {
            **stated(transformers=["../t"]),
            "t/kustomization.yaml": "resources: [t.yaml]",
            "t/t.yaml": config("t", x="1"),
        },
        "built of a folder",
    ),
    "path that looks like text": (stated(patchesStrategicMerge=["x: y/" + "../" * 20 + "etc/passwd"]), "security"),
    "address that looks like text": (stated(patchesStrategicMerge=["http://127.0.0.1/a: b"]), "nothing is fetched"),
    "address of variables": (
        {**stated(configMapGenerator=[{"name": "g", "envs": ["http://127.0.0.1/?a=b"]}]), "app/b": "x=1\n"},
        "nothing is fetched",
    ),
    "name in other signs": (
        {"app/kustomization.yaml": "!!binary cmVzb3VyY2Vz: [/etc/passwd]\n"},
        "no path in the repository",
    ),
    "resource above": (stated(resources=["../../../etc/passwd"]), "leaves the repository"),
    "resource of the machine": (stated(resources=["/etc/passwd"]), "no path in the repository"),
    "resource by a link": (
        {**stated(resources=["../x.yaml"]), "x.yaml": Link("../etc/passwd")},
        "the link x.yaml leaves the repository",
    ),
    "notes of where files lie": (
        {**stated(resources=["../b.yaml"], buildMetadata=["originAnnotations"]), "b.yaml": config("b", x="1")},
        "buildMetadata",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_leaves_the_copy(tmp_path: Path, what: str) -> None:
    """Whatever is allowed: nothing but the repository is read, nothing is fetched, nothing runs but a render."""
    files, why = HOSTILE[what]
    found = made(tmp_path, "Kustomize", {**chart("app/charts"), **files}, options=f"{HELM} {NONE}")
    assert isinstance(found, str) and why in found


def test_a_transformer_may_state_an_address(tmp_path: Path) -> None:
    """Where it is no path."""
    adds = PLUGIN % "AnnotationsTransformer" + "annotations: {docs: 'https://example.com'}\n"
    adds += "fieldSpecs: [{path: metadata/annotations, create: true}]\n"
    files: Files = {**stated(resources=["a.yaml"], transformers=[adds]), "app/a.yaml": config("a", x="1")}
    found = rendered(tmp_path, "Kustomize", files)
    assert text(found["ConfigMap/a"], "metadata", "annotations", "docs") == "https://example.com"


def test_what_is_built_is_what_was_looked_at(tmp_path: Path) -> None:
    """Anchors and merges are resolved before, and no sign of a text means something else to another reader."""
    odd = "\U0001f600 \u2028 é"
    files: Files = {
        "app/kustomization.yaml": "configMapGenerator: [{<<: &a {files: [x.txt]}, name: g}, {<<: *a, name: h}]\n"
        f"commonAnnotations: {{odd: {json.dumps(odd).replace(chr(92) + 'ud83d' + chr(92) + 'ude00', chr(0x1F600))}}}\n"
        "generatorOptions: {disableNameSuffixHash: true}\n",
        "app/x.txt": "text",
    }
    found = rendered(tmp_path, "Kustomize", files)
    assert names(found) == ["ConfigMap/g", "ConfigMap/h"] and data_of(found, "h") == {"x.txt": "text"}
    assert text(found["ConfigMap/g"], "metadata", "annotations", "odd") == odd


@pytest.mark.parametrize("option", ["--enable-alpha-plugins", "--enable-exec", "--network"])
def test_programs_stay_refused(tmp_path: Path, option: str) -> None:
    """With the reason; a kustomization that names nothing which may be a program is built without the option."""
    prefix = PLUGIN % "PrefixTransformer" + "prefix: x-\n"
    files: Files = {**stated(resources=["a.yaml"]), "app/a.yaml": config("a", x="1")}
    assert names(rendered(tmp_path / "1", "Kustomize", files, options=option)) == ["ConfigMap/a"]
    files = {**files, **stated(resources=["a.yaml"], transformers=["t.yaml"]), "app/t.yaml": prefix}
    found = made(tmp_path / "2", "Kustomize", files, options=option)
    assert found == f"app/kustomization.yaml: transformers may be programs ({option}), and none is run here"


def test_charts_need_helm(tmp_path: Path) -> None:
    """A kustomization without charts does not."""
    repository = Repository.of(tmp_path / "repository", {**chart("app/charts"), **charts({})})
    renderer = ToolRenderer(
        GitRepositories({URL: repository.place}, tmp_path, clone=False), Tools(kustomize=tools().kustomize)
    )
    asked = Rendering(repository.application("Kustomize", {"path": "app"}), build_options={"": HELM})
    assert asyncio.run(renderer.render(asked)) == NotRead("helm is not installed")


def test_what_a_generator_may_not_ask_for_is_told_in_one_line(tmp_path: Path) -> None:
    """The reason reaches the answer."""
    files, _ = HOSTILE["generator that smuggles"]
    found = made(tmp_path, "Kustomize", {**chart("app/charts"), **files}, options=HELM)
    assert isinstance(found, str) and "\n" not in found and str(tmp_path) not in found


@pytest.mark.parametrize(
    ("kustomize", "why"),
    [
        (
            {"commonLabels": {"a": "b"}, "labelIncludeTemplates": True},
            "labelIncludeTemplates needs labelWithoutSelector",
        ),
        ({"commonLabels": {"a": "b"}, "labelWithoutSelector": True}, "pairs a stands in the kustomization already"),
    ],
    ids=str,
)
def test_what_kustomize_edit_refuses_is_refused(tmp_path: Path, kustomize: JsonObject, why: str) -> None:
    """As Argo CD fails then; with force it does not."""
    files: Files = {**stated(resources=["a.yaml"], labels=[{"pairs": {"a": "x"}}]), "app/a.yaml": config("a", x="1")}
    source: JsonObject = {"path": "app", "kustomize": kustomize}
    assert made(tmp_path / "1", "Kustomize", files, source) == why
    if "labelWithoutSelector" in kustomize:
        forced: JsonObject = {"path": "app", "kustomize": {**kustomize, "forceCommonLabels": True}}
        found = rendered(tmp_path / "2", "Kustomize", files, forced)
        assert text(found["ConfigMap/a"], "metadata", "labels", "a") == "b"
