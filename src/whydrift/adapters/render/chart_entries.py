"""Charts that a kustomization renders (`helmCharts`): read where they are in the repository, refused where not.

Source: kustomize, plugin/builtin/helmchartinflationgenerator; a chart that is at its place is used as it is found.
"""

from __future__ import annotations

import re
from posixpath import join

from whydrift.adapters.render.checkout import Checkout, NotRendered, inside, is_below
from whydrift.adapters.render.named_paths import CHARTS, GLOBALS
from whydrift.core.model.values import Json, JsonObject, items, mapping, text

HOME = "charts"
"""Where charts are unless `chartHome` says it (api/types/helmchartargs.go)."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
PLAIN = ("releaseName", "namespace", "kubeVersion")
REFUSED = ("nameTemplate", "debug", "devel")
"""What only a fetch needs, or calls for more than a render."""


async def read_charts(checkout: Checkout, folder: str, name: str, stated: JsonObject, below: str) -> JsonObject:
    """Read every chart that a kustomization renders; NotRendered where one would be fetched, or is asked for oddly.

    With `below` (a folder's name), charts that lie outside of the kustomization's folder are put there, and the answer
    is a kustomization that takes them from there; else it is the same one.
    """
    if not stated.get(CHARTS):
        return stated
    unknown = next((key for key in mapping(stated, GLOBALS) if key != "chartHome"), None)
    if unknown is not None:
        raise NotRendered(f"{name}: {GLOBALS}.{unknown} is not used here: helm has a home of its own in the copy")
    home = _home(name, folder, text(stated, GLOBALS, "chartHome") or HOME)
    moves = bool(below) and not is_below(home, folder)
    for entry in items(stated, CHARTS):
        place = await _read_chart(checkout, name, home, entry)
        if moves:
            checkout.copy(place, join(folder, below, place))
    return {**stated, GLOBALS: {"chartHome": join(below, home)}} if moves else stated


def _home(name: str, folder: str, stated: str) -> str:
    if stated.startswith("/") or "://" in stated:
        raise NotRendered(f"{name}: {GLOBALS}.chartHome {stated} is no path in the repository")
    return inside(join(folder, stated))


async def _read_chart(checkout: Checkout, name: str, home: str, entry: Json) -> str:
    """Read one chart; the folder that it is in."""
    chart, repo = text(entry, "name"), text(entry, "repo")
    version = text(entry, "version") if repo else ""
    _check(name, chart, version, entry)
    place = join(home, f"{chart}-{version}", chart) if version else join(home, chart)
    await checkout.need(place)
    if f"{place}/Chart.yaml" not in checkout.files:  # behind a link there is none either
        where = f" from {repo}" if repo else ""
        raise NotRendered(f"{name}: no chart is in {place}: it would be fetched{where}, and nothing is")
    return place


def _check(name: str, chart: str, version: str, entry: Json) -> None:
    """Refuse what could be taken for an option of helm, and what asks for more than a render."""
    if not NAME.fullmatch(chart) or (version and not NAME.fullmatch(version.replace("+", "-"))):
        raise NotRendered(f"{name}: {chart or 'a chart without a name'} {version} is no chart in a folder".rstrip())
    refused = next((key for key in REFUSED if mapping(entry).get(key)), None)
    if refused is not None:
        raise NotRendered(f"{name}: {refused} of the chart {chart} is not used here")
    option = next((key for key in PLAIN if text(entry, key).startswith("-")), None)
    if option is not None:
        raise NotRendered(f"{name}: {option} of the chart {chart} would be read as an option of helm")
