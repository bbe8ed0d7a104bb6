"""Functions of templates that make something new: tests, numbers, lists, maps, and text derived from others."""

from __future__ import annotations

import base64
import hashlib
import math
import posixpath
import re
import zlib
from collections.abc import Callable, Mapping, Sequence

from whydrift.core.remedy.places.helm.evaluation import is_true
from whydrift.core.remedy.places.helm.functions import number, text
from whydrift.core.remedy.places.helm.functions_collections import COLLECTIONS
from whydrift.core.remedy.places.helm.layers import stated_tree
from whydrift.core.remedy.places.helm.regexes import replaced, replaced_literally, search
from whydrift.core.remedy.places.helm.traced import Method, Piece, Traced, joined, made, plain
from whydrift.core.remedy.places.helm.versions import holds
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable

Given = Sequence[Traced]

LONGEST = 1_000_000
"""How long a text may become by one call: templates can ask for any length."""


def _text(change: Callable[[str], str]) -> Method:
    """A function of a text that makes a text."""
    return lambda given: made(change(text(given[-1])), given)


def _text3(change: Callable[[str, str, str], str]) -> Method:
    """A function of three texts that makes a text."""
    return lambda given: made(change(text(given[0]), text(given[1]), text(given[2])), given)


def _test(test: Callable[[str, str], bool]) -> Method:
    """A function of texts that makes a truth."""
    return lambda given: Traced(test(text(given[0]), text(given[1])))


def _numbers(change: Callable[[list[int]], int]) -> Method:
    """A function of whole numbers that makes one."""

    def counted(given: Given) -> Traced:
        found = change([number(value) for value in given])
        return Traced(found, pieces=made(str(found), given).pieces)

    return counted


def _volatile(name: str) -> Method:
    return lambda given: joined((Piece(f"<{name}>", volatile=True),))


def _certificate(given: Given) -> Traced:
    return Traced({"Cert": _volatile("cert")(given), "Key": _volatile("key")(given)})


def _order(test: Callable[[int | float | str, int | float | str], bool]) -> Method:
    def ordered(given: Given) -> Traced:
        a, b = (value.data if isinstance(value.data, int | float | str) else 0 for value in given[:2])
        if isinstance(a, str) is not isinstance(b, str):
            a, b = number(given[0]), number(given[1])
        return Traced(test(a, b))

    return ordered


def _kind(value: Traced) -> str:
    data = value.data
    kinds = {
        bool: "bool",
        int: "int",
        float: "float64",
        str: "string",
        list: "slice",
        dict: "map",
        type(None): "invalid",
    }
    return kinds.get(type(data), "func")


def _repeat(given: Given) -> Traced:
    count, word = number(given[0]), text(given[1])
    if count * len(word) > LONGEST:
        raise ValueError("more text than a template would print")
    return made(word * count, given)


def _parsed(given: Given) -> Traced:
    try:
        found = documents(text(given[0]))
        value = found[0].value if found else {}
    except NotEditable as error:
        return Traced({"Error": Traced(str(error))})
    return _unplaced(stated_tree(value, ""))


def _unplaced(value: Traced) -> Traced:
    if isinstance(value.data, dict):
        return Traced({key: _unplaced(item) for key, item in value.data.items()})
    return Traced([_unplaced(item) for item in value.data] if isinstance(value.data, list) else value.data)


def _decoded(coded: str) -> str:
    try:
        return base64.b64decode(coded).decode()
    except ValueError:
        return coded


def _split(given: Given) -> Traced:
    parts = text(given[1]).split(text(given[0]))
    return Traced({f"_{place}": made(part, given[1:]) for place, part in enumerate(parts)})


def _title(whole: str) -> str:
    return re.sub(r"\b[^\W\d]", lambda found: found.group().upper(), whole)


def _same(given: Given) -> Traced:
    return Traced(any(plain(given[0]) == plain(other) for other in given[1:]))


