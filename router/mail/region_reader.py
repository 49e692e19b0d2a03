"""The pass over a body's lines that finds what each of them is, from top to bottom.

Whatever introduces an earlier message is a test of `region_intro`; what it leaves in doubt stays. A forwarded message
is new to us: from where it begins, nothing is cut.
"""

from __future__ import annotations

from typing import Final

from router.mail import region_intro as intro
from router.mail import region_words as words
from router.mail import signature
from router.mail.lines import Line

MAX_LINES: Final = 20_000  # beyond these only quote prefixes are looked at
MAX_CANDIDATES: Final = 1_000  # lines with a colon that are looked at closely

NEW, QUOTE, SIGNATURE, FOOTER = "new", "quote", "signature", "footer"


class _Reader:
    """The pass over the lines: where it stands, and what it found each line to be."""

    def __init__(self, lines: list[Line], subject: str | None) -> None:
        self.lines = lines
        self.kinds = [NEW] * len(lines)
        self.at = 0
        self.end = min(len(lines), MAX_LINES)
        self.candidates = 0
        self.rest = NEW  # what ordinary lines are: NEW, or SIGNATURE below "-- "
        self.subject = subject or ""
        self.forwarded = bool(words.FORWARD_SUBJECT.match(self.subject))
        self.reply = bool(words.REPLY_SUBJECT.match(self.subject))

    def mark(self, start: int, stop: int, kind: str) -> None:
        self.kinds[start:stop] = [kind] * (stop - start)

    def next_words(self, at: int) -> int:
        """The next line from `at` on that isn't blank; the number of lines if there is none."""
        while at < len(self.lines) and not self.lines[at].text and not self.lines[at].depth:
            at += 1
        return at

    def quote_from(self, start: int, body: int) -> None:
        """An earlier message is introduced at `start`, its text begins at `body`: to the end, or while it is prefixed."""
        start = self.rule_above(start)
        first = self.next_words(body)
        if first < len(self.lines) and self.lines[first].depth:
            self.mark(start, first, QUOTE)
            self.at = first
            self.take_quoted()
            return
        if first < len(self.lines) and self.lines[first].weak:
            self.mark(start, first, QUOTE)
            self.at = self.weak_end(first)
            self.mark(first, self.at, QUOTE)
            self.rest = NEW
            return
        self.mark(start, len(self.lines), QUOTE)
        self.at = len(self.lines)

    def rule_above(self, at: int) -> int:
        """Where the drawn line begins that a mail program puts above an introduction; `at` if there is none."""
        above = at - 1
        while above >= 0 and at - above < 4 and not self.lines[above].text and not self.lines[above].depth:
            above -= 1
        return above if above >= 0 and intro.is_rule(self.lines[above].text) else at

    def weak_end(self, at: int) -> int:
        while at < len(self.lines) and (self.lines[at].weak or not self.lines[at].text):
            at += 1
        return at

    def take_quoted(self) -> None:
        """Marks the quoted lines from here on, up to the first that isn't."""
        start = self.at
        while self.at < len(self.lines) and self.lines[self.at].depth:
            self.at += 1
        self.mark(start, self.at, QUOTE)
        self.rest = NEW

    def nothing_above(self) -> bool:
        """Whether the lines so far are all blank."""
        return not any(line.text for line in self.lines[: self.at])

    def stop(self) -> None:
        """From here on everything is kept."""
        self.at = len(self.lines)


def kinds_of(lines: list[Line], subject: str | None) -> list[str]:
    """For each line NEW, QUOTE, SIGNATURE or FOOTER. Linear in the number of lines; never raises."""
    reader = _Reader(lines, subject)
    while reader.at < reader.end:
        line = reader.lines[reader.at]
        blank = not line.text and not line.depth
        if ":" in line.text or "：" in line.text:
            reader.candidates += 1
        if blank or not any(test(reader) for test in _TESTS):
            reader.kinds[reader.at] = reader.rest
            reader.at += 1
    for at in range(reader.at, len(lines)):  # beyond MAX_LINES, or kept whole
        if at >= MAX_LINES and lines[at].depth:
            reader.kinds[at] = QUOTE
    return reader.kinds


def _forward(reader: _Reader) -> bool:
    line = reader.lines[reader.at]
    if not intro.is_forward(line.text):
        return False
    reader.stop()
    return True


def _quoted(reader: _Reader) -> bool:
    """Lines with a quote prefix, or within a quoting element."""
    line = reader.lines[reader.at]
    if not line.depth:
        return False
    if intro.is_groupwise(line):
        reader.quote_from(reader.at, reader.at + 1)
    elif reader.forwarded or intro.is_forward(_first_words(reader)):
        reader.stop()
    elif _own_marks(reader):
        while reader.at < len(reader.lines) and reader.lines[reader.at].depth:
            reader.at += 1
    else:
        reader.take_quoted()
    return True


