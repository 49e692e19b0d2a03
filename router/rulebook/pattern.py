"""Phrases that are patterns: ``=to the letter`` and ``/regular expressions/``, on RE2, linear in the mail.

The only importer of re2. One look over the whole mail says which patterns stand there; only those are searched for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import re2

from router.rulebook.words import bare, clean


class PhraseError(ValueError):
    """A phrase that can't be one: its message says why."""


class Sentence(NamedTuple):
    """A sentence of a mail: its place in the mail ("subject", "body", …), its number in the whole mail, its text."""

    place: str
    number: int
    text: str


class Hit(NamedTuple):
    """A phrase found: in which sentence, and which of its words (from `first` to before `end`)."""

    sentence: Sentence
    raw: list[str]
    first: int
    end: int

    @property
    def words(self) -> str:
        """The words as they stand there."""
        return " ".join(self.raw[self.first : self.end])


class Patterns:
    """Patterns of one kind: regular expressions (`exact` False: any case, accents off) or literal texts (as written)."""

    def __init__(self, *, exact: bool) -> None:
        self._exact = exact
        self._listed: list[tuple[int, str]] = []
        self._compiled: list[tuple[int, Any]] = []
        self._set: Any = None

    def add(self, number: int, text: str) -> None:
        """Raises PhraseError for what RE2 does not take and for what matches everything or nothing."""
        if not text.strip():
            raise PhraseError("is empty")
        pattern = _literal(text) if self._exact else text
        try:
            compiled = re2.compile(pattern, self._options())
        except re2.error as error:
            raise PhraseError(f"is no regular expression that RE2 takes: {_said(error)}") from None
        if compiled.search("") is not None:
            raise PhraseError("matches the empty text, and so every mail")
        self._listed.append((number, pattern))

    def freeze(self) -> None:
        """Compiles what was added."""
        self._compiled = [(number, re2.compile(pattern, self._options())) for number, pattern in self._listed]
        self._set = None
        if self._listed:
            self._set = re2.Set.SearchSet(self._options())
            for _, pattern in self._listed:
                self._set.Add(pattern)
            self._set.Compile()

    def find(self, mail: Sequence[Sentence]) -> Iterator[tuple[int, Hit]]:
        """(number, hit) for all that stands in the mail, pattern by pattern."""
        if self._set is None:
            return
        for index in self._set.Match(self._text("\n".join(s.text for s in mail))) or ():
            number, pattern = self._compiled[index]
            for sentence in mail:
                for match in pattern.finditer(self._text(sentence.text)):
                    yield number, Hit(sentence, [" ".join(match.group().split())], 0, 1)

    def _text(self, text: str) -> str:
        return text if self._exact or text.isascii() else bare(text)

    def _options(self) -> Any:
        options = re2.Options()
        options.log_errors = False
        options.case_sensitive = self._exact
        return options

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_compiled": [], "_set": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.freeze()


def _literal(text: str) -> str:
    """A pattern for a text as written, not inside a longer word (RE2's word boundary knows ASCII only)."""

    def edge(character: str) -> str:
        return r"\b" if character.isascii() and (character.isalnum() or character == "_") else ""

    text = clean(text)
    return edge(text[0]) + str(re2.escape(text)) + edge(text[-1])


def _said(error: Exception) -> str:
    what = error.args[0] if error.args else str(error)
    return what.decode(errors="replace") if isinstance(what, bytes) else str(what)
