"""Charts of registries, out of the folder in which the user's own helm keeps what it fetched; no registry is asked.

Sources: helm, pkg/action/install.go :: LocateChart and pkg/downloader :: DownloadTo (NAME-VERSION.tgz), pkg/helmpath
(where that is), pkg/chart/loader/archive.go (what a chart may hold).
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from posixpath import basename

from whydrift.adapters.render.checkout import Checkout, NotRendered, checked
from whydrift.adapters.render.manifests import parsed
from whydrift.adapters.render.sources import Asked
from whydrift.core.model.values import mapping, text
from whydrift.ports import Blob, Trees
from whydrift.usecases.packed_charts import NotUnpacked, contents

LARGEST_FILE = 5 * 1024**2
MOST = 100 * 1024**2
LARGEST_ARCHIVE = 20 * 1024**2
KEPT = 8
"""How many charts are remembered."""
NAME = re.compile(r"[A-Za-z0-9][\w.+-]*")
OCI = "oci://"


def chart_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where the user's helm keeps charts."""
    if named := environment.get("HELM_REPOSITORY_CACHE"):
        return Path(named)
    if home := environment.get("HELM_CACHE_HOME"):
        return Path(home) / "repository"
    usual = Path.home() / ("Library/Caches" if platform == "darwin" else ".cache")
    return Path(environment.get("XDG_CACHE_HOME") or usual) / "helm" / "repository"


class ChartCache:
    """The charts in a folder by name and version; each is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[tuple[str, str], Mapping[str, Blob]] = {}

    async def checkout(self, source: Asked, trees: Trees) -> Checkout:
        """The files of exactly the chart and version that was compared, as if they lay in a repository.

        NotRendered where they are not in the folder, or it holds another chart under that name.
        """
        name, version = basename(source.source.chart), source.revision
        if (name, version) not in self._read:
            if len(self._read) >= KEPT:
                del self._read[next(iter(self._read))]
            self._read[name, version] = await asyncio.to_thread(self._files, source, name, version)
        files = dict(self._read[name, version])
        return Checkout(source.source.repo, version, trees, files=files, _read={""})

    def _files(self, source: Asked, name: str, version: str) -> Mapping[str, Blob]:
        if not (NAME.fullmatch(name) and NAME.fullmatch(version)):
            raise NotRendered(f"chart {name!r} {version!r} is no name that helm keeps a chart under")
        archive = self._archive(f"{name}-{version}.tgz")
        if archive is None:
            raise NotRendered(
                f"its chart comes from a registry, which is not asked; {_pull(source, name, version)} "
                "gives it to helm's cache, from which it is rendered"
            )
        files = _unpacked(archive, f"{name}-{version}.tgz")
        stated = files.get("Chart.yaml")
        chart = mapping(parsed(stated.content, "Chart.yaml")) if stated is not None else {}
        if (text(chart, "name"), text(chart, "version")) != (name, version):
            raise NotRendered(
                f"{name}-{version}.tgz in helm's cache holds another chart: "
                f"{text(chart, 'name') or 'without a name'} {text(chart, 'version')}".rstrip()
            )
        return files

    def _archive(self, name: str) -> bytes | None:
        try:
            with (self._folder / name).open("rb") as opened:
                content = opened.read(LARGEST_ARCHIVE + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotRendered(f"{name} in helm's cache cannot be read: {error.strerror}") from error
        if len(content) > LARGEST_ARCHIVE:
            raise NotRendered(f"{name} in helm's cache is larger than a chart may be")
        return content


def _unpacked(archive: bytes, named: str) -> dict[str, Blob]:
    """The files of a packed chart below its own folder; NotRendered for what no honest chart holds."""
    files: dict[str, Blob] = {}
    try:
        for name, content in contents(archive, LARGEST_FILE, MOST):
            folder, _, rest = name.removeprefix("./").partition("/")
            if content is None:
                raise NotRendered(f"{named} in helm's cache holds {name!r}: a link, or too large a file")
            if not rest or folder in ("", ".."):
                raise NotRendered(f"{named} in helm's cache holds {name!r} outside of the chart's folder")
            files[checked(rest)] = Blob(content)
    except NotUnpacked as error:
        raise NotRendered(f"{named} in helm's cache is not rendered: {error}") from error
    return files


def _pull(source: Asked, name: str, version: str) -> str:
    """The command that puts a chart where helm keeps it."""
    repo = source.source.repo
    is_oci = repo.startswith(OCI) or "://" not in repo
    chart = [f"{OCI}{repo.removeprefix(OCI).rstrip('/')}/{source.source.chart}"] if is_oci else [name, "--repo", repo]
    return f'`helm pull {shlex.join([*chart, "--version", version])} -d "$(helm env HELM_REPOSITORY_CACHE)"`'
