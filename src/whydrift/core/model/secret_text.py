"""Secrets inside texts: token formats, private keys, logins in URLs, and values beside secret names in any notation."""

from __future__ import annotations

import re
from collections.abc import Callable

from whydrift.core.model.secret_names import TOKEN, is_login, password_name, secret_name, secret_value, words_of

WORD = (
    r"(?:pass(?:word|wd|phrase|code)?|pwd|pw|secret|token|credential|dsn|salt|psk|jwt|auth|key[-_.]?base"
    r"|(?:access|account|admin|api|auth|client|cookie|encrypt|encryption|hmac|license|master|private|secret|session"
    r"|shared|signing|ssh|storage|tls)[-_.]?key(?:[-_.]?data)?|connection[-_. ]?string)s?\d{0,3}"
)
STEMS = (
    "pass",
    "pw",
    "secret",
    "token",
    "credential",
    "dsn",
    "salt",
    "psk",
    "jwt",
    "auth",
    "key",
    "connection",
    "bearer",
)
"""What every WORD, and what stands before a bearer token, holds in lower case."""
SUSPECT = re.compile(r"[:=@\n<$_.-]|\w{16}|\b[Bb]earer\b|\bpassword\b")
"""Every pattern below needs one of these."""
FORMATS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\Z)"
    r"|LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVk|BFQyBQUklWQV|BPUEVOU1NI|BFTkNSWVBURU)[A-Za-z0-9+/=]*"
    r"|\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|gl(?:pat|dt|rt|ptt|cbt)-[\w-]{16,}|xox[abeprs]-[\w-]{10,}"
    r"|xapp-[\w-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}|[sr]k_(?:live|test)_\w{10,}|sk-[A-Za-z0-9_-]{20,}|AIza[\w-]{30,}"
    r"|eyJ[\w-]{8,}(?:\.[\w-]{4,}){2,4}|npm_\w{30,}|hv[sb]\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|dop_v1_\w{32,}"
    r"|pypi-[\w-]{32,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|dckr_pat_[\w-]{20,}|hf_[A-Za-z0-9]{30,}|shpat_\w{30,}"
    r"|AGE-SECRET-KEY-1[0-9A-Z]{50,}|hooks\.slack\.com/services/[\w/]+)"
    r"|\$2[abxy]\$\d\d\$[./\w]{53}|\$(?:apr1|[156y])\$[./\w=,$]{20,}|\$argon2\w+\$[^\s\"']+|\{S?SHA\d*\}[\w+/=]{20,}"
    r"|(?<=[?&]sig=)[\w%+/=-]+|(?<=X-Amz-Signature=)\w+",
    re.DOTALL,
)
LOGINS = re.compile(
    r"(?<=://)(?:[^\s/:@]{0,200}:(?!\d{1,5}(?:/|$))[^\s\"'<>]{1,400}(?=@[\w\[])|(?=[^\s/:@]*\d)[^\s/:@]{16,400}(?=@))"
    r"|(?<![\w.%/+-])(?!mailto|sip)[\w.%+-]{1,100}:[^\s/:@\"'\u27e7]{1,200}(?=@(?:(?:tcp|unix)\(|[A-Za-z][\w.-]*(?::\d|/)))"
    r"|(?<=\s-u )[\w.@-]+:\S+|(?<=--user )[\w.@-]+:\S+|(?<=--user=)[\w.@-]+:\S+"
)
BEARER = re.compile(
    r"(\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic|token|digest|apikey)\s+)?"
    r"|\bbearer\s+(?=\S*[\d._~+/=-]))([\w.~+/=:-]{8,})",
    re.IGNORECASE,
)
PGPASS = re.compile(r"(?m)^([^\s:#]+:(?:\d+|\*):[^\s:]+:[^\s:]+:)([^\s:]+)$")
NETRC = re.compile(r"(\blogin\s+\S+\s+password\s+)(\S+)")
FLAG = re.compile(rf"(?i)((?<![\w-])--[\w.-]{{0,40}}?{WORD}\s+)([^\s-][^\s\"']*)")
XML = re.compile(rf"(?i)(<[\w:.-]{{0,60}}?{WORD}>)([^<]+)(?=<)")
XML_PAIR = re.compile(rf"(?i)(\bname=[\"'][\w:.-]{{0,60}}?{WORD}[\"']\s+value=[\"'])([^\"'<>]+)")
PAIRS = (
    (BEARER, ("authorization", "bearer")),
    (PGPASS, (":",)),
    (NETRC, ("login",)),
    (XML, ("<",)),
    (XML_PAIR, ("value=",)),
)
"""Patterns of a secret behind what names it, each with texts of which a match holds one: they are slower than `in`."""
TRIPLE = re.compile(rf"(?i)({WORD}[ \t]*=[ \t]*(\"\"\"|'''))(.*?)(?=\2)", re.DOTALL)
BLOCK = re.compile(
    r"(?im)^(?=[^:\n]*:[ \t]*[|>])"
    rf"(?P<head>(?P<indent>[ \t]*)(?:- )?[\"']?(?P<name>[\w./-]{{0,80}}?{WORD})[\"']?[ \t]*:[ \t]*"
    r"[|>][-+\d]*[ \t]*\n)"
    r"(?P<body>(?:(?P=indent)[ \t]+\S.*(?:\n|\Z)|[ \t]*\n)+)"
)
LISTED = re.compile(
    r"(?im)^(?=[^:\n]*:[ \t]*\n)"
    rf"(?P<head>(?P<indent>[ \t]*)[\"']?(?P<name>[\w./-]{{0,80}}?{WORD})[\"']?[ \t]*:[ \t]*\n)"
    r"(?P<body>(?:(?P=indent)[ \t]*- [^:\n]*(?:\n|\Z))+)"
)
SECRET = re.compile(r"(?m)^[ \t]*(?:- )?[\"']?kind[\"']?\s*:\s*[\"']?Secret(?:List)?[\"']?[ \t\r]*,?[ \t\r]*$")
DATA = re.compile(
    r"(?m)^(?P<head>(?P<indent>[ \t]*)(?:- )?(?:data|stringData):[ \t]*\n)"
    r"(?P<body>(?:(?P=indent)[ \t]+\S.*(?:\n|\Z)|[ \t]*\n)+)"
)
ENTRY = re.compile(
    r"(?m)^([ \t]*(?:(?:[\w.-]+|\"[^\"]+\"|'[^']+'):[ \t]+)?)((?![|>][-+\d]*[ \t]*$)(?![\w.-]+:[ \t]*$)\S.*)$"
)
EXPRESSION = re.compile(r"[\"']?(?:\{\{[^{}]*\}\}\s*)+[\"']?")
SPELLED_OUT = re.compile(r"(?<!include )(?<!template )(?:\"[^\"{}]+\"|`[^`{}]+`)")
HEAD = re.compile(rf"(?i)(?=[acdehjklmpst]){WORD}\\?[\"']?\]?[ \t]{{0,8}}(?P<sep>:=|=>|==?|:)[ \t]{{0,8}}(?=\S)")
NAME_BEFORE = re.compile(r"[\w./-]{0,80}\Z")
LINE_BEFORE = re.compile(r"[ \t\-#;>+]*(?:(?:export|set|env|ENV|ARG|local|declare -x) )?[\"'\[]?")
QUOTED = re.compile(r"\\\"(.{0,8192}?)\\\"|\"((?:[^\"\\]|\\.){0,8192})\"|'((?:[^']|''){0,8192})'", re.DOTALL)
TRIPLES = ('"' * 3, "'" * 3)
ONE_WORD = re.compile(r"(?:[^\s&;\"'`<>,\\]|,(?![\s\"']|[\w.-]+=|$))+")
FLOW = re.compile(r"\[[^\[\]{}\n]*\]")
ITEM = re.compile(r"[^\s\[\],\"']+")
Token = Callable[[str], str]


