"""Marks accepted differences in an answer, and says which residuals expired or are gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from whydrift.core.model.accepted import Accepted
from whydrift.core.model.triage import AcceptedAnswer, ApplicationAnswer, DifferenceAnswer, ObjectAnswer


@dataclass
class Residuals:
    """The residuals of a working copy while applications stream past; `day` is today (RFC 3339 date)."""

    accepted: Sequence[Accepted]
    day: str
    seen: set[Accepted] = field(default_factory=set)
    looked_at: set[str] = field(default_factory=set)

    @property
    def counting(self) -> tuple[Accepted, ...]:
        """Those that count today."""
        return tuple(one for one in self.accepted if one.counts(self.day))

    def marked(self, application: ApplicationAnswer) -> ApplicationAnswer:
        """An application whose accepted differences say so."""
        if not self.accepted or isinstance(application.objects, msgspec.UnsetType):
            return application
        name = application.selector
        if not application.not_read:
            self.looked_at |= {name, name.rpartition(":")[2]}
        objects = tuple(self._object(name, item) for item in application.objects)
        return msgspec.structs.replace(application, objects=objects)

    def _object(self, application: str, item: ObjectAnswer) -> ObjectAnswer:
        found = tuple(self._difference(application, item, difference) for difference in item.differences)
        return msgspec.structs.replace(item, differences=found)

    def _difference(self, application: str, item: ObjectAnswer, difference: DifferenceAnswer) -> DifferenceAnswer:
        for one in self.accepted:
            if one.covers(application, item.id, item.namespace, difference.path):
                self.seen.add(one)
                if one.counts(self.day):
                    told = AcceptedAnswer(reason=one.reason, owner=one.owner, until=one.until)
                    return msgspec.structs.replace(difference, accepted=told)
        return difference

    def notes(self) -> Iterator[str]:
        """Residuals that expired, and those whose difference is gone although its application was looked at."""
        for one in self.accepted:
            about = f"{one.application + ' ' if one.application else ''}{one.object} {one.path}".rstrip()
            if one in self.seen and not one.counts(self.day):
                yield f"accepted until {one.until}, and still there: {about} ({one.owner}: {one.reason})"
            elif one not in self.seen and one.application in self.looked_at:
                yield f"accepted, and gone: {about}; take it out of whydrift-accepted.toml"
