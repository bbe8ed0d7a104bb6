"""Objects as a plan names them: what they were when it was made."""

from __future__ import annotations

from whydrift.core.model.digest import digest
from whydrift.core.model.plan import ObjectRef
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import is_object, text


def object_ref(item: ObjectSnapshot) -> ObjectRef:
    """An object with what tells later whether it moved."""
    live = item.live if is_object(item.live) else item.target
    return ObjectRef(
        id=item.key.id,
        namespace=item.key.namespace,
        api_version=text(live, "apiVersion"),
        uid=text(item.live, "metadata", "uid"),
        resource_version=text(item.live, "metadata", "resourceVersion"),
        digest=digest(item.live) if is_object(item.live) else "",
    )
