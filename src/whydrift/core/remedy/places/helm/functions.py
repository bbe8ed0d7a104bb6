"""Functions of templates that keep the origin of text.

Go, text/template/funcs.go; Masterminds/sprig, functions.go; Helm, pkg/engine/funcs.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from whydrift.core.remedy.places.helm.evaluation import entry, is_true, preferring
from whydrift.core.remedy.places.helm.traced import (
    NOTHING,
    Method,
    Piece,
    Pieces,
    Traced,
    cut,
    go_number,
    joined,
    made,
    pieces_of,
    printed,
    text_of,
)
from whydrift.core.remedy.places.helm.writing import indented, to_json, to_yaml
from whydrift.errors import NotEditable

DEEPEST_INDENT = 1_000
VERB = re.compile(r"%([-+# 0]*)(\d*)(?:\.(\d+))?([a-zA-Z%])")


def text(value: Traced) -> str:
    """The text that a value prints."""
    return text_of(pieces_of(value))


def number(value: Traced) -> int:
    """A whole number out of a value, 0 where it is none (sprig, toInt64)."""
    data = value.data
    if isinstance(data, int | float):
        return int(data)
    found = re.match(r"[+-]?\d+", data) if isinstance(data, str) else None
    return int(found.group()) if found else 0


def _default(given: Sequence[Traced]) -> Traced:
    passed = given[1:]
    return passed[0] if passed and is_true(passed[0]) else preferring(passed, given[0])


def _coalesce(given: Sequence[Traced]) -> Traced:
    for place, value in enumerate(given):
        if is_true(value):
            return preferring(given[:place], value)
    return preferring(given, NOTHING)


def _ternary(given: Sequence[Traced]) -> Traced:
    yes, no, test = given
    return yes if is_true(test) else no


def _required(given: Sequence[Traced]) -> Traced:
    if given[1].data is None or given[1].data == "":
        raise NotEditable(text(given[0]))
    return given[1]


def _fail(given: Sequence[Traced]) -> Traced:
    raise NotEditable(text(given[0]))


def _quote(mark: str) -> Method:
    def quoted(given: Sequence[Traced]) -> Traced:
        found: list[Piece] = []
        for value in given:
            inside = pieces_of(value)
            if value.data is None:
                found += inside
                continue
            if set(text_of(inside)) & {"\\", "\n", mark} and mark == '"':
                inside = made(to_json(Traced(text_of(inside))).pieces[0].text[1:-1], (value,)).pieces
            found += [*([Piece(" ")] if found else []), Piece(mark), *inside, Piece(mark)]
        return joined(found)

    return quoted


def _trim(left: Callable[[str, str], str], right: Callable[[str, str], str], marks: bool) -> Method:
    """A function that takes text away at the ends; `marks`: what to take is given first."""

    def trimmed(given: Sequence[Traced]) -> Traced:
        what = text(given[0]) if marks else " \t\n\r\f\v"
        whole, pieces = text(given[-1]), pieces_of(given[-1])
        start = len(whole) - len(left(whole, what))
        return joined(cut(pieces, start, max(start, len(right(whole, what)))))

    return trimmed


def _kept(whole: str, what: str) -> str:
    return whole


def _trunc(given: Sequence[Traced]) -> Traced:
    length, pieces = number(given[0]), pieces_of(given[1])
    size = len(text_of(pieces))
    return joined(cut(pieces, max(size + length, 0)) if length < 0 else cut(pieces, 0, min(length, size)))


def _substr(given: Sequence[Traced]) -> Traced:
    start, end, pieces = number(given[0]), number(given[1]), pieces_of(given[2])
    return joined(cut(pieces, max(start, 0), None if end < 0 else end))


def _indent(given: Sequence[Traced]) -> Traced:
    if number(given[0]) > DEEPEST_INDENT:
        raise ValueError("deeper than a template would indent")
    return joined(indented(pieces_of(given[1]), number(given[0])))


def _nindent(given: Sequence[Traced]) -> Traced:
    return joined((Piece("\n"), *_indent(given).pieces))


def _print(given: Sequence[Traced]) -> Traced:
    """Go's print: blanks stand only between operands neither of which is a string."""
    found: list[Piece] = []
    for place, value in enumerate(given):
        apart = place and not isinstance(value.data, str) and not isinstance(given[place - 1].data, str)
        found += [*([Piece(" ")] if apart else []), *pieces_of(value)]
    return joined(found)


