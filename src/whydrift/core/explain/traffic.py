"""Which traffic the rules of a NetworkPolicy let through, compared by what they mean.

What they mean: Kubernetes, staging/src/k8s.io/api/networking/v1/types.go. A protocol that is not stated is TCP, which
the API server writes in; no peers, and no ports, are all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import product

from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, items, mapping, same, text


def lets_through_more(old: list[Json], new: list[Json], peers: str) -> bool:
    """Whether new rules allow a peer at a port that no old rule allowed; `peers` is `from` or `to`."""
    wanted = (pair for rule in new for pair in product(_all_or(rule, peers), _all_or(rule, "ports")))
    return not all(any(_lets_through(rule, peers, peer, port) for rule in old) for peer, port in wanted)


def _all_or(rule: Json, part: str) -> list[MaybeJson]:
    """The peers or ports of a rule; ABSENT stands for all of them."""
    return [*items(rule, part)] or [ABSENT]


def _lets_through(rule: Json, peers: str, peer: MaybeJson, port: MaybeJson) -> bool:
    peered = any(a is ABSENT or (peer is not ABSENT and _covers_peer(a, peer)) for a in _all_or(rule, peers))
    return peered and any(a is ABSENT or (port is not ABSENT and _covers_port(a, port)) for a in _all_or(rule, "ports"))


def _covers_port(allowed: MaybeJson, wanted: MaybeJson) -> bool:
    if (text(allowed, "protocol") or "TCP") != (text(wanted, "protocol") or "TCP"):
        return False
    one, other = child(allowed, "port"), child(wanted, "port")
    if one is ABSENT:
        return True
    if isinstance(one, int) and isinstance(other, int):
        return one <= other and _end(wanted, other) <= _end(allowed, one)
    return other is not ABSENT and same(one, other)


def _end(port: MaybeJson, start: int) -> int:
    end = child(port, "endPort")
    return end if isinstance(end, int) else start


def _covers_peer(allowed: MaybeJson, wanted: MaybeJson) -> bool:
    blocks = child(allowed, "ipBlock"), child(wanted, "ipBlock")
    if blocks != (ABSENT, ABSENT):
        return ABSENT not in blocks and _covers_block(*blocks)
    namespaces = child(allowed, "namespaceSelector"), child(wanted, "namespaceSelector")
    if namespaces[0] is ABSENT and namespaces[1] is not ABSENT:
        return False
    return _selects_all(*namespaces) and _selects_all(child(allowed, "podSelector"), child(wanted, "podSelector"))


def _selects_all(allowed: MaybeJson, wanted: MaybeJson) -> bool:
    """Whether a selector takes all that another one takes: it asks for nothing that the other does not ask for."""
    labels = mapping(wanted, "matchLabels")
    asked = (key in labels and same(labels[key], value) for key, value in mapping(allowed, "matchLabels").items())
    others = items(wanted, "matchExpressions")
    return all(asked) and all(any(same(a, b) for b in others) for a in items(allowed, "matchExpressions"))


def _covers_block(allowed: MaybeJson, wanted: MaybeJson) -> bool:
    try:
        outer, inner = ip_network(text(allowed, "cidr"), strict=False), ip_network(text(wanted, "cidr"), strict=False)
        barred, spared = _excepted(allowed), _excepted(wanted)
    except ValueError:
        return same(allowed, wanted)
    kept_out = all(not hole.overlaps(inner) or any(_within(hole, other) for other in spared) for hole in barred)
    return _within(inner, outer) and kept_out


def _excepted(block: MaybeJson) -> list[IPv4Network | IPv6Network]:
    stated: Iterable[Json] = items(block, "except")
    return [ip_network(cidr, strict=False) for cidr in stated if isinstance(cidr, str)]


def _within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)
