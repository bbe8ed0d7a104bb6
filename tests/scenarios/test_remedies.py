"""What is offered for real drift, and where: kinds, places and changed lines on recordings of a real Argo CD."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faces.command import inside
from tests.replay.recorded import RECORDINGS
from whydrift.core.model.values import JsonObject, child, is_object, items, text

CARRIED = {path.stem: path for path in RECORDINGS}


def remedies(recording: Path) -> dict[tuple[str, str, str], JsonObject]:
    """The remedies of a recording by application, object and path."""
    told = json.loads(inside("scan", "--hidden", "--from", str(recording), "-o", "json").out)
    return {
        (text(a, "name"), text(o, "id"), text(d, "path")): remedy
        for a in items(told, "applications")
        for o in items(a, "objects")
        for d in items(o, "differences")
        if is_object(remedy := child(d, "remedy"))
    }


def one(name: str, ending: str) -> JsonObject:
    """The remedy of a carried recording whose path ends so."""
    found = [remedy for (_, _, path), remedy in remedies(CARRIED[name]).items() if path.endswith(ending)]
    assert found, f"{name} has no remedy for …{ending}"
    return found[0]


def changed(remedy: JsonObject) -> list[str]:
    """The lines that an edit takes away and adds."""
    lines = text(remedy, "edit").splitlines()[2:]
    return [line[0] + line[1:].strip() for line in lines if line[0] in "+-"]


def test_a_rule_for_a_generated_application_goes_into_the_template_of_its_set() -> None:
    """A patch of the live Application would be taken back by the ApplicationSet's controller."""
    remedy = one("s-generated-by-a-set", "/spec/replicas")
    assert (remedy["kind"], remedy["where"]) == ("ignore", "appsets/ratings.yaml:25")
    assert "+- /spec/replicas" in changed(remedy) and "+- RespectIgnoreDifferences=true" in changed(remedy)


def test_what_a_set_computes_for_an_application_is_no_place_in_the_application() -> None:
    """Its controller writes the parameter back within seconds; the file that the set reads is not followed."""
    remedy = one("r-set-reads-its-files", "/spec/replicas")
    assert "takes back what is patched" in text(remedy, "proof", "whyNot")


def test_a_piece_of_a_field_is_edited_where_a_replacement_copies_it_from() -> None:
    """The base states another tag, which the replacement writes over."""
    remedy = one("r-tag-is-replaced-from-parameters", "/spec/template/spec/containers/0/image")
    assert (remedy["kind"], remedy["where"]) == ("adopt", "overlays/prod/params.yaml:8")
    assert changed(remedy) == ["-tag: 2.3.0", "+tag: 2.3.1"]


def test_a_parameter_of_a_child_is_edited_in_its_parent() -> None:
    """Where the parent's chart states it."""
    remedy = one("r-child-parameter-in-root", "/spec/replicas")
    assert (remedy["kind"], remedy["where"]) == ("adopt", "apps/root/templates/sessions.yaml:17")
    assert changed(remedy) == ['-value: "3"', '+value: "6"']


def test_the_copy_beside_a_chart_has_to_go() -> None:
    """The manifest of the other application, not this one's chart."""
    remedy = one("o-two-apps-one-namespace", "pod-security.kubernetes.io~1enforce")
    assert remedy["kind"] == "one-owner" and text(remedy, "where").startswith("extras/namespace.yaml:")


def test_an_autoscaled_count_is_ignored_where_a_drop_would_set_one() -> None:
    """Client-side apply (measured.md 19): the narrowest rule, and the option that stops syncs from writing."""
    remedy = one("c-web-runs-four", "/spec/replicas")
    assert remedy["kind"] == "ignore" and remedy["options"] == ["RespectIgnoreDifferences=true"]
    assert child(remedy, "rule", "jsonPointers") == ["/spec/replicas"] and child(remedy, "rule", "name") == "web"


def test_hand_edits_are_adopted_at_their_own_lines() -> None:
    """Three people, three lines."""
    found = remedies(CARRIED["d-inventory-three-people"])
    assert sorted(text(r, "where") for r in found.values() if r["kind"] == "adopt") == [
        f"manifests/deployment.yaml:{line}" for line in (21, 36, 9)
    ]


def test_defaults_of_a_ranged_list_are_pinned_in_the_template() -> None:
    """Once, below the parent that is rendered for each item."""
    remedy = one("r-secrets-ranged-in-chart", "/remoteRef/metadataPolicy")
    assert (remedy["kind"], remedy["where"]) == ("git-set", "chart/templates/secrets.yaml:20")
    assert "+metadataPolicy: None" in changed(remedy)


def test_an_image_is_adopted_in_the_transformer_that_wins() -> None:
    """Not in the base, which says something that is overridden."""
    remedy = one("r-images-transformer-wins", "/image")
    assert (remedy["kind"], remedy["where"]) == ("adopt", "overlays/prod/kustomization.yaml:7")
