"""A large fleet out of the demo's: recorded applications, renamed and padded, as a recording in a folder."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import msgspec

from whydrift.core.model.values import Json, JsonObject, items, text
from whydrift.demo import FLEET

LIST = "argocd/api/v1/applications.json"
TEMPLATES = (
    "paperclip",
    "litellm",
    "homepage",
    "mailer",
    "argocd",
    "gitea-extras",
    "metallb",
    "external-dns",
    "n8n",
    "grafana-alerting",
)
RED = 0.15
"""The share of applications that drift; the rest is Synced, as in a fleet that somebody looks after."""


class Template:
    """One recorded application: its list entry and its managed-resources."""

    def __init__(self, archive: zipfile.ZipFile, entry: JsonObject) -> None:
        self.name = text(entry, "metadata", "name")
        self.entry = entry
        self.red = text(entry, "status", "sync", "status") != "Synced"
        self.managed = archive.read(f"argocd/api/v1/applications/{self.name}/managed-resources.json")


def generate(folder: Path, applications: int, objects: int) -> None:
    """Write a recording of so many applications with so many objects each."""
    with zipfile.ZipFile(FLEET) as archive:
        entries = items(msgspec.json.decode(archive.read(LIST)), "items")
        named = [entry for entry in entries if isinstance(entry, dict) and text(entry, "metadata", "name") in TEMPLATES]
        templates = [Template(archive, entry) for entry in named]
        for name in archive.namelist():
            if name.startswith(
                ("argocd/api/v1/settings", "argocd/api/version", "argocd/api/v1/account", "kubernetes/apis/apiext")
            ):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(archive.read(name))
    red, green = [t for t in templates if t.red], [t for t in templates if not t.red]
    with _created(folder / LIST).open("wb") as out:
        out.write(b'{"metadata":{"resourceVersion":"1"},"items":[')
        for number in range(applications):
            drifts = number % 100 < RED * 100
            template = (red if drifts else green)[number % len(red if drifts else green)]
            out.write((b"," if number else b"") + _application(template, number, objects))
            name = f"{template.name}-{number:05d}"
            place = folder / f"argocd/api/v1/applications/{name}/managed-resources.json"
            _created(place).write_bytes(_managed(template, number, objects))
        out.write(b"]}")


def _created(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _application(template: Template, number: int, objects: int) -> bytes:
    entry = json.loads(json.dumps(template.entry))
    entry["metadata"]["name"] = f"{template.name}-{number:05d}"
    rows: list[Json] = entry["status"].setdefault("resources", [])
    rows += [_row(template, place) for place in range(objects - len(rows))]
    for row in rows:
        if isinstance(row, dict) and row.get("namespace"):
            row["namespace"] = f"{row['namespace']}-{number:05d}"
    return msgspec.json.encode(entry)


def _row(template: Template, place: int) -> Json:
    return {
        "version": "v1",
        "kind": "ConfigMap",
        "namespace": template.name,
        "name": f"filler-{place}",
        "status": "Synced",
    }


def _managed(template: Template, number: int, objects: int) -> bytes:
    """The application's objects, in a namespace of their own, and equal ConfigMaps up to the number wanted."""
    answer = msgspec.json.decode(template.managed)
    rows = items(answer, "items")
    for row in rows:
        if isinstance(row, dict) and row.get("namespace"):
            row["namespace"] = f"{row['namespace']}-{number:05d}"
    for place in range(objects - len(rows)):
        state = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"filler-{place}"},
            "data": {"text": "x" * 600},
        }
        spelled = json.dumps(state)
        sides = ("targetState", "liveState", "normalizedLiveState", "predictedLiveState")
        rows.append(
            {
                "kind": "ConfigMap",
                "name": f"filler-{place}",
                "namespace": f"{template.name}-{number:05d}",
                **dict.fromkeys(sides, spelled),
            }
        )
    return msgspec.json.encode(answer)
