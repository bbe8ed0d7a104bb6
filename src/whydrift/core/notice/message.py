"""Messages in words: plain ones that no chat takes for markup or a mention, Markdown, and JSON; within a length.

What is quoted was written by others. Links in messages are whydrift's own; an address in a quoted text is disarmed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from whydrift.core.model.finding import SEVERITIES, Severity, What
from whydrift.core.model.notice import Line, Notice
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.report import words

SCHEMA = "whydrift.notice/1"
LOOKALIKES = str.maketrans({"@": "＠", "<": "‹", ">": "›", "`": "ˋ", "*": "∗", "~": "∼", "|": "¦"})
"""Characters that start mentions, links, markup or HTML in some chat, and those that are shown in their place."""
SPELLED_OUT = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Categories of characters that are not seen, or turn what is seen around (Unicode, general category)."""
HURTS = {
    Severity.BROKEN: "broken now",
    Severity.LOSES: "a sync would hurt",
    Severity.UNEXPLAINED: "unexplained",
    Severity.ATTENTION: "needs attention",
    Severity.NOISE: "no action needed",
}
LONGEST_TITLE = 200
LONGEST_APPLICATION = 100
NAMED = 2


def neutral(text: str) -> str:
    """A quoted text that no receiver takes for markup, a mention or a link."""
    return visible(text).translate(LOOKALIKES).replace("](", "] (").replace("://", ":∕∕")


def visible(text: str) -> str:
    """A text whose characters can all be seen, in their order."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in SPELLED_OUT else c for c in text)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a kind of receiver is spoken to: quoted sentences, quoted names, emphasis, our own links."""

    say: Callable[[str], str]
    name: Callable[[str], str]
    strong: Callable[[str], str]
    link: Callable[[str], str]
    item: str


PLAIN = Dialect(neutral, neutral, lambda text: text, lambda url: url, "  ")
MARKDOWN = Dialect(
    lambda text: words.markdown(neutral(text)),
    lambda text: words.code(visible(text)),
    lambda text: f"**{text}**",
    lambda url: f"<{url}>",
    "- ",
)


def title(notice: Notice) -> str:
    """The message in a line: what hurts most, where that is, and how much happened; plain, and not too long."""
    there = [line for line in notice.lines if line.what != What.GONE]
    worst = min((line.severity for line in there), key=SEVERITIES.index, default=None)
    counted = {what.value: sum(line.fields for line in notice.lines if line.what == what) for what in What}
    numbers = ", ".join(f"{number} {what}" for what, number in counted.items() if number)
    numbers += f", {words.count(notice.more, 'more group')}" if notice.more else ""
    meant = [line for line in there if line.severity is worst] or notice.lines
    text = f"{HURTS[worst] if worst else 'gone'}: {_applications(meant)} ({numbers})"
    if notice.first and notice.applications:
        were = "application was" if notice.applications == 1 else "applications were"
        text = f"{notice.applications} {were} already drifting; {text}"
    return words.shortened(f"whydrift: {text}", LONGEST_TITLE)


def _applications(lines: Sequence[Line]) -> str:
    """The first ones by name, and how many more."""
    named = list(dict.fromkeys(_name(line) for line in lines))
    others = len(named[NAMED:]) + sum(line.also for line in lines)
    return neutral(", ".join(named[:NAMED])) + (f" and {others} more" if others else "")


def _name(line: Line) -> str:
    return words.shortened(str(line.application), LONGEST_APPLICATION)


def body(notice: Notice, dialect: Dialect, longest: int) -> str:
    """The lines of a message and its key in at most so many bytes of UTF-8: in full where they fit, the worst first."""
    key = f"key {notice.key}"
    room = longest - _size(key)
    blocks = [short(line, dialect) for line in notice.lines]
    while blocks and _size(_joined(blocks, notice, dialect)) > room:
        blocks.pop()
    if not blocks:
        return title(notice).encode()[:longest].decode("utf-8", "ignore")
    left = room - _size(_joined(blocks, notice, dialect))
    for place, line in enumerate(notice.lines[: len(blocks)]):
        whole = full(line, dialect)
        more = _size(whole) - _size(blocks[place])
        if more <= left:
            blocks[place], left = whole, left - more
    return _joined(blocks, notice, dialect) + key


