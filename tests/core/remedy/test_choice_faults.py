"""Where the fault of a failed comparison is, by the words of Argo CD, Helm, Kustomize and the API server."""

from __future__ import annotations

import pytest

from tests.core.remedy.choosing import chosen
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.facts import Facts
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Choice, Field, RemedyKind
from whydrift.core.model.values import Json, JsonObject

FILES = GitFiles(
    {
        "apps/shop/service.yaml": "kind: Service\n",
        "apps/shop/kustomization.yaml": "resources:\n- web.yaml\n- lost.yaml\nresource: []\n",
        "apps/shop/Chart.yaml": "name: shop\ndependencies:\n- version: 1\n  name: cache\n",
        "apps/shop/patch.yaml": "kind: Deployment\nmetadata:\n  name: wbe\n",
        "apps/shop/values.yaml": "database:\n  name: db\n",
        "apps/shop/templates/web.yaml": 'a: 1\nb: {{ required "database.host must be set" .Values.database.host }}\n',
    }
)
HELM = "failed to execute helm template command: failed running helm: `helm template .` failed exit status 1: Error: "
LOAD = "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = "
SOURCE: JsonObject = {
    "repoURL": "https://git.example.com/apps.git",
    "path": "apps/shop",
    "targetRevision": "main",
    "helm": {"valueFiles": ["values.yaml", "values-prod.yaml"]},
}
RULES: list[Json] = [{"kind": "Service", "jqPathExpressions": [".spec.type", ".spec | ("]}]


def choice_for(kind: str, message: str, revision: str = "r2") -> Choice:
    """What is chosen for an application that could not be compared since a commit."""
    conditions: list[Json] = [{"type": kind, "message": message}]
    sync: JsonObject = {"status": "Unknown", "revision": revision}
    case: JsonObject = {
        "about": "application",
        "application": {
            "spec": {"source": SOURCE, "ignoreDifferences": RULES},
            "status": {"sync": {**sync, "comparedTo": {"source": SOURCE}}, "conditions": conditions},
        },
        "siblings": [{"target": WEB, "live": {**WEB, "spec": {"replicas": 2}}}],
    }
    return chosen(case, CATALOGUE, Facts({RENDERED_FROM: FILES}))["/status/conditions"][2]


WEB: JsonObject = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"replicas": "two"},
}


