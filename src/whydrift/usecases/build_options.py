"""Which build options Argo CD gives to kustomize.

Source: Argo CD, util/settings/settings.go :: GetKustomizeSettings, and GetOptions up to 3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import ARGOCD_CONFIG, ARGOCD_VERSION, SETTINGS
from whydrift.core.model.values import text
from whydrift.core.model.versions import Since, assumed

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader

OPTIONS = "kustomize.buildOptions"
VERSIONS = ("kustomize.version.", "kustomize.path.")
ALIKE = Since(((3, 2, 0),))
"""Since then the options of a version are read and not used: the others stand for every version."""


async def build_options(reader: FactReader, application: Application) -> dict[str, str]:
    """Options by the version of kustomize that an Application may ask for, "" for every other; none where not read."""
    key = application.facts_key
    shown = await reader.fact(application, key, SETTINGS)
    every = text(shown, "kustomizeOptions", "BuildOptions")
    told = await reader.fact(application, key, ARGOCD_VERSION)
    if ALIKE.holds(assumed(told)):
        return {"": every}
    config = await reader.fact(application, key, ARGOCD_CONFIG) or {}
    named = [name.removeprefix(start) for start in VERSIONS for name in config if name.startswith(start)]
    return {"": every, **{name: text(config, f"{OPTIONS}.{name}") for name in named}}
