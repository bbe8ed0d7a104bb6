"""Pages, SARIF and JUnit of whole commands."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.core.report.pages import parsed
from tests.faces.command import inside
from tests.fleet_builder import MANAGED, App, Fleet, clean, scaled
from whydrift.core.model.values import Json, JsonObject, items, text

COMMANDS = (("scan",), ("explain", "shop"), ("hidden",), ("ignores",))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("output", ["html", "sarif", "junit"])
def test_every_answering_command_speaks_every_language(tmp_path: Path, command: tuple[str, ...], output: str) -> None:
    """A whole document on stdout, nothing on stderr, and the same exit code as for people."""
    folder = Fleet([scaled(), clean()]).folder(tmp_path)
    said = inside(*command, "--from", folder, "-o", output)
    assert said.code == inside(*command, "--from", folder).code and not said.err
    if output == "html":
        page = parsed(said.out)
        assert page.names() >= {"html", "body", "h1"} and not page.open_ and not page.faults
    elif output == "sarif":
        assert text(json.loads(said.out), "version") == "2.1.0"
    else:
        assert ET.fromstring(said.out).tag == "testsuites"


def test_explain_says_first_what_was_not_read(tmp_path: Path) -> None:
    """An exit code of 3 that nothing on the screen gives a reason for helps nobody."""
    hidden: dict[str, bytes | Json] = {"argocd/api/v1/account/can-i/applications/get/%2A.json": {"value": "no"}}
    folder = Fleet([scaled()], hidden).folder(tmp_path)
    said = inside("explain", "shop", "--from", folder)
    assert said.out.lstrip().startswith("NOT READ\n  other projects not visible: ")
    assert said.out.index("other projects not visible") < said.out.index("shop  OutOfSync")


def test_explain_names_no_cause_where_nothing_was_read(tmp_path: Path) -> None:
    """What an object that was not read waits for is the reading, not a cause without a name."""
    refused: dict[str, bytes | Json] = {MANAGED.format(name="shop"): None}
    status: JsonObject = {"resources": [{"kind": "ConfigMap", "name": "a", "namespace": "shop", "status": "OutOfSync"}]}
    folder = Fleet([App("shop", scaled().pairs, status=status)], refused).folder(tmp_path)
    out = inside("explain", "shop", "--from", folder).out
    assert "undecided  needs managed-resources" in out and "undecided  :" not in out


def test_what_was_not_read_is_in_all_of_them(tmp_path: Path) -> None:
    """A refused application is a note, an error, a skipped case: never a clean one."""
    refused: dict[str, bytes | Json] = {
        MANAGED.format(name="calm"): None,
        f"{MANAGED.format(name='calm')}.403": {"error": "denied", "code": 7},
    }
    folder = Fleet([scaled(), clean()], refused).folder(tmp_path)
    by_format = {
        name: inside("scan", "--from", folder, "--hidden", "-o", name).out for name in ("html", "sarif", "junit")
    }
    assert "Not read completely" in by_format["html"] and "denied" in by_format["html"]
    log: Json = json.loads(by_format["sarif"])
    assert "not-read" in {text(result, "ruleId") for result in items(log, "runs", 0, "results")}
    suites = {suite.attrib["name"]: suite for suite in ET.fromstring(by_format["junit"])}
    assert suites["argocd/calm"].attrib["skipped"] == "1"
