"""One trouble with what is needed to find its place in git."""

from __future__ import annotations

from dataclasses import dataclass

from whydrift.core.model.trouble import Trouble
from whydrift.core.model.values import Json, JsonObject, MaybeJson, items, mapping, text
from whydrift.core.unmask.places import POD_SPECS, Places
from whydrift.core.unmask.scene import Scene


@dataclass(frozen=True)
class Case:
    """One trouble with what is needed to find its place."""

    scene: Scene
    places: Places
    trouble: Trouble

    @property
    def container(self) -> JsonObject:
        """The container's spec as it lives; {} where the trouble is about none."""
        pods: list[Json] = [
            pod for pod in self.scene.pods or () if text(pod, "metadata", "name") in self.trouble.pods[:1]
        ]
        found = (
            c
            for holder in (self.scene.stated(self.trouble.key), *pods)
            for spec in POD_SPECS
            for field in ("containers", "initContainers")
            for c in items(holder, *spec, field)
            if text(c, "name") == self.trouble.container
        )
        return next((c for c in found if isinstance(c, dict)), {})

    def at(self, *path: str | int) -> str | None:
        """The place of a path of the container, followed to the value behind a template."""
        return self.places.followed(self.places.container(self.trouble.key, self.trouble.container, path))

    def field(self, *path: str | int) -> str | None:
        """The place of a path of the object, followed."""
        return self.places.followed(self.places.field(self.trouble.key, path))


def all_containers(stated: MaybeJson) -> list[Json]:
    """The containers of a workload's pod spec."""
    return next((found for spec in POD_SPECS if (found := items(stated, *spec, "containers"))), [])


def first_container(case: Case) -> JsonObject:
    """The first container of the object that a trouble is about; {} where it has none."""
    stated = case.scene.stated(case.trouble.key)
    found = (c for spec in POD_SPECS for c in items(stated, *spec, "containers"))
    return next((c for c in found if isinstance(c, dict)), {})


def configuration(case: Case) -> dict[str, str]:
    """The files that ConfigMaps of the application hold, by name."""
    maps = [case.scene.stated(key) for key in case.scene.by_key if key.kind == "ConfigMap"]
    return {name: value for held in maps for name, value in mapping(held, "data").items() if isinstance(value, str)}