@pytest.mark.parametrize(
    ("kind", "message", "place"),
    [
        (
            "ComparisonError",
            f'{LOAD}Failed to unmarshal "service.yaml": failed to unmarshal manifest: error converting YAML to JSON:'
            " yaml: line 15: mapping values are not allowed in this context",
            "apps/shop/service.yaml:15",
        ),
        (
            "ComparisonError",
            f"{LOAD}{HELM}execution error at (shop/templates/web.yaml:2:6): database.host must be set",
            "apps/shop/values.yaml:1",
        ),
        (
            "ComparisonError",
            f"{LOAD}{HELM}parse error at (shop/templates/other.yaml:7): unclosed action",
            "apps/shop/templates/other.yaml:7",
        ),
        (
            "ComparisonError",
            f"{LOAD}`kustomize build <path to cached source>/apps/shop` failed exit status 1: Error: accumulating"
            " resources: accumulation err='accumulating resources from 'lost.yaml': evalsymlink failure on"
            " '<path to cached source>/apps/shop/lost.yaml' : lstat <path to cached source>/apps/shop/lost.yaml: no"
            " such file or directory'",
            "apps/shop/kustomization.yaml:3",
        ),
        (
            "ComparisonError",
            f'{LOAD}{HELM}template: shop/templates/web.yaml:1:3: executing "shop/templates/web.yaml" at'
            ' <include "n" .>: error calling include: template: shop/templates/_helpers.tpl:4:9: executing "n" at'
            " <.Values.database.name.first>: nil pointer evaluating interface {}.first",
            "apps/shop/values.yaml:2",
        ),
        (
            "ComparisonError",
            f'{LOAD}{HELM}shop/templates/web.yaml:2:21\n  executing "shop/templates/web.yaml" at'
            " <.Values.database.name.first>:\n    nil pointer evaluating interface {}.first",
            "apps/shop/values.yaml:2",
        ),
        (
            "ComparisonError",
            f"{LOAD}{HELM}YAML parse error on shop/templates/web.yaml: error converting YAML to JSON: yaml: line 4: did"
            " not find expected key",
            "apps/shop/templates/web.yaml:4",
        ),
        (
            "ComparisonError",
            f"{LOAD}{HELM}An error occurred while checking for chart dependencies: found in Chart.yaml, but missing in"
            " charts/ directory: cache",
            "apps/shop/Chart.yaml:4",
        ),
        (
            "ComparisonError",
            f"{LOAD}{HELM}open <path to cached source>/apps/shop/values-prod.yaml: no such file or directory",
            "Application:/spec/source/helm/valueFiles/1",
        ),
        (
            "ComparisonError",
            f"{LOAD}`kustomize build <path to cached source>/apps/shop` failed exit status 1: Error: no matches for Id"
            " Deployment.v1.apps/wbe.[noNs]; failed to find unique target for patch Deployment.v1.apps/wbe.[noNs]",
            "apps/shop/patch.yaml:3",
        ),
        (
            "ComparisonError",
            f"{LOAD}`kustomize build <path to cached source>/apps/shop` failed exit status 1: Error: invalid"
            ' Kustomization: json: unknown field "resource"',
            "apps/shop/kustomization.yaml:4",
        ),
        ("ComparisonError", f"{LOAD}apps/shop: app path does not exist", "Application:/spec/source/path"),
        ("ComparisonError", f"{LOAD}failed to list refs: repository not found", "Application:/spec/source/repoURL"),
        (
            "ComparisonError",
            f"{LOAD}unable to resolve 'v9' to a commit SHA",
            "Application:/spec/source/targetRevision",
        ),
        (
            "InvalidSpecError",
            'error getting cluster by server "https://gone.example.com": cluster "https://gone.example.com" not found',
            "Application:/spec/destination/server",
        ),
        (
            "InvalidSpecError",
            "application destination server 'x' and namespace 'y' do not match any of the allowed destinations in"
            " project 'team'",
            "AppProject:/spec/destinations",
        ),
        (
            "ComparisonError",
            "Failed to compare desired state to live state: failed to create diff normalizer: unexpected EOF",
            "Application:/spec/ignoreDifferences/0/jqPathExpressions/1",
        ),
    ],
)
def test_the_place_of_a_fault(kind: str, message: str, place: str) -> None:
    choice = choice_for(kind, message)
    assert (choice.kind, choice.place) == (RemedyKind.GIT_SET, place)


def test_a_value_of_the_wrong_type_is_found_in_its_object() -> None:
    choice = choice_for(
        "ComparisonError",
        "Failed to compare desired state to live state: failed to calculate diff: error calculating structured merge"
        " diff: error building typed value from config resource: .spec.replicas: expected numeric, got string",
    )
    assert choice.kind is RemedyKind.GIT_SET
    assert choice.at == Field(ObjectKey("apps", "Deployment", "shop", "web"), ("spec", "replicas"))


@pytest.mark.parametrize(
    "message",
    [
        "Failed to load live state: failed to get cluster info: connection refused",
        f"{LOAD}authentication required",
        "something that nobody has read before",
    ],
)
def test_what_no_edit_mends_is_asked(message: str) -> None:
    assert choice_for("ComparisonError", message).kind is RemedyKind.ASK


def test_git_is_not_to_blame_for_what_it_held_at_the_last_sync() -> None:
    same = choice_for("ComparisonError", f"{LOAD}{HELM}execution error at (shop/templates/web.yaml:2:6): x", "r1")
    assert same.kind is RemedyKind.ASK
