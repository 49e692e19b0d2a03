"""Words and their normal form: the same function reads the rules and the mail.

A written word goes through Unicode NFKC, casefold, accents off, the vocabulary's spellings, and the Indonesian stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import simplemma
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

_TOKEN = re.compile(r"[^\W_]+")
# A full stop ends a sentence after four letters or digits or a bracket; "kab. Sigi", "no. 5", "1. Nama" go on.
_SENTENCE = re.compile(
    r"(?:(?<=[^\W_]{4})|(?<=[)\]\"'%]))[.…]+[\"')\]]*(?=\s|$)|[!?;]+[\"')\]]*(?=\s|$)"
    r"|\n\s*\n|\n(?=\s*(?:[-*•–>]|\d{1,2}[.)])\s)"
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MAX_CACHE = 50_000
_ENGLISH_LENGTH = 5  # shorter words keep their endings

# Longest first, so that "mengupload" loses "meng" and not "me". The second part is what the prefix swallowed.
_PREFIXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("memper", ("",)), ("diper", ("",)), ("menge", ("",)), ("penge", ("",)), ("keter", ("",)), ("meng", ("", "k")),
    ("peng", ("", "k")), ("meny", ("s",)), ("peny", ("s",)), ("nge", ("",)), ("mem", ("", "p")), ("pem", ("", "p")),
    ("men", ("", "t")), ("pen", ("", "t")), ("ter", ("",)), ("ber", ("",)), ("per", ("",)), ("ny", ("s",)),
    ("ng", ("", "k")), ("di", ("",)), ("ke", ("",)), ("se", ("",)), ("me", ("",)), ("pe", ("",)), ("", ("",)),
)  # fmt: skip
_SUFFIXES = ("kannya", "annya", "innya", "inya", "kan", "nya", "lah", "kah", "pun", "an", "in", "ku", "mu", "i", "")


def clean(text: str) -> str:
    """Text in NFKC, without invisible characters, with \\n as line end."""
    if text.isascii():
        return text.replace("\r\n", "\n") if "\r" in text else text
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).replace("\r\n", "\n")


def fold(text: str) -> str:
    """Lower case without accents, for comparing."""
    return text.lower() if text.isascii() else bare(text.casefold())


def bare(text: str) -> str:
    """Text without accents, case as it is."""
    spread = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in spread if not unicodedata.combining(c)))


def sentences(text: str) -> list[str]:
    """Cleaned text cut into sentences, none of them blank."""
    return [s for s in _SENTENCE.split(text) if s and not s.isspace()]


def written(sentence: str) -> list[str]:
    """The words of a sentence as they stand there."""
    return _TOKEN.findall(sentence)


class Lexicon:
    """Knows the vocabulary; `normal` gives a written word's normal form.

    Holds a bounded memory of words that it has seen; else it never changes.
    """

    def __init__(
        self,
        spellings: Mapping[str, Iterable[str]] | None = None,
        roots: Iterable[str] = (),
        keep: Iterable[str] = (),
    ) -> None:
        """`spellings`: normal form → ways it is written; `roots`: foreign words that take affixes; `keep`: unstemmed."""
        self._roots = frozenset(fold(r) for r in roots)
        self._keep = frozenset(fold(k) for k in keep)
        self._cache: dict[str, tuple[str, ...]] = {}
        self._spelled: dict[str, tuple[str, ...]] = {}
        self.glued: dict[str, str] = {}
        for normal, ways in (spellings or {}).items():
            target = tuple(self._stem(fold(w)) for w in written(clean(normal)))
            for way in ways:
                words = [fold(w) for w in written(clean(way))]
                self._spelled["".join(words)] = target
                if len(words) > 1:
                    self.glued["".join(words)] = "".join(target)

    def normal(self, word: str) -> tuple[str, ...]:
        """A written word's normal form: mostly one word, several where the vocabulary says so ("gabisa")."""
        found = self._cache.get(word)
        if found is None:
            if len(self._cache) >= _MAX_CACHE:
                self._cache.clear()
            found = self._cache[word] = self._normal(fold(word))
        return found

    def compound(self, folded: str) -> tuple[str, ...]:
        """The normal form of a name whose words are written as one: it has no affixes."""
        return self._spelled.get(folded) or (folded if folded in self._keep | self._roots else english(folded),)

    def known(self, folded: str) -> bool:
        """Is it a word of Indonesian or of the vocabulary (and so no slip of the finger)?"""
        return folded in self._spelled or folded in self._keep or folded in self._roots or _is_known(folded)

    def _normal(self, folded: str) -> tuple[str, ...]:
        spelled = self._spelled.get(folded)
        if spelled is not None:
            return spelled
        stem = self._stem(folded)
        return self._spelled.get(stem, (stem,))

    def _stem(self, folded: str) -> str:
        if len(folded) < 4 or folded in self._keep or folded in self._roots or not folded.isalpha():
            return folded
        lemma = _lemma(folded)
        if lemma != folded or _is_known(folded):
            return lemma
        return next(iter(self._cut(folded)), None) or english(folded)

    def _cut(self, word: str) -> Iterable[str]:
        """Stems that a word unknown to the dictionary may have: known words inside its affixes, longest prefix first."""
        for suffix in _SUFFIXES:
            if not word.endswith(suffix):
                continue
            for prefix, swallowed in _PREFIXES:
                if not word.startswith(prefix) or not (prefix or suffix):
                    continue
                rest = word[len(prefix) : len(word) - len(suffix)]
                for letter in swallowed:
                    stem = letter + rest
                    if len(stem) >= 3 and stem in self._roots:
                        yield stem
                    elif len(stem) >= (3 if len(prefix) > 1 else 4) and _is_known(stem):
                        yield _lemma(stem)
        if word.endswith("nya") and len(word) >= 6:
            yield word[:-3]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_cache": {}}


def english(word: str) -> str:
    """A word that isn't Indonesian without its English endings: issue, issues, issued → issu. Not a word, but one form."""
    if len(word) < _ENGLISH_LENGTH or not word.isascii():
        return word
    for ending, instead in (("ied", "y"), ("ies", "y"), ("sses", "ss")):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= _ENGLISH_LENGTH - 1:
            word = word[: -len(ending)]
            return word[:-1] if word[-1] == word[-2] and word[-1] not in "ls" else word
    return word[:-1] if word.endswith("e") and len(word) >= _ENGLISH_LENGTH else word


def _lemma(word: str) -> str:
    return str(simplemma.lemmatize(word, lang="id")).lower()


def _is_known(word: str) -> bool:
    """Is it in simplemma's dictionary, in small letters?"""
    return word in _DICTIONARY


_DICTIONARY: Mapping[str, str] = DefaultDictionaryFactory().get_dictionary("id")
