"""Secrets never leave: markers planted wherever one can stand are looked for in everything that comes out."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces.command import Said, inside, run
from tests.fleet_builder import MANAGED, App, Fleet, changed, config_map, deployment
from whydrift.core.model.values import Json, JsonObject

MARKER = "Zq7planted"
"""Stands in every planted secret, followed by where it was planted."""
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("ls", "--wide", "--all", "--hooks"), ("ls", "--count"), ("scan",), ("scan", "--hidden"),
    ("explain", "shop", "--hidden"),
    *(("scan", "--hidden", "-o", output) for output in ("json", "jsonl", "md", "tsv")),
    *(("explain", "shop", "-o", output) for output in ("json", "md", "tsv")),
)  # fmt: skip
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def planted(where: str) -> str:
    """A secret that says where it stood."""
    return f"{MARKER}{where}9x"


def secret(side: str) -> JsonObject:
    """A Secret that Argo CD did not mask, with a copy of itself in an annotation."""
    data: JsonObject = {
        "password": planted(f"SecretData{side}"),
        "plain": base64.b64encode(planted(side).encode()).decode(),
    }
    copy: JsonObject = {
        "apiVersion": "v1",
        "kind": "Secret",
        "data": data,
        "stringData": {"a": planted(f"String{side}")},
    }
    notes: JsonObject = {LAST_APPLIED: json.dumps(copy), "objectset/applied": planted("Rancher")}
    return {**copy, "metadata": {"name": "db", "namespace": "shop", "annotations": notes}}


def config(side: str) -> JsonObject:
    """A ConfigMap with secrets in keys and in files of every notation."""
    files: JsonObject = {
        "DB_PASSWORD": planted(f"Key{side}"),
        "app.env": f"A=b\nAPI_TOKEN={planted(f'Env{side}')}\n",
        "app.properties": f"spring.datasource.password={planted(f'Properties{side}')}\n",
        "app.json": json.dumps({"auth": {"clientSecret": planted(f"Json{side}")}}, indent=1),
        "app.yaml": f"db:\n  password: {planted(f'Yaml{side}')}\n  token: |\n    {planted(f'Block{side}')}\n",
        "app.toml": f'[db]\npassword = "{planted(f"Toml{side}")}"\n',
        "url": f"postgres://bob:{planted(f'Url{side}')}@db:5432/app",
        "pgpass": f"db:5432:app:bob:{planted(f'Pgpass{side}')}",
        "key.pem": f"-----BEGIN PRIVATE KEY-----\n{planted(f'Pem{side}')}\n-----END PRIVATE KEY-----\n",
        "kubeconfig": f"users:\n- name: x\n  user:\n    token: {planted(f'Kubeconfig{side}')}\n",
        "secret.yaml": f"apiVersion: v1\nkind: Secret\nstringData:\n  x: {planted(f'Manifest{side}')}\n",
        "changes": side,
    }
    return config_map("config", "shop", **files)


def workload(side: str) -> JsonObject:
    """A Deployment with secrets in variables, arguments, annotations."""
    container: JsonObject = {
        "name": "web",
        "image": "example.com/web:1.0",
        "env": [
            {"name": "ADMIN_PASSWORD", "value": planted(f"Variable{side}")},
            {"name": "URL", "value": f"http://a:{planted('B')}@c/"},
        ],
        "args": [
            f"--password={planted(f'Argument{side}')}",
            "--token",
            planted(f"Flag{side}"),
            f"run --secret {planted('S')}",
        ],
        "command": [
            "sh",
            "-c",
            f"PGPASSWORD={planted(f'Shell{side}')} psql; curl -H 'Authorization: Bearer {planted('H')}'",
        ],
    }
    obj = changed(deployment(), "spec/template/spec", {"containers": [container]})
    notes: JsonObject = {
        "vault/token": planted(f"Annotation{side}"),
        LAST_APPLIED: json.dumps({**obj, "password": planted("L")}),
    }
    return changed(obj, "metadata/annotations", notes)


def custom(side: str) -> JsonObject:
    """A custom resource with a password."""
    spec: JsonObject = {"auth": {"password": planted(f"Custom{side}"), "passwords": [planted("List")], "pin": side}}
    return {"apiVersion": "x.io/v1", "kind": "Database", "metadata": {"name": "db", "namespace": "shop"}, "spec": spec}


def loud(text: str) -> str:
    """A message that quotes secrets."""
    return f"{text}: https://bob:{planted('Message')}@x/ refused; password={planted('Quoted')}; ghp_{MARKER * 4}"


def shop() -> App:
    """An application that holds all of it, in its own spec too."""
    helm: JsonObject = {
        "parameters": [{"name": "auth.password", "value": planted("Parameter")}],
        "values": f"auth:\n  password: {planted('Values')}\n",
        "valuesObject": {"auth": {"password": planted("ValuesObject"), "token": planted("Token")}},
    }
    source: JsonObject = {
        "repoURL": f"https://bob:{planted('Repo')}@git.example.com/apps.git",
        "path": "shop",
        "helm": helm,
    }
    plugin: JsonObject = {"plugin": {"env": [{"name": "TOKEN", "value": planted("Plugin")}]}}
    sides = [(make("Target"), make("Live")) for make in (secret, config, workload, custom)]
    status: JsonObject = {
        "conditions": [{"type": "SyncError", "message": loud("sync failed")}],
        "operationState": {"phase": "Failed", "message": loud("one or more objects failed")},
    }
    metadata: JsonObject = {"annotations": {"notes/password": planted("Note")}}
    return App("shop", [*sides], metadata, {"source": {**source, **plugin}}, status)


def files() -> dict[str, Json | bytes]:
    """Refusals, events, logs and Secrets beside the answers."""
    events: JsonObject = {
        "items": [{"reason": "Failed", "message": loud("pull failed"), "involvedObject": {"kind": "Pod"}}]
    }
    namespace = "kubernetes/api/v1/namespaces/shop"
    app = "argocd/api/v1/applications/shop"
    manifests: JsonObject = {"manifests": [json.dumps(make("Target")) for make in (secret, config, workload, custom)]}
    return {
        f"{namespace}/secrets.json": {"items": [secret("Read")]},
        f"{namespace}/events.json": events,
        f"{namespace}/pods/web/log@container=web.txt": loud("fatal").encode(),
        f"{app}/events.json": events,
        f"{app}/manifests.json": manifests,
        f"{app}/resource-tree.json.403": {"error": loud("permission denied"), "code": 7},
        "argocd/api/v1/projects.json.403": {"error": loud("permission denied"), "code": 7},
        "argocd/api/v1/projects.json": None,
        "kubernetes/apis/apiextensions.k8s.io/v1/customresourcedefinitions.json.403": loud("forbidden").encode(),
    }


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording with everything planted, and an application that is refused with a message that quotes secrets."""
    refused = MANAGED.format(name="gone")
    lost = App("gone", [(config_map(a="1"), config_map(a="2"))])
    return Fleet([shop(), lost], {**files(), refused: None, f"{refused}.403": {"error": loud("denied")}}).folder(
        tmp_path_factory.mktemp("planted")
    )