def _joined(blocks: Sequence[str], notice: Notice, dialect: Dialect) -> str:
    """Lines of a message, and how many groups it has none for."""
    hidden = notice.more + len(notice.lines) - len(blocks)
    more = [f"… {words.count(hidden, 'more group')}: {dialect.name('whydrift history')}"] if hidden else []
    return "\n\n".join([*blocks, *more, ""])


def _size(text: str) -> int:
    return len(text.encode())


def short(line: Line, dialect: Dialect) -> str:
    """A group in a line: what happened where, why, and how many fields."""
    where = dialect.name(_name(line)) + (f" and {line.also} more" if line.also else "")
    cause = neutral(words.shortened(line.cause, LONGEST_APPLICATION))
    side = f", side {neutral(line.side)}" if line.side else ""
    was = f" (was {neutral(line.before)})" if line.before else ""
    objects = words.count(line.objects, "object")
    number = objects if line.severity is Severity.BROKEN else f"{words.count(line.fields, 'field')} of {objects}"
    hurts = "" if line.what == What.GONE else f", {HURTS[line.severity]}"
    view = f", {line.view}" if line.view else ""
    return f"{dialect.strong(line.what.upper())} {where}: {cause}{was}: {number}{view}{side}{hurts}{_since(line)}"


def _since(line: Line) -> str:
    """What became of it until the message was sent: it may have waited for hours."""
    if line.what == What.GONE:
        return f"; {line.left} left" if line.left > 0 else ""
    return "; gone since" if line.left == 0 else ""


def full(line: Line, dialect: Dialect) -> str:
    """A group with what one needs at night: why, who, what a sync would do, the fix, and how to go on."""
    said = [("because", _because(line)), ("who", line.who)]
    if line.what != What.GONE:
        said += [("a sync", line.sync), ("in git" if line.severity is Severity.BROKEN else "fix", line.remedy)]
    rows = [dialect.name(example) for example in line.examples]
    hidden = line.fields - len(line.examples)
    rows += [f"… {words.count(hidden, 'more field')}"] if hidden > 0 else []
    rows += [f"{label}: {dialect.say(text)}" for label, text in said if text]
    rows += [f"go on: {dialect.name(line.command)}"]
    rows += [dialect.link(line.link)] if line.link else []
    return "\n".join([short(line, dialect), *(f"{dialect.item}{row}" for row in rows)])


def _because(line: Line) -> str:
    """The cause in words and what it is here, not twice the same."""
    if line.why.startswith(line.title):
        return line.why
    return ": ".join(filter(None, (line.title, line.why)))


def as_json(notice: Notice, longest: int = 20_000) -> JsonObject:
    """A message as data, with its text beside: names are as they are, it is the receiver's to escape them."""
    lines: list[Json] = [_line(line) for line in notice.lines]
    return {
        "schema": SCHEMA,
        "key": notice.key,
        "route": notice.route,
        "at": notice.at,
        "title": title(notice),
        "text": body(notice, PLAIN, longest),
        "lines": lines,
        "more": notice.more,
        "first": notice.first,
    }


def _line(line: Line) -> JsonObject:
    data: JsonObject = {name: _json(getattr(line, name)) for name in line.__struct_fields__}
    return {**data, "application": dict(line.application._asdict())}


def _json(part: object) -> Json:
    """A field of a line as JSON has it."""
    if isinstance(part, Sequence) and not isinstance(part, str):
        return [_json(each) for each in part]
    assert isinstance(part, str | int), "lines are made of texts and numbers"
    return part