def masked_text(value: str, token: Token) -> str:
    """A text with everything secret-looking replaced by tokens; the rest, and the notation, stay as they are."""
    if not SUSPECT.search(value):
        return value
    lower = value.lower()
    named = any(stem in lower for stem in STEMS)
    if named and "\n" in value:
        value = _blocks(value, token)
    hide = _hiding(token)
    value = FORMATS.sub(lambda found: hide(found.group()), value)
    if "@" in value or "-u " in value or "--user" in value:
        value = LOGINS.sub(lambda found: hide(found.group()), value)
    for pattern, needed in PAIRS if named else (PAIRS[1],):
        if any(part in lower for part in needed):
            value = pattern.sub(lambda found: found[1] + hide(found[2]), value)
    if not named:
        return value
    if "--" in value:
        value = FLAG.sub(lambda found: found[1] + _flag(found, hide), value)
    return _assignments(value, hide)


def _hiding(token: Token) -> Token:
    """Hides a value, unless it is a token already, or a mask of Argo CD."""
    return lambda secret: secret if TOKEN.fullmatch(secret) or set(secret) == {"+"} else token(secret)


def _flag(found: re.Match[str], hide: Token) -> str:
    name = found[1].strip().lstrip("-")
    return hide(found[2]) if secret_value(name, found[2]) else found[2]