def _between(separator: str, values: Iterable[Traced]) -> Traced:
    found: list[Piece] = []
    for value in values:
        found += [*([Piece(separator)] if found else []), *pieces_of(value)]
    return joined(found)


def _join(given: Sequence[Traced]) -> Traced:
    data = given[1].data
    return _between(text(given[0]), [v for v in data if v.data is not None] if isinstance(data, list) else [given[1]])


def _printf(given: Sequence[Traced]) -> Traced:
    form, values = text(given[0]), list(given[1:])
    found: list[Piece] = []
    at = 0
    for verb in VERB.finditer(form):
        found.append(Piece(form[at : verb.start()]))
        at = verb.end()
        if verb[4] == "%":
            found.append(Piece("%"))
        elif values:
            found += _formatted(verb, values.pop(0))
    return joined((*found, Piece(form[at:])))


def _formatted(verb: re.Match[str], value: Traced) -> Pieces:
    flags, width, precision, letter = verb.groups()
    if len(width) > 3 or len(precision or "") > 3:
        raise ValueError("wider than a template would print")
    if letter in "sv" and not width and not precision:
        return pieces_of(value) if value.data is not None else (Piece("%!s(<nil>)" if letter == "s" else "<nil>"),)
    if letter == "q":
        return _quote('"')([value]).pieces
    data = value.data
    if letter in "dxXoc" and isinstance(data, int | float):
        return made(f"%{flags}{width}{letter}" % int(data), (value,)).pieces
    if letter in "feg" and isinstance(data, int | float):
        return made(f"%{flags}{width}{'.' + precision if precision else ''}{letter}" % data, (value,)).pieces
    if letter in "sv":
        return made(f"%{flags}{width}{'.' + precision if precision else ''}s" % text(value), (value,)).pieces
    return pieces_of(value)


def _to_string(given: Sequence[Traced]) -> Traced:
    value = given[0]
    return joined(pieces_of(value)) if value.data is not None else Traced(printed(value))


def _index(given: Sequence[Traced]) -> Traced:
    value = given[0]
    for key in given[1:]:
        if isinstance(value.data, list):
            place = number(key)
            value = value.data[place] if 0 <= place < len(value.data) else NOTHING
        else:
            value = entry(value, text(key))
    return value


def _int(given: Sequence[Traced]) -> Traced:
    value = given[0]
    found = number(value)
    return Traced(found, value.stated, value.before, made(str(found), given, exact=str(found) == text(value)).pieces)


def _float(given: Sequence[Traced]) -> Traced:
    try:
        found = float(text(given[0]) or 0)
    except ValueError:
        found = 0.0
    return Traced(found, given[0].stated, given[0].before, made(go_number(found), given).pieces)


def _yaml(given: Sequence[Traced]) -> Traced:
    return joined(to_yaml(given[0]))


KEEPING: Mapping[str, Method] = {
    "default": _default,
    "coalesce": _coalesce,
    "ternary": _ternary,
    "required": _required,
    "fail": _fail,
    "quote": _quote('"'),
    "squote": _quote("'"),
    "trim": _trim(str.lstrip, str.rstrip, marks=False),
    "trimAll": _trim(str.lstrip, str.rstrip, marks=True),
    "trimPrefix": _trim(str.removeprefix, _kept, marks=True),
    "trimSuffix": _trim(_kept, str.removesuffix, marks=True),
    "trunc": _trunc,
    "substr": _substr,
    "indent": _indent,
    "nindent": _nindent,
    "print": _print,
    "println": lambda given: joined((*_between(" ", given).pieces, Piece("\n"))),
    "printf": _printf,
    "cat": lambda given: _between(" ", [value for value in given if value.data is not None]),
    "join": _join,
    "toString": _to_string,
    "index": _index,
    "int": _int,
    "int64": _int,
    "atoi": _int,
    "float64": _float,
    "toYaml": _yaml,
    "toYamlPretty": _yaml,
    "toJson": lambda given: to_json(given[0]),
    "toRawJson": lambda given: to_json(given[0]),
    "toPrettyJson": lambda given: to_json(given[0], indent=2),
}
"""Functions by name; those that make something new stand in `functions_made`."""