MADE: Mapping[str, Method] = {
    **COLLECTIONS,
    "not": lambda given: Traced(not is_true(given[0])),
    "empty": lambda given: Traced(not is_true(given[0])),
    "eq": _same,
    "ne": lambda given: Traced(plain(given[0]) != plain(given[1])),
    "lt": _order(lambda a, b: a < b),  # type: ignore[operator]  # both are text or both numbers: see _order
    "le": _order(lambda a, b: a <= b),  # type: ignore[operator]  # as above
    "gt": _order(lambda a, b: a > b),  # type: ignore[operator]  # as above
    "ge": _order(lambda a, b: a >= b),  # type: ignore[operator]  # as above
    "kindOf": lambda given: Traced(_kind(given[0])),
    "kindIs": lambda given: Traced(_kind(given[1]) == text(given[0])),
    "typeOf": lambda given: Traced(
        {"map": "map[string]interface {}", "slice": "[]interface {}"}.get(_kind(given[0]), _kind(given[0]))
    ),
    "typeIs": lambda given: Traced(_kind(given[1]) == text(given[0])),
    "typeIsLike": lambda given: Traced(_kind(given[1]) == text(given[0])),
    "semverCompare": lambda given: Traced(holds(text(given[0]), text(given[1]))),
    "contains": _test(lambda part, whole: part in whole),
    "hasPrefix": _test(lambda part, whole: whole.startswith(part)),
    "hasSuffix": _test(lambda part, whole: whole.endswith(part)),
    "regexMatch": _test(lambda form, whole: search(form, whole) is not None),
    "upper": _text(str.upper),
    "lower": _text(str.lower),
    "title": _text(_title),
    "untitle": _text(lambda whole: whole[:1].lower() + whole[1:]),
    "camelcase": _text(lambda whole: "".join(part[:1].upper() + part[1:] for part in re.split("[-_ ]", whole))),
    "kebabcase": _text(lambda whole: re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_ ]", "-", whole).lower()),
    "snakecase": _text(lambda whole: re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[- ]", "_", whole).lower()),
    "base": _text(posixpath.basename),
    "dir": _text(posixpath.dirname),
    "ext": _text(lambda path: posixpath.splitext(path)[1]),
    "nospace": _text(lambda whole: re.sub(r"\s", "", whole)),
    "replace": _text3(lambda old, new, whole: whole.replace(old, new)),
    "regexReplaceAll": _text3(replaced),
    "regexReplaceAllLiteral": _text3(replaced_literally),
    "regexFind": lambda given: made(search(text(given[0]), text(given[1])) or "", given[1:]),
    "repeat": _repeat,
    "b64enc": _text(lambda whole: base64.b64encode(whole.encode()).decode()),
    "b64dec": _text(_decoded),
    "sha256sum": _text(lambda whole: hashlib.sha256(whole.encode()).hexdigest()),
    "sha1sum": _text(lambda whole: hashlib.sha1(whole.encode(), usedforsecurity=False).hexdigest()),
    "adler32sum": _text(lambda whole: str(zlib.adler32(whole.encode()))),
    "fromYaml": _parsed,
    "fromYamlArray": _parsed,
    "fromJson": _parsed,
    "fromJsonArray": _parsed,
    "add": _numbers(sum),
    "add1": _numbers(lambda values: values[0] + 1),
    "sub": _numbers(lambda values: values[0] - values[1]),
    "mul": _numbers(math.prod),
    "div": _numbers(lambda values: int(values[0] / values[1]) if values[1] else 0),
    "mod": _numbers(lambda values: values[0] % values[1] if values[1] else 0),
    "max": _numbers(max),
    "min": _numbers(min),
    "ceil": lambda given: Traced(float(-(-float(text(given[0]) or 0) // 1))),
    "floor": lambda given: Traced(float(float(text(given[0]) or 0) // 1)),
    "splitList": lambda given: Traced([made(part, given[1:]) for part in text(given[1]).split(text(given[0]))]),
    "split": _split,
    "genCA": _certificate,
    "genCAWithKey": _certificate,
    "genSelfSignedCert": _certificate,
    "genSignedCert": _certificate,
    "date": lambda given: made("<date>", given[1:]),
    "ago": lambda given: made("<ago>", given),
    **{
        name: _volatile(name)
        for name in (
            "now",
            "uuidv4",
            "htpasswd",
            "randAlphaNum",
            "randAlpha",
            "randNumeric",
            "randAscii",
            "randBytes",
            "randInt",
            "genPrivateKey",
            "derivePassword",
            "bcrypt",
            "encryptAES",
            "shuffle",
        )
    },
}
"""Functions by name. What is random or tells the time is text that comes out differently each time."""


def unmust(functions: Mapping[str, Method]) -> dict[str, Method]:
    """The functions with sprig's spellings of those that fail with an error (`mustToYaml`)."""
    return {**functions, **{f"must{name[:1].upper()}{name[1:]}": function for name, function in functions.items()}}
