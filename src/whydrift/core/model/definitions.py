"""The CustomResourceDefinitions of a cluster: found by what they define, each one masked when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator

from whydrift.core.model.values import Json, JsonObject, is_object, items, text


class Definitions:
    """CRDs by group and kind; of two for one kind the later counts. Some are megabytes, and few are asked for."""

    def __init__(self, crds: Iterable[JsonObject], mask: Callable[[Json], Json] = lambda crd: crd) -> None:
        """`mask` hides what is secret in one of them."""
        self._mask = mask
        self._stated = {(text(crd, "spec", "group"), text(crd, "spec", "names", "kind")): crd for crd in crds}
        self._masked: dict[tuple[str, str], JsonObject | None] = {}

    def __bool__(self) -> bool:
        return bool(self._stated)

    def of(self, group: str, kind: str) -> JsonObject | None:
        """The CRD that defines a kind; None where none does."""
        named = (group, kind)
        if named not in self._masked:
            masked = self._mask(self._stated.get(named))
            self._masked[named] = masked if is_object(masked) else None
        return self._masked[named]

    def written_by(self, managers: Container[str]) -> Iterator[tuple[str, list[str]]]:
        """The name of each CRD that some of these managers wrote, and when (RFC 3339)."""
        for crd in self._stated.values():
            entries = items(crd, "metadata", "managedFields")
            times = [text(entry, "time") for entry in entries if text(entry, "manager") in managers]
            if times:
                yield text(crd, "metadata", "name"), times
