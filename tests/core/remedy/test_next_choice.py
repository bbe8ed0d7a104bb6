"""What is done where the first remedy has no place: an object of a packed subchart, whose templates nobody edits."""

from __future__ import annotations

from tests.core.remedy.choosing import Chosen, chosen, situation_of
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.facts import Facts
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.remedy import Choice, RemedyKind
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.next_choice import with_a_place

SOURCE: JsonObject = {"repoURL": "https://git.example.com/apps.git", "path": "chart", "targetRevision": "main"}
TEMPLATE = (
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: relay\nspec:\n  type: {{ .Values.type }}\n"
    "  sessionAffinity: None\n  externalIPs: []\n  ports:\n    - name: http\n      port: 80\n"
)
OWN = {
    "chart/Chart.yaml": "name: shop\nversion: 1.0.0\ndependencies:\n- name: relay\n  version: 1.0.0\n",
    "chart/values.yaml": "relay:\n  type: ClusterIP\n",
}
PACKED = {
    "chart/charts/relay-1.0.0.tgz/relay/Chart.yaml": "name: relay\nversion: 1.0.0\n",
    "chart/charts/relay-1.0.0.tgz/relay/values.yaml": "type: ClusterIP\n",
    "chart/charts/relay-1.0.0.tgz/relay/templates/service.yaml": TEMPLATE,
}


MANAGED: JsonObject = {
    "manager": "kubectl-edit",
    "operation": "Update",
    "time": "2026-11-02T09:00:00Z",
    "fieldsV1": {"f:spec": {"f:type": {}, "f:sessionAffinity": {}}},
}


def choice_for(stated: JsonObject, live: JsonObject) -> Choice:
    """What is chosen, and then placed, for the only difference of the subchart's Service."""
    metadata: JsonObject = {"name": "relay", "namespace": "shop"}
    head: JsonObject = {"apiVersion": "v1", "kind": "Service", "metadata": metadata}
    target: JsonObject = {**head, "spec": {"type": "ClusterIP", "ports": [{"name": "http", "port": 80}], **stated}}
    here: JsonObject = {**head, "metadata": {**metadata, "managedFields": [MANAGED]}, "spec": live}
    case: JsonObject = {
        "application": {
            "spec": {"source": SOURCE},
            "status": {"sourceType": "Helm", "sync": {"comparedTo": {"source": SOURCE}}},
        },
        "target": target,
        "lastApplied": target,
        "live": here,
        "normalizedLive": {**head, "spec": live},
        "predicted": target,
    }
    git = GitFiles(OWN, ("chart",), (Tree("r", "r1", "chart", OWN, packed=PACKED),))
    found: dict[str, Chosen] = chosen(case, CATALOGUE, Facts({RENDERED_FROM: git}))
    ((subject, finding, choice),) = found.values()
    return with_a_place(choice, finding, subject, situation_of(subject, (finding,)))


def test_a_default_in_a_packed_chart_is_compared_by_the_server() -> None:
    live: JsonObject = {"type": "ClusterIP", "ports": [{"name": "http", "port": 80, "protocol": "TCP"}]}
    assert choice_for({}, live).kind is RemedyKind.SERVER_SIDE_DIFF


def test_what_a_value_of_the_parent_states_is_adopted() -> None:
    live: JsonObject = {"type": "NodePort", "ports": [{"name": "http", "port": 80}]}
    choice = choice_for({}, live)
    assert (choice.kind, [change.value for change in choice.changes]) == (RemedyKind.ADOPT, ["NodePort"])


def test_what_no_value_states_is_asked() -> None:
    live: JsonObject = {"type": "ClusterIP", "ports": [{"name": "http", "port": 80}], "sessionAffinity": "ClientIP"}
    assert choice_for({"sessionAffinity": "None"}, live).kind is RemedyKind.ASK


def test_an_empty_value_in_a_packed_template_is_ignored() -> None:
    live: JsonObject = {"type": "ClusterIP", "ports": [{"name": "http", "port": 80}]}
    choice = choice_for({"externalIPs": []}, live)
    assert (choice.kind, choice.rule) == (
        RemedyKind.IGNORE,
        {"kind": "Service", "name": "relay", "jsonPointers": ["/spec/externalIPs"]},
    )
