"""Where jq and gojq, which Argo CD runs, differ in what they take for a program.

Argo CD pastes a rule into `del(RULE)` (util/argo/normalizers/diff_normalizer.go). So a rule may close that bracket and
open the next one, and a comment in it swallows the bracket. gojq knows no input and lacks a few functions of jq
(github.com/itchyny/gojq, README "Difference to jq").
"""

from __future__ import annotations

import re

from whydrift.errors import NotComparable, NotReplayed

MISSING_IN_GOJQ = frozenset(
    [
        "get_jq_origin",
        "get_prog_origin",
        "get_search_list",
        "have_decnum",
        "have_literal_numbers",
        "input",
        "input_filename",
        "input_line_number",
        "inputs",
        "keys_unsorted",
        "lgamma_r",
        "stderr",
        "$__loc__",
    ]
)
_TOKEN = re.compile(
    r"""
    (?P<text>"(?:[^"\\]|\\.)*") | (?P<comment>\#[^\n]*) | (?P<field>\.[A-Za-z_]\w*)
    | (?P<name>\$?[A-Za-z_](?:\w|::)*)(?P<key>\s*:(?!:))? | (?P<open>[(\[{]) | (?P<close>[)\]}])
    """,
    re.VERBOSE | re.DOTALL,
)
_DESTRUCTURING = re.compile(r"\s*[\[{]")
_NEXT_DELETION = re.compile(r"\s*\|\s*del\(")


def deletions(expression: str) -> tuple[str, ...]:
    """The path expressions of `del(expression)`: one, or several where it reads `A) | del(B`.

    Raises NotComparable for what gojq does not know; NotReplayed for a bracket that closes in another way, and for
    destructuring, which jq, unlike gojq, cannot do inside a path.
    """
    steps: list[str] = []
    start = position = depth = 0
    while token := _TOKEN.search(expression, position):
        position = token.end()
        _refuse(token, expression)
        depth += bool(token["open"]) - bool(token["close"])
        if depth < 0:
            opened = _NEXT_DELETION.match(expression, position)
            if opened is None:
                raise NotReplayed(f"jq: '{expression}' does more than delete paths")
            steps.append(expression[start : token.start()])
            start = position = opened.end()
            depth = 0
    return (*steps, expression[start:])


def _refuse(token: re.Match[str], expression: str) -> None:
    if token["name"] in MISSING_IN_GOJQ and not token["key"]:
        raise NotComparable(f"jq: function not defined: {token['name']}")
    if token["name"] == "as" and _DESTRUCTURING.match(expression, token.end()):
        raise NotReplayed(f"jq: '{expression}' takes a value apart inside a path")
