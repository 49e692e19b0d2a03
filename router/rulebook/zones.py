"""A message → its sentences, each with the place where it stands: what counts how much is decided by place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from router.mail.message import Message
from router.mail.region import Regions, split
from router.rulebook.aside import Asides
from router.rulebook.layout import forwarded_at, is_header, names_at
from router.rulebook.pattern import Sentence
from router.rulebook.words import clean, fold, sentences, written

MAX_TEXT = 40_000  # characters of each region that are looked at
_CLOSING_LINES = 7  # a signature's lines after its closing formula
_SHORT = 64
_FIRST = re.compile(r"[\W_]*([^\W_]+)")
_OWN_WORDS = frozenset({"subject", "body", "second", "forwarded"})
_NAME_BREAKS = re.compile(r"[._]+")


Beginnings = Mapping[str, tuple[tuple[str, ...], ...]]
"""Phrases as folded words, by their first word."""


@dataclass(frozen=True, slots=True)
class Markers:
    """The beginnings of lines and sentences by which regions are known, of vocabulary.toml."""

    closings: Beginnings
    greetings: Beginnings
    disclaimers: Beginnings
    second: Beginnings
    asides: Asides


def beginnings(phrases: Iterable[str]) -> Beginnings:
    """Phrases for looking up the beginning of a line."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(fold(w) for w in written(clean(phrase)))
        if words:
            found.setdefault(words[0], []).append(words)
    return {first: tuple(listed) for first, listed in found.items()}


def read(message: Message, markers: Markers) -> list[Sentence]:
    """All sentences of a message, numbered: subject, body (and "second" subjects in it), attachment names, the rest."""
    regions = _regions(message)
    parts: list[tuple[str, str]] = [("subject", clean(message.subject or ""))]
    parts += _new(clean(regions.new[:MAX_TEXT]), markers)
    parts += [("attachment", _NAME_BREAKS.sub(" ", clean(a.filename))) for a in message.attachments if a.filename]
    parts += [("quote", s) for s in sentences(clean(regions.quote[:MAX_TEXT]))]
    parts += [("signature", s) for s in sentences(clean(regions.signature[:MAX_TEXT]))]
    parts += [("disclaimer", s) for s in sentences(clean(regions.disclaimer[:MAX_TEXT]))]
    parts = _set_aside(parts, markers.asides)
    return [Sentence(place, number, text) for number, (place, text) in enumerate(parts) if text]


def _regions(message: Message) -> Regions:
    """The regions of the text; of an HTML body, what its markup says of quoting as well (parsing has read that)."""
    text, new = message.text[: 4 * MAX_TEXT], message.new_text[: 4 * MAX_TEXT]
    regions = split(text, message.subject)
    if message.html is None or len(new) >= len(regions.new):
        return regions
    inside = split(new, message.subject)
    kept = set(new.splitlines())
    rest = "\n".join(line for line in text.splitlines() if line not in kept)
    return Regions(inside.new, rest, inside.signature, inside.disclaimer)


def _set_aside(parts: Sequence[tuple[str, str]], asides: Asides) -> list[tuple[str, str]]:
    """The same without what is named only to say that it isn't meant; that comes at the end, in the place "aside"."""
    kept: list[tuple[str, str]] = []
    apart: list[tuple[str, str]] = []
    for place, text in parts:
        meant, aside = asides.part(text) if place in _OWN_WORDS else (text, "")
        kept.append((place, meant))
        apart.append(("aside", aside))
    return kept + apart


def _new(text: str, markers: Markers) -> list[tuple[str, str]]:
    """The new text's sentences. A message sent on counts as "forwarded" below a note, and in full where there is none."""
    lines = text.split("\n")
    start = forwarded_at(lines)
    note, below = lines[:start], lines[start:]
    if not any(line.strip() for line in note):
        return _body(below, markers, "body")
    return _body(note, markers, "body") + _body(below, markers, "forwarded")


def _body(lines: Sequence[str], markers: Markers, place: str) -> list[tuple[str, str]]:
    """The sentences of a text: greeting, signature and header lines apart, what follows a `second` marker apart."""
    found: list[tuple[str, str]] = []
    for kind, block in _blocks(lines, markers):
        for sentence in sentences(block):
            if kind != "body":
                found.append((kind, sentence))
                continue
            if place == "body" and found and _begins(sentence, markers.second):
                place = "second"
            found.append((place, sentence))
    return found


def _blocks(lines: Sequence[str], markers: Markers) -> list[tuple[str, str]]:
    """Runs of lines of one kind: body, signature (greetings, headers and names too), disclaimer."""
    kinds: list[str] = []
    closing = 0
    disclaimer = False
    names = names_at(lines)
    for number, line in enumerate(lines):
        short = len(line.strip()) <= _SHORT
        disclaimer = disclaimer or _begins(line, markers.disclaimers)
        if closing and (not short or "?" in line):
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
            kinds.append("signature" if number >= names or is_header(line) else "body")
    return _runs(kinds, lines)


def _runs(kinds: Sequence[str], lines: Sequence[str]) -> list[tuple[str, str]]:
    blocks: list[tuple[str, list[str]]] = []
    for kind, line in zip(kinds, lines, strict=True):
        if not blocks or blocks[-1][0] != kind:
            blocks.append((kind, []))
        blocks[-1][1].append(line)
    return [(kind, "\n".join(block)) for kind, block in blocks]


def _begins(line: str, phrases: Beginnings) -> bool:
    first = _FIRST.match(line)
    listed = phrases.get(fold(first[1])) if first else None
    if not listed:
        return False
    words = tuple(fold(w) for w in written(line[:120])[:12])
    return any(words[: len(p)] == p for p in listed)


def _ends(line: str) -> bool:
    """Does a closing formula stand alone? "Terima kasih, tapi masih gagal" goes on, "Terima kasih atas bantuannya." not."""
    return len(written(line)) <= 7
