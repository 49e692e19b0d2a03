"""What a phrase of the rules says (docs/rules.md, section 1): its alternatives, each as words; or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from router.rulebook.pattern import Patterns, PhraseError
from router.rulebook.words import clean, fold, sentences, written

_GROUP = re.compile(r"@(\w+)")


def alternatives(phrase: str, groups: Mapping[str, Sequence[str]]) -> list[tuple[str, list[list[str]]]]:
    """The parts of a phrase, by name, each as lists of folded words: one, those of a group (``@name``), none for a
    text to the letter (``=…``).

    Raises PhraseError.
    """
    found: list[tuple[str, list[list[str]]]] = []
    for part in phrase.split("|"):
        group = _GROUP.fullmatch(part.strip())
        if is_expression(part.strip()):
            raise PhraseError("is a regular expression beside others: it must stand alone")
        if part.strip().startswith("="):
            Patterns(exact=True).add(0, part.strip()[1:])
            found.append((part.strip(), []))
        elif group is None:
            words = _words(part)
            found.append((" ".join(words), [words]))
        elif group[1] in groups:
            inside = [part for p in groups[group[1]] for part in alternatives(p, {})]
            found.append((group[0], [words for _, listed in inside for words in listed]))
            found += [(name, listed) for name, listed in inside if not listed]
        else:
            raise PhraseError(f"names an unknown group {group[0]}")
    return found


def check(phrase: str, groups: Mapping[str, Sequence[str]]) -> str | None:
    """What is wrong with a phrase, or None."""
    try:
        if is_expression(phrase):
            Patterns(exact=False).add(0, phrase[1:-1])
        else:
            alternatives(phrase, groups)
    except PhraseError as error:
        return str(error)
    return None


def is_expression(phrase: str) -> bool:
    """Is it ``/…/``?"""
    return len(phrase) > 1 and phrase[0] == phrase[-1] == "/"


@lru_cache(maxsize=50_000)
def _words(phrase: str) -> list[str]:
    """A phrase's words, folded. Raises PhraseError. The list is shared: not to be changed."""
    text = clean(phrase).strip()
    if not text:
        raise PhraseError("is empty")
    if len(sentences(text)) > 1:
        raise PhraseError("can never match: a phrase does not reach beyond the end of a sentence")
    words = _names(text)
    if not words:
        raise PhraseError("can never match: it has no letter or digit")
    return words


def _names(text: str) -> list[str]:
    """The words of a phrase, folded; the parts of a hyphenated name are one word ("e-ska" → "eska")."""
    found = []
    for chunk in re.findall(r"[^\W_]+(?:[-‐-–][^\W_]+)*", text):
        parts = [fold(p) for p in written(chunk)]
        found.append(parts[0] if len(set(parts)) == 1 else "".join(parts))
    return found
