"""Which words of a message counted: the phrases that fired, found again in the text as a person reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from router.rulebook.classify import Verdicts
from router.rulebook.pattern import Hit, Sentence
from router.rulebook.words import clean, written

_WORD = re.compile(r"[^\W_]+")
MAX_TEXT = 20_000  # characters that are shown


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. `weight`: the heaviest signal that these words made for (or, negative, against) the service that was
    chosen or its type; 0 with `other`: they only speak for others; 0 without: they said nothing. `faint`: quote, signature."""

    text: str
    weight: float = 0.0
    other: bool = False
    faint: bool = False


def pieces(text: str, sentences: Sequence[Sentence], hits: Iterable[tuple[Hit, float, bool]]) -> tuple[Piece, ...]:
    """A text in runs. `sentences`: those of this text; `hits`: phrases in them, what they weigh, whether for others."""
    shown = clean(text)[:MAX_TEXT]
    words = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(shown)]
    places = _places(sentences, [word for _, _, word in words])
    weight, other, faint = [0.0] * len(words), [False] * len(words), [False] * len(words)
    for first, length, place in places.values():
        if place in ("quote", "signature", "disclaimer", "aside"):
            faint[first : first + length] = [True] * length
    for hit, points, for_other in hits:
        for at in _words_of(hit, places, [word for _, _, word in words]):
            if for_other:
                other[at] = True
            elif abs(points) > abs(weight[at]):
                weight[at] = points
    return tuple(_runs(shown, words, weight, other, faint))


def counted(verdicts: Verdicts, service: str | None, kind: str | None) -> list[tuple[Hit, float, bool]]:
    """Every phrase of every signal that fired: what it weighs, and whether it speaks only for others than what was chosen."""
    found = []
    for fired in verdicts.fired:
        owner = fired.signal.owner
        mine = (owner.kind == "service" and owner.key == service) or (
            owner.kind == "elsewhere" and owner.key == verdicts.elsewhere
        )
        typed = owner.type == kind and (owner.kind == "type" or (owner.kind == "service type" and owner.key == service))
        if mine or typed or owner.kind in ("service", "elsewhere"):
            found += [(hit, fired.weight, not (mine or typed)) for hit in fired.hits]
    return found


def _places(sentences: Sequence[Sentence], words: Sequence[str]) -> dict[int, tuple[int, int, str]]:
    """Sentence number → (its first word, how many, its place). Sentences that can't be found as a whole are missing."""
    found: dict[int, tuple[int, int, str]] = {}
    cursor = 0
    for sentence in sentences:
        wanted = written(sentence.text)
        at = _find(wanted, words, cursor)
        if at is None and sentence.place in ("quote", "signature", "disclaimer", "aside"):
            at = _find(wanted, words, 0)
        if wanted and at is not None:
            found[sentence.number] = (at, len(wanted), sentence.place)
            cursor = at + len(wanted) if sentence.place not in ("quote", "aside") else cursor
    return found


def _find(wanted: Sequence[str], words: Sequence[str], start: int) -> int | None:
    width = len(wanted)
    for at in range(start, len(words) - width + 1):
        if words[at] == wanted[0] and list(words[at : at + width]) == list(wanted):
            return at
    return None


def _words_of(hit: Hit, places: dict[int, tuple[int, int, str]], words: Sequence[str]) -> range:
    """The indices of a hit's words in the text; empty if they stand elsewhere."""
    wanted = written(hit.words)
    where = places.get(hit.sentence.number)
    if where is not None and len(hit.raw) == where[1] > 1:
        return range(where[0] + hit.first, where[0] + hit.end)
    at = _find(wanted, words, where[0] if where else 0) if wanted else None
    return range(at, at + len(wanted)) if at is not None else range(0)


def _runs(
    text: str, words: Sequence[tuple[int, int, str]], weight: list[float], other: list[bool], faint: list[bool]
) -> Iterator[Piece]:
    """Neighbouring words that say the same are one run, with what stands between them."""
    at = 0
    number = 0
    while number < len(words):
        said = (weight[number], other[number], faint[number])
        last = number
        while last + 1 < len(words) and (weight[last + 1], other[last + 1], faint[last + 1]) == said:
            last += 1
        start, end = words[number][0], words[last][1]
        if start > at:
            yield Piece(text[at:start], faint=faint[number])
        yield Piece(text[start:end], said[0], said[1] and not said[0], said[2])
        at, number = end, last + 1
    if at < len(text):
        yield Piece(text[at:])
