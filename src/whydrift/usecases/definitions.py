"""Reads what defines custom kinds: the CRDs of a cluster, masked only as far as somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whydrift.core.model.application import Application
from whydrift.core.model.definitions import Definitions
from whydrift.core.model.fact_kinds import CRDS, DEFINITION
from whydrift.core.model.facts import Gap
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import JsonObject, is_object, items
from whydrift.errors import SourceError
from whydrift.ports import NotRead
from whydrift.usecases.decode import decode_object

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader

LIST = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
KIND: JsonObject = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
"""What the API server leaves out of the items of a list."""


async def definitions(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """Every CRD of the cluster; none where it does not know the kind, a gap where the list was not read."""
    what = f"{CRDS.name} (customresourcedefinitions)"
    reply = await reader.kubernetes(application, LIST)
    if isinstance(reply, NotRead):
        return Definitions(()) if reply.status == 404 else Gap(what, reply.why, CRDS.needs)
    try:
        rows = items(decode_object(reply.content, what), "items")
    except SourceError as error:
        return Gap(what, str(error), CRDS.needs)
    return Definitions(({**KIND, **row} for row in rows if is_object(row)), reader.masker.mask)


async def schemas(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The types of all kinds, built in or defined by a CRD."""
    await reader.read([(application, key, CRDS)])
    facts = reader.facts(application, key)
    return facts.gaps[CRDS] if CRDS in facts.gaps else reader.builtin_schemas.with_crds(facts.get(CRDS))


async def definition(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """One CRD, by its name; {} where the cluster has none of that name."""
    reply = await reader.kubernetes(application, f"{LIST}/{key.name}")
    if isinstance(reply, NotRead) and reply.status == 404:
        return {}
    return reader.value(reply, DEFINITION, f"definition {key.name}")
