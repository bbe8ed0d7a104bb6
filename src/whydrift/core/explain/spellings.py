"""Whether two spellings are one value, by the type of the place where they stand. Free text is never compared so."""

from __future__ import annotations

from whydrift.core.compare.typed import scalars
from whydrift.core.compare.typed.quantity import parse_quantity
from whydrift.core.compare.typed.reencode import Undecodable, reencoder
from whydrift.core.compare.typed.table import TypeTable
from whydrift.core.explain.places import Place, place_of, scalar_type
from whydrift.core.model.paths import Path
from whydrift.core.model.schema import Type
from whydrift.core.model.values import Json, JsonObject, same

RESOURCE_BLOCKS = frozenset({"limits", "requests"})
RESOURCES = frozenset({"cpu", "memory", "storage", "ephemeral-storage"})
QUANTITY_PATTERN = "[KMGTPE]i"
"""What every pattern of a quantity in a CRD holds (controller-gen writes it for resource.Quantity)."""
PEM = "-----BEGIN "
DURATIONS = frozenset(
    {
        ("cert-manager.io", "spec/duration"),
        ("cert-manager.io", "spec/renewBefore"),
        ("external-secrets.io", "spec/refreshInterval"),
        *(
            ("monitoring.coreos.com", path)
            for path in (
                "spec/groups/*/interval",
                "spec/groups/*/rules/*/for",
                "spec/groups/*/rules/*/keep_firing_for",
                "spec/endpoints/*/interval",
                "spec/endpoints/*/scrapeTimeout",
                "spec/podMetricsEndpoints/*/interval",
                "spec/podMetricsEndpoints/*/scrapeTimeout",
            )
        ),
        *(
            ("gateway.networking.k8s.io", f"spec/rules/*/{field}")
            for field in (
                "timeouts/request",
                "timeouts/backendRequest",
                "retry/backoff",
                "sessionPersistence/absoluteTimeout",
                "sessionPersistence/idleTimeout",
            )
        ),
        *(
            (f"{part}.toolkit.fluxcd.io", f"spec/{field}")
            for part in ("source", "kustomize", "helm")
            for field in ("interval", "timeout", "retryInterval")
        ),
    }
)
"""Fields that are durations in their Go types, or by their specification (GEP-2257), by API group."""
SCALAR_KINDS = frozenset({"Quantity", "bytes", "Time", "MicroTime", "Duration", "int32", "int64", "bool"})
"""Kinds of Go types with more than one spelling of a value. Strings are what they are."""


def texts(git: Json, live: Json) -> tuple[str, str] | None:
    """Two scalars as the texts that may be spellings of one value; None where one is no scalar, or null."""
    spelled = (_text(git), _text(live))
    return None if spelled[0] is None or spelled[1] is None else (spelled[0], spelled[1])


def _text(value: Json) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return scalars.number_text(value)
    return value if isinstance(value, str) else None


def may_be_one(git: Json, live: Json) -> bool:
    """Whether two scalars could be one value of some type: the cheap question before the type is known."""
    spelled = texts(git, live)
    if spelled is None:
        return False
    return spelled[0] == spelled[1] or any(_read_same(*spelled, reader) for reader in READERS.values())


def same_by_go_type(target: JsonObject, path: Path, git: Json, live: Json, types: TypeTable) -> str:
    """The kind of Go type by which two scalars are one value, "" where they are not."""
    place = place_of(target, path, types)
    if not isinstance(place, Place):
        return ""
    kind = scalar_type(place, types)
    if kind == "Quantity":
        spelled = texts(git, live)
        return kind if spelled is not None and _read_same(*spelled, parse_quantity) else ""
    if kind not in SCALAR_KINDS:
        return ""
    encoder = reencoder(types, strict=False, complete=True)
    try:
        return kind if same(encoder.value(place.type, git), encoder.value(place.type, live)) else ""
    except Undecodable:
        return ""


def same_duration(group: str, path: Path, git: Json, live: Json) -> str:
    """The type by which two texts are one duration in a field that is known to hold one, "" where it is not."""
    spelled = texts(git, live)
    place = "/".join("*" if isinstance(step, int) else step for step in path)
    if spelled is None or (group, place) not in DURATIONS:
        return ""
    return "Duration" if _read_same(*spelled, scalars.duration_text) else ""


def same_by_schema(schema: Type | None, path: Path, git: Json, live: Json) -> str:
    """The type by which a CRD's schema (or the rule for resource lists) makes two scalars one value, "" for none."""
    spelled = texts(git, live)
    if spelled is None:
        return ""
    if _names_resource(path) and _read_same(*spelled, parse_quantity):
        return "Quantity"
    parent = schema.at(path[:-1]) if schema is not None else None
    here = parent.field(path[-1]) if parent is not None and isinstance(path[-1], str) else None
    return "" if here is None or here.enum else _by_type(here, *spelled)


def _by_type(here: Type, git: str, live: str) -> str:
    if here.int_or_string:
        quantity = QUANTITY_PATTERN in str(here.schema.get("pattern", ""))
        if git == live or (quantity and _read_same(git, live, parse_quantity)):
            return "Quantity" if quantity else "IntOrString"
        return ""
    match here.type, here.format:
        case "boolean" | "integer" | "number", _:
            return here.type if git == live else ""
        case "string", "date-time":
            return "Time" if _read_same(git, live, scalars.time_text) else ""
        case "string", "byte":
            return "bytes" if _read_same(git, live, scalars.bytes_text) else ""
        case "string", _:
            return _by_content(git, live)
    return ""


def _by_content(git: str, live: str) -> str:
    """A string field without a format: a number put in as text, PEM, or a duration that Go wrote back in full."""
    if git == live:
        return "string"
    if git.lstrip().startswith(PEM) and git.split() == live.split():
        return "PEM"
    return "Duration" if live == scalars.duration_text(git) or git == scalars.duration_text(live) else ""


def _names_resource(path: Path) -> bool:
    """Whether a path leads into a resource list: anything below `resources`, elsewhere the well-known names."""
    if len(path) < 2 or path[-2] not in RESOURCE_BLOCKS:
        return False
    return path[-1] in RESOURCES or str(path[-1]).startswith("hugepages-") or path[-3:-2] == ("resources",)


def _read_same(git: str, live: str, reader: object) -> bool:
    assert callable(reader)
    read = reader(git)
    return read is not None and read == reader(live)


READERS = {
    "Quantity": parse_quantity,
    "Duration": scalars.duration_text,
    "Time": scalars.time_text,
    "bytes": scalars.bytes_text,
    "PEM": lambda text: text.split() if text.lstrip().startswith(PEM) else None,
}
