"""The entries of merged kubeconfig files: the official client merges them and resolves the files that they refer to."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from whydrift.core.model.values import JsonObject, text
from whydrift.errors import SourceError


@dataclass(frozen=True, slots=True)
class Entry:
    """What a context, cluster or user states, and the folder that its relative paths start from."""

    values: JsonObject = field(default_factory=dict, repr=False)
    folder: str = "."

    def pem(self, key: str) -> str:
        """The PEM text that stands here as base64 (KEY-data) or in a file (KEY); "" where there is neither."""
        from kubernetes.config.kube_config import FileOrData

        data = FileOrData(self.values, key, file_base_path=self.folder)  # type: ignore[no-untyped-call]  # untyped library
        encoded = data.as_data()  # type: ignore[no-untyped-call]  # as above
        return base64.b64decode("".join(encoded.split()), validate=True).decode() if encoded else ""

    def file(self, key: str) -> str:
        """The content of a file that is named here, stripped."""
        return Path(self.folder, text(self.values, key)).expanduser().read_text("ascii").strip()


@dataclass(frozen=True, slots=True)
class Entries:
    """Contexts, clusters and users by name, and the current context."""

    contexts: Mapping[str, Entry]
    clusters: Mapping[str, Entry]
    users: Mapping[str, Entry]
    current: str


def read_entries(paths: list[Path]) -> Entries:
    """Read and merge files; the first one that states something wins. SourceError, which never quotes them."""
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.kube_config import KubeConfigMerger

    where = ":".join(map(str, paths))
    try:
        merger = KubeConfigMerger(where)  # type: ignore[no-untyped-call]  # untyped library
        merged = merger.config
        if merged is None:
            raise SourceError(f"{where or 'kubeconfig'}: no such file")
        # The client takes the last file's current-context; kubectl takes the first (Kubernetes: merging kubeconfigs).
        current = [text(merger.config_files[path], "current-context") for path in merger.paths]
        sections = [_section(merged.value, kind) for kind in ("context", "cluster", "user")]
    except SourceError:
        raise
    except (ConfigException, OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is it one?"
        raise SourceError(f"{where}: cannot be read as a kubeconfig ({reason})") from None  # its text holds tokens
    except Exception as error:  # PyYAML's own errors, which the client lets through
        raise SourceError(f"{where}: not YAML{_line(error)}") from None  # as above
    return Entries(sections[0], sections[1], sections[2], next(filter(None, current), ""))


def _section(merged: Mapping[str, object], kind: str) -> dict[str, Entry]:
    """The entries of one kind; `merged` holds the client's own nodes, each with the file that it comes from."""
    found: dict[str, Entry] = {}
    rows = merged[f"{kind}s"]
    for node in rows if isinstance(rows, list) else []:
        stated = node.value.get(kind)
        folder = str(Path(node.path).resolve().parent)
        found.setdefault(str(node.value["name"]), Entry(stated if isinstance(stated, dict) else {}, folder))
    return found


def _line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" (line {mark.line + 1})" if mark is not None else ""