def _first_words(reader: _Reader) -> str:
    """The first line of the quoted lines in hand that isn't blank."""
    at = reader.at
    while at < len(reader.lines) and reader.lines[at].depth and not reader.lines[at].text:
        at += 1
    return reader.lines[at].text if at < len(reader.lines) and reader.lines[at].depth else ""


def _own_marks(reader: _Reader) -> bool:
    """Whether ">" is the writer's own: a list below "…:", or an interpreter's prompt, in a mail that quotes nothing."""
    start = reader.at
    if reader.reply or reader.lines[start].raw[:1] != ">" or QUOTE in reader.kinds[:start]:
        return False
    stop = start
    while stop < len(reader.lines) and reader.lines[stop].depth:
        stop += 1
    run = reader.lines[start:stop]
    if len(run) == 1 and run[0].raw.startswith(">From "):
        return True  # a mail store's escape
    if run[0].raw.startswith(">>> ") and all(line.depth == 3 for line in run):
        return True
    above = reader.lines[start - 1].text if start else ""
    listed = all(line.depth == 1 and 0 < len(line.text) <= 70 for line in run)
    return above.endswith(":") and listed and len(run) >= 2


def _rest(reader: _Reader) -> bool:
    """The markup or a help desk's line says that an earlier message begins here."""
    line = reader.lines[reader.at]
    if line.mark != "rest":
        if len(line.text) >= 120 or not intro.is_above(line.text):
            return False
        if reader.nothing_above():  # another help desk's own mail, not an answer to it
            reader.stop()
            return True
    if reader.forwarded or _speaks_of_forwarding(reader):
        reader.stop()
    else:
        reader.mark(reader.at, len(reader.lines), QUOTE)
        reader.at = len(reader.lines)
    return True


def _original(reader: _Reader) -> bool:
    """ "-----Original Message-----" and what follows."""
    line = reader.lines[reader.at]
    if not intro.is_original(line.text):
        return False
    if reader.forwarded or _speaks_of_forwarding(reader):
        reader.stop()
        return True
    body = reader.next_words(reader.at + 1)
    if body < len(reader.lines):
        length = intro.header_block(reader.lines, body, announced=True)
        length = length or intro.introduction(reader.lines, body)[0]
        body += length
    reader.quote_from(reader.at, body)
    return True


def _header_block(reader: _Reader) -> bool:
    """From, Sent, To, Subject of an earlier message, with or without a rule above."""
    lines, start = reader.lines, reader.at
    if reader.candidates > MAX_CANDIDATES:
        return False
    announced = lines[start].mark == "block"
    block = start
    if intro.is_rule(lines[start].text):
        block = reader.next_words(start + 1)
    length = intro.header_block(lines, block, announced) if block < len(lines) else 0
    if not length or intro.is_raw_header(lines, block):
        return False
    if reader.forwarded or _speaks_of_forwarding(reader) or (reader.nothing_above() and not reader.reply):
        reader.stop()
    else:
        reader.quote_from(start, block + length)
    return True


def _speaks_of_forwarding(reader: _Reader) -> bool:
    """Whether the writer says that the message below is passed on, in a mail that doesn't call itself an answer."""
    if reader.reply:
        return False
    return any(words.FORWARDING.search(line.text) for line in reader.lines[: reader.at][-40:])


def _introduction(reader: _Reader) -> bool:
    """ "On … wrote:", in any language, wrapped over some lines."""
    if reader.candidates > MAX_CANDIDATES:
        return False
    length, certainty = intro.introduction(reader.lines, reader.at)
    if not length:
        return False
    body = reader.next_words(reader.at + length)
    followed = body < len(reader.lines) and (reader.lines[body].depth > 0 or reader.lines[body].weak)
    if not followed and certainty != "sure" and not (certainty == "bare" and _alone(reader, length)):
        return False
    if reader.forwarded:
        reader.stop()
    else:
        reader.quote_from(reader.at, reader.at + length)
    return True


def _alone(reader: _Reader, length: int) -> bool:
    """Whether the next `length` lines are a paragraph."""
    lines, at = reader.lines, reader.at
    return (at == 0 or not lines[at - 1].text) and (at + length >= len(lines) or not lines[at + length].text)


def _footer(reader: _Reader) -> bool:
    if not signature.footer(reader.lines, reader.at):
        return False
    reader.mark(reader.at, len(reader.lines), FOOTER)
    reader.at = len(reader.lines)
    return True


def _signature(reader: _Reader) -> bool:
    if not signature.opens_signature(reader.lines, reader.at):
        return False
    reader.kinds[reader.at] = SIGNATURE
    reader.rest = SIGNATURE
    reader.at += 1
    return True


def _device(reader: _Reader) -> bool:
    if not signature.is_device(reader.lines[reader.at].text):
        return False
    reader.kinds[reader.at] = SIGNATURE
    reader.at += 1
    return True


_TESTS = (_forward, _quoted, _rest, _original, _footer, _header_block, _introduction, _signature, _device)
