"""A message → its sentences, each with the place where it stands: what counts how much is decided by place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from router.mail.message import Message
from router.mail.region import split
from router.rulebook.pattern import Sentence
from router.rulebook.words import clean, fold, sentences, written

MAX_TEXT = 40_000  # characters of each region that are looked at
_CLOSING_LINES = 7  # a signature's lines after its closing formula
_SHORT = 64
_FORWARD = re.compile(r"^\s*(?:[-_=>]{2,}|\*?(?:dari|from|date|tanggal|subject|perihal)\*?\s*:)", re.IGNORECASE)
_NAME_BREAKS = re.compile(r"[._]+")


@dataclass(frozen=True, slots=True)
class Markers:
    """The beginnings of lines and sentences by which regions are known: folded words, of vocabulary.toml."""

    closings: tuple[tuple[str, ...], ...] = ()
    greetings: tuple[tuple[str, ...], ...] = ()
    disclaimers: tuple[tuple[str, ...], ...] = ()
    second: tuple[tuple[str, ...], ...] = ()


def marker(phrases: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Phrases as folded words, longest first."""
    words = (tuple(fold(w) for w in written(clean(p))) for p in phrases)
    return tuple(sorted((w for w in words if w), key=len, reverse=True))


def read(message: Message, markers: Markers) -> list[Sentence]:
    """All sentences of a message, numbered: subject, body (and "second" subjects in it), attachment names, the rest."""
    regions = split(message.text[: 4 * MAX_TEXT], message.subject)
    parts: list[tuple[str, str]] = [("subject", clean(message.subject or ""))]
    parts += _body(clean(regions.new[:MAX_TEXT]), markers)
    parts += [("attachment", _NAME_BREAKS.sub(" ", clean(a.filename))) for a in message.attachments if a.filename]
    parts += [("quote", s) for s in sentences(clean(regions.quote[:MAX_TEXT]))]
    parts += [("signature", s) for s in sentences(clean(regions.signature[:MAX_TEXT]))]
    parts += [("disclaimer", s) for s in sentences(clean(regions.disclaimer[:MAX_TEXT]))]
    return [Sentence(place, number, text) for number, (place, text) in enumerate(parts) if text]


def _body(text: str, markers: Markers) -> list[tuple[str, str]]:
    """The new text's sentences: greeting and signature lines apart, what follows a `second` marker apart."""
    found: list[tuple[str, str]] = []
    place = "body"
    for kind, block in _blocks(text.split("\n"), markers):
        for sentence in sentences(block):
            if kind != "body":
                found.append((kind, sentence))
                continue
            if place == "body" and found and _begins(sentence, markers.second):
                place = "second"
            found.append((place, sentence))
    return found


def _blocks(lines: Sequence[str], markers: Markers) -> list[tuple[str, str]]:
    """Runs of lines of one kind: body, signature (greetings too), disclaimer."""
    kinds: list[str] = []
    closing = 0
    disclaimer = False
    for number, line in enumerate(lines):
        short = len(line.strip()) <= _SHORT
        disclaimer = disclaimer or _begins(line, markers.disclaimers)
        if closing and (not short or _FORWARD.match(line) or "?" in line):
            closing = 0
        if disclaimer:
            kinds.append("disclaimer")
        elif closing:
            kinds.append("signature")
            closing -= bool(line.strip())
        elif short and number and _begins(line, markers.closings) and _ends(line):
            kinds.append("signature")
            closing = _CLOSING_LINES
        elif short and number < 4 and line.rstrip().endswith((",", "!")) and _begins(line, markers.greetings):
            kinds.append("signature")
        else:
            kinds.append("body")
    blocks: list[tuple[str, list[str]]] = []
    for kind, line in zip(kinds, lines, strict=True):
        if not blocks or blocks[-1][0] != kind:
            blocks.append((kind, []))
        blocks[-1][1].append(line)
    return [(kind, "\n".join(block)) for kind, block in blocks]


def _begins(line: str, phrases: Sequence[tuple[str, ...]]) -> bool:
    if not phrases:
        return False
    words = [fold(w) for w in written(line[:80])[:8]]
    return any(tuple(words[: len(p)]) == p for p in phrases)


def _ends(line: str) -> bool:
    """Does a closing formula stand alone? "Terima kasih, tapi masih gagal" goes on, "Terima kasih atas bantuannya." not."""
    return len(written(line)) <= 7