def _blocks(value: str, token: Token) -> str:
    """Values over several lines: YAML blocks and lists, TOML's triple quotes, and the data of a Secret in YAML."""
    hide = _hiding(token)
    if SECRET.search(value):
        value = DATA.sub(lambda found: found["head"] + _data(found["body"], hide), value)
    value = BLOCK.sub(lambda found: _block(found, hide), value)
    value = LISTED.sub(lambda found: _listed(found, hide), value)
    if not any(quotes in value for quotes in TRIPLES):
        return value
    return TRIPLE.sub(lambda found: found[1] + hide(found[3]), value)


def _data(body: str, hide: Token) -> str:
    return ENTRY.sub(lambda found: found[1] + _stored(found[2], hide), body)


def _stored(value: str, hide: Token) -> str:
    """A template's expression says where a secret comes from: only the texts that it spells out may be secrets."""
    if EXPRESSION.fullmatch(value):
        return SPELLED_OUT.sub(lambda found: hide(found.group()), value)
    return hide(value.strip("\"'"))


def _block(found: re.Match[str], hide: Token) -> str:
    if not secret_name(found["name"]):
        return found[0]
    body = found["body"]
    indent = body[: len(body) - len(body.lstrip())].rpartition("\n")[2]
    return f"{found['head']}{indent}{hide(body.strip())}" + ("\n" if body.endswith("\n") else "")


def _listed(found: re.Match[str], hide: Token) -> str:
    """The items of a list, where they are secrets and not names of Secrets."""
    if not secret_name(found["name"]) or words_of(found["name"])[-1] == "secret":
        return found[0]
    items = re.sub(r"(?m)(?<=- )(.+)$", lambda item: hide(item[1].strip("\"' ")), found["body"])
    return str(found["head"]) + items


def _assignments(value: str, hide: Token) -> str:
    """Hide what stands after `name=`, `name:` and the like, in any notation."""
    parts, done = [], 0
    head = HEAD.search(value)
    while head:
        start, end = _value_of(value, head)
        parts += [value[done:start], hide(value[start:end]) if end > start else ""]
        done = end
        head = HEAD.search(value, done)
    return "".join(parts) + value[done:]


def _value_of(value: str, head: re.Match[str]) -> tuple[int, int]:
    """The span of the secret after a name; an empty one where it is none."""
    at = head.end()
    before = NAME_BEFORE.search(value[max(head.start() - 80, 0) : head.start()])
    begins = head.start() - (len(before[0]) if before else 0)
    name = value[begins : head.start("sep")].rstrip("\\\"'] \t")
    span = _span(value, head, begins, name)
    stated = value[slice(*span)]
    wanted = secret_value(name, stated) and not (
        name == "secretKey" and "remoteRef" in value[max(at - 400, 0) : at + 400]
    )
    return span if wanted else (at, at)


def _span(value: str, head: re.Match[str], begins: int, name: str) -> tuple[int, int]:
    at = head.end()
    if value.startswith(TRIPLES, at):
        return at, at
    quoted = QUOTED.match(value, at)
    if quoted:
        return quoted.span(quoted.lastindex or 0)
    if value[at] in "{[|>(":
        return _flow(value, at, name)
    tight = head["sep"] == ":" and value[at - 1] == ":" and not password_name(name)
    if not tight and _begins_line(value, head, begins):
        return at, _end_of_line(value, at, prose=head["sep"] == ":" and not password_name(name) and "\n" not in value)
    word = ONE_WORD.match(value, at)
    end = at + len(word[0].rstrip(")]}.")) if word else at
    sure = head["sep"] != ":" or password_name(name) or value[begins - 1 : begins] in ("'", '"')
    image = tight and ("/" in name or "@sha" in value[at:end])
    return (at, end) if not image and (sure or _looks_random(value[at:end])) else (at, at)


def _begins_line(value: str, head: re.Match[str], begins: int) -> bool:
    """Whether the name stands first in its line, quoted whole or not at all: then its value is the rest of the line."""
    line = value[value.rfind("\n", 0, begins) + 1 : begins]
    opened = line[-1:] in ("'", '"')
    return LINE_BEFORE.fullmatch(line) is not None and opened == (opened and line[-1] in head[0])


def _end_of_line(value: str, at: int, prose: bool) -> int:
    """Where the value that fills the line ends; `at` where it is a sentence."""
    end = value.find("\n", at)
    whole = (value[at:] if end < 0 else value[at:end]).rstrip(" \t\r,")
    return at if prose and " " in whole else at + len(whole)


def _flow(value: str, at: int, name: str) -> tuple[int, int]:
    """A list in one line, where a secret's name stands before it and it is no list of names."""
    found = FLOW.match(value, at)
    listed = found and ITEM.search(found[0]) and words_of(name)[-1:] != ("secret",)
    return (at + 1, at + len(found[0]) - 1) if found and listed else (at, at)


def _looks_random(word: str) -> bool:
    return len(word) >= 8 and any(c.isdigit() for c in word) and (is_login(word) or any(c.isalpha() for c in word))
