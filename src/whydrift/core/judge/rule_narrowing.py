"""The narrowest rule that still hides what a part hides today: pointers before jq, one object before a kind.

Offered only where it takes fewer values out than what is written, and every object of the application compares the same
with it in place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.compare.terms import Terms
from whydrift.core.judge.rule_cover import Comparable, covered_leaves, differing, signature
from whydrift.core.judge.rule_parts import Part, terms_with
from whydrift.core.model.drift import Difference
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path, item_key, pointer
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, MaybeJson, child
from whydrift.errors import NotComparable

NARROWER = "instead"
"""The origin of rules that are not written yet: they are no part of the rule that they stand in for."""
Hides = Sequence[tuple[Comparable, tuple[Difference, ...]]]


def narrowest(part: Part, hides: Hides, others: Sequence[Comparable], terms: Terms) -> tuple[IgnoreRule, ...]:
    """The rules to write instead; () where the part is as narrow as can be, or where nothing is proven.

    An object's own annotation holds pointers only.

    `hides` are the objects in which it hides something, `others` those that it covers without hiding anything.
    """
    if not hides or part.form == "option" or any(one.why_not for one, _ in hides):
        return ()
    rules = _rules(part, hides, everywhere=not others)
    everything = [one for one, _ in hides] + list(others)
    if part.of_object and any(rule.expressions for rule in rules):
        return ()
    if not rules or not _covers_less(part, rules, everything, terms):
        return ()
    return rules if same_verdicts(terms_with(terms, part, rules), everything) else ()


def _rules(part: Part, hides: Hides, everywhere: bool) -> tuple[IgnoreRule, ...]:
    """One rule for each object, or one for a kind where all of its objects need the same and rules name none."""
    made: dict[IgnoreRule, list[ObjectKey]] = {}
    for one, found in hides:
        key = one.item.key
        selectors = [selector(d, one.item) for d in found]
        pointers = tuple(sorted({text for form, text in selectors if form == "pointer"}))
        programs = tuple(sorted({text for form, text in selectors if form == "jq"}))
        rule = IgnoreRule(key.group, key.kind, "", part.rule.namespace, pointers, programs, (), NARROWER)
        made.setdefault(rule, []).append(key)
    if part.system or (everywhere and len(made) == 1 and not part.rule.name):
        return tuple(made)
    return tuple(_named(rule, key, part) for rule, keys in made.items() for key in keys)


def _named(rule: IgnoreRule, key: ObjectKey, part: Part) -> IgnoreRule:
    return replace(rule, name=key.name, namespace=part.rule.namespace)


def selector(difference: Difference, item: ObjectSnapshot) -> tuple[str, str]:
    """What takes a difference out: `pointer` where no list is on the way, else `jq`, which finds items by their key."""
    gone = difference.target is ABSENT
    path, root = (difference.live_path, item.live) if gone else (difference.path, item.target)
    if not any(isinstance(step, int) for step in path):
        return "pointer", pointer(path)
    program = _program(path, root)
    return ("jq", program) if program else ("pointer", pointer(path))


def _program(path: Path, root: MaybeJson) -> str:
    """`.spec.containers[]? | select(.name == "web") | .image`; "" where an item has no key that tells it apart."""
    stages, here, so_far = [], root, ""
    for step in path:
        if isinstance(step, int):
            siblings = here if isinstance(here, list) else []
            item = child(here, step)
            key = item_key(item, siblings) if item is not ABSENT else None
            if key is None:
                return ""
            stages += [f"{so_far or '.'}[]?", f"select(.{key} == {json.dumps(child(item, key))})"]
            so_far = ""
        else:
            so_far += (
                f".{step}"
                if step.isidentifier() and step.isascii()
                else f"[{json.dumps(step)}]"
                if so_far
                else f".[{json.dumps(step)}]"
            )
        here = child(here, step)
    return " | ".join([*stages, so_far] if so_far else stages)


def as_parts(part: Part, rules: Sequence[IgnoreRule]) -> list[Part]:
    """Rules as parts, so that what they cover can be measured."""
    bare = [replace(rule, pointers=(), expressions=()) for rule in rules]
    pointers = [
        Part(replace(b, pointers=(text,)), "pointer", text, part.system)
        for b, r in zip(bare, rules, strict=True)
        for text in r.pointers
    ]
    programs = [
        Part(replace(b, expressions=(text,)), "jq", text, part.system)
        for b, r in zip(bare, rules, strict=True)
        for text in r.expressions
    ]
    return pointers + programs


def _covers_less(part: Part, rules: Sequence[IgnoreRule], objects: Sequence[Comparable], terms: Terms) -> bool:
    jq = terms.knowledge.jq
    narrow = as_parts(part, rules)
    before = {(one.item.key, leaf) for one in objects for leaf in covered_leaves(part, one.item, jq)}
    after = {(one.item.key, leaf) for one in objects for each in narrow for leaf in covered_leaves(each, one.item, jq)}
    return after < before


def same_verdicts(then: Terms, objects: Sequence[Comparable]) -> bool:
    """Whether objects differ on other terms exactly where they differ now."""
    try:
        return all(signature(differing(one.item, then)) == signature(one.found) for one in objects if not one.why_not)
    except NotComparable:
        return False
