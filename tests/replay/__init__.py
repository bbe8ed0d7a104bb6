"""A replay server: any recording over HTTP as both APIs, with faults on demand. See `python -m tests.replay --help`."""

from tests.replay.faults import Fault
from tests.replay.server import CERTIFICATES, Replay, Seen

__all__ = ["CERTIFICATES", "Fault", "Replay", "Seen"]