def clean_of_markers(text: str | bytes, where: str) -> None:
    """Fail with the surroundings of a marker, plain or in base64."""
    spelled = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    for marker in (MARKER, *(base64.b64encode(bytes(pad) + MARKER.encode()).decode()[4:-4] for pad in range(3))):
        at = spelled.find(marker)
        assert at < 0, f"{where}: …{spelled[max(at - 80, 0) : at + 60]}…"


def outputs(fleet: Path) -> Iterator[tuple[str, Said]]:
    """Every command on the fleet."""
    return ((" ".join(command), inside(*command, "--from", fleet)) for command in COMMANDS)


def test_no_output_holds_a_secret(fleet: Path) -> None:
    """Every command, every format; what differs is still said to differ."""
    for command, said in outputs(fleet):
        assert said.code in (1, 3) and not said.err, said
        clean_of_markers(said.everything, command)
    told = json.loads(inside("scan", "--from", fleet, "-o", "json").out)
    shown = [d for a in told["applications"] for o in a["objects"] for d in o["differences"]]
    assert {"masked": "changed"} in [d.get("live") for d in shown]


@pytest.mark.parametrize("name", ["copy", "copy.zip"])
def test_no_recording_holds_a_secret(fleet: Path, tmp_path: Path, name: str) -> None:
    """Every byte of every file, unpacked; the Secrets beside the answers are not even read."""
    said = inside("record", "-o", tmp_path / name, "--from", fleet)
    assert said.code == 0, said
    clean_of_markers(said.everything, "record")
    found = dict(contents(tmp_path / name))
    assert len(found) > 8 and not [file for file in found if "/secrets" in file or file.endswith(".part")]
    for file, content in found.items():
        clean_of_markers(file, "a name")
        clean_of_markers(content, file)


def contents(place: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a recording."""
    if place.is_dir():
        yield from ((str(path.relative_to(place)), path.read_bytes()) for path in place.rglob("*") if path.is_file())
    else:
        with zipfile.ZipFile(io.BytesIO(place.read_bytes())) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())


def test_secrets_beside_the_answers_are_not_read(fleet: Path, tmp_path: Path) -> None:
    """A trap stands where the Secrets are: whoever reads it is stuck."""
    trapped = Fleet([shop()], files()).folder(tmp_path)
    place = trapped / "kubernetes/api/v1/namespaces/shop/secrets.json"
    place.unlink()
    subprocess.run(["mkfifo", place], check=True)
    assert run("scan", "--hidden", "--from", trapped, seconds=60).code in (1, 3)


def test_names_of_secrets_and_references_stay(tmp_path: Path) -> None:
    """What only names a secret is told: secretKeyRef, remoteRef, checksums."""
    reference: JsonObject = {"secretKeyRef": {"name": "db-credentials", "key": "password"}}
    env: JsonObject = {"env": [{"name": "PASSWORD", "valueFrom": reference}], "name": "web", "image": "x"}
    live = changed(deployment(), "spec/template/spec", {"containers": [env]})
    digest = changed(live, "metadata/annotations", {"checksum/secret": "0a1b2c3d4e5f60718293a4b5c6d7e8f9"})
    said = inside("scan", "-o", "json", "--from", Fleet([App("shop", [(deployment(), digest)])]).folder(tmp_path))
    assert "db-credentials" in said.out and "0a1b2c3d4e5f60718293a4b5c6d7e8f9" in said.out


def test_errors_hold_no_secret(fleet: Path, tmp_path: Path) -> None:
    """A list that is refused, with a message that quotes secrets; names that a person typed; the environment."""
    refused: dict[str, Json | bytes] = {
        "argocd/api/v1/applications.json": None,
        "argocd/api/v1/applications.json.403": {"error": loud("no")},
    }
    about: JsonObject = {"instances": [{"id": ""}]}
    folder = Fleet([shop()], {**refused, "recording.json": about}).folder(tmp_path)
    hidden = {"ARGOCD_AUTH_TOKEN": planted("Environment"), "ARGOCD_OPTS": f"--auth-token {planted('Options')}"}
    for words in (("scan",), ("ls",), ("record", "-o", tmp_path / "r"), ("--help",), ("scan", "--help")):
        said = run(*words, *(() if "--help" in words else ("--from", folder)), env=hidden)
        assert said.code == (0 if "--help" in words else 2)
        clean_of_markers(said.everything, str(words))
