"""Phrases of the rules → an index that finds all of them in a mail in one walk (docs/rules.md, section 1).

What a look-up costs depends on the mail and on what is found in it, not on how many phrases there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from router.rulebook.pattern import Hit, Patterns, Sentence
from router.rulebook.phrase import alternatives, is_expression
from router.rulebook.words import Lexicon, fold, written

_SLIP_LENGTH = 7  # names of seven letters and more forgive one slip of the finger
_GLUED_LENGTH = 4  # shorter names aren't looked for in several words
_MAX_GLUE = 3  # words that may be written as one
_MAX_CACHE = 50_000


Edge = tuple[tuple[str, ...], int]


class _Node:
    """A step of the tree of phrases: what may follow, and the phrases that end here."""

    __slots__ = ("below", "ends")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.ends: list[int] = []


class _Word(NamedTuple):
    """A written word: its normal form (`many` where it is read as several), itself folded, may a name begin with it."""

    form: str
    many: tuple[str, ...]
    folded: str
    head: bool


class PhraseIndex:
    """All phrases of a rule set. `add` while loading, `freeze` once, then `find`."""

    def __init__(self, lexicon: Lexicon, groups: Mapping[str, Sequence[str]] | None = None) -> None:
        """`groups`: phrases that others call ``@name``."""
        self.lexicon = lexicon
        self._groups = dict(groups or {})
        self._ids: dict[str, int] = {}
        self._root = _Node()
        self._glue: set[str] = set()
        self._heads: frozenset[str] = frozenset()
        self._forms: set[str] = set()
        self._written: set[str] = set()
        self._slips: dict[str, list[str]] = {}
        self._cache: dict[str, _Word] = {}
        self._expressions = Patterns(exact=False)
        self._literals = Patterns(exact=True)

    def __len__(self) -> int:
        return len(self._ids)

    def holds(self, form: str) -> bool:
        """Is this normal form a word of some phrase?"""
        return form in self._forms

    def add(self, phrase: str) -> tuple[int, ...]:
        """The numbers of the phrase's alternatives, any of which will do. Raises PhraseError when it can never match."""
        if (number := self._ids.get(phrase)) is not None:
            return (number,)
        if is_expression(phrase):
            self._expressions.add(len(self._ids), phrase[1:-1])
            return (self._number(phrase),)
        return tuple(self._add_part(name, listed) for name, listed in alternatives(phrase, self._groups))

    def freeze(self) -> None:
        """Finishes the index after the last `add`."""
        self._glue |= self.lexicon.glued.keys()
        self._heads = frozenset(g[:i] for g in self._glue for i in range(1, len(g)))
        for word in {w for w in self._forms | self._written if len(w) >= _SLIP_LENGTH and w.isalpha()}:
            for key in _deletions(word):
                self._slips.setdefault(key, []).append(word)
        self._expressions.freeze()
        self._literals.freeze()

    def find(self, mail: Sequence[Sentence]) -> dict[int, list[Hit]]:
        """Phrase number → where it stands, in the order of the mail."""
        hits: dict[int, list[Hit]] = {}
        for sentence in mail:
            self._walk(sentence, hits)
        for patterns in (self._expressions, self._literals):
            for number, hit in patterns.find(mail):
                hits.setdefault(number, []).append(hit)
        return hits

    # -- building

    def _number(self, phrase: str) -> int:
        return self._ids.setdefault(phrase, len(self._ids))

    def _add_part(self, name: str, listed: list[list[str]]) -> int:
        """An alternative: one phrase of words, or all those of a group."""
        if name in self._ids:
            return self._ids[name]
        number = self._number(name)
        if name.startswith("="):
            self._literals.add(number, name[1:])
        for words in listed:
            self._add_words(number, words)
        return number

    def _add_words(self, number: int, words: list[str]) -> None:
        self._glue.update(w for w in words if len(w) >= _GLUED_LENGTH)
        normal = [self.lexicon.normal(w) for w in words]
        self._written.update(words)
        self._forms.update(form for forms in normal for form in forms)
        self._add_path(number, normal)
        for first, last in _compounds(len(words)):
            compound = self.lexicon.compound("".join(words[first:last]))
            self._add_path(number, [*normal[:first], compound, *normal[last:]])

    def _add_path(self, number: int, normal: list[tuple[str, ...]]) -> None:
        node = self._root
        for forms in normal:
            for form in forms:
                node = node.below.setdefault(form, _Node())
        if number not in node.ends:
            node.ends.append(number)

    # -- matching

    def _walk(self, sentence: Sentence, hits: dict[int, list[Hit]]) -> None:
        raw = written(sentence.text)
        cache, read = self._cache, self._read
        seen = [cache.get(word) or read(word) for word in raw]
        forms = [word.form for word in seen]
        glued = self._glued(seen)
        if glued or any(word.many for word in seen):
            self._walk_glued(sentence, raw, seen, glued, hits)
            return
        root = self._root.below
        length = len(forms)
        for start, form in enumerate(forms):
            node = root.get(form)
            at = start + 1
            while node is not None:
                if node.ends:
                    hit = Hit(sentence, raw, start, at)
                    for number in node.ends:
                        hits.setdefault(number, []).append(hit)
                if at == length:
                    break
                node = node.below.get(forms[at])
                at += 1

    def _walk_glued(
        self,
        sentence: Sentence,
        raw: list[str],
        seen: list[_Word],
        names: dict[int, list[Edge]],
        hits: dict[int, list[Hit]],
    ) -> None:
        """The same for a sentence in which names stand in several words, or one word is read as several."""
        forms = [form for word in seen for form in word.many or (word.form,)]
        origin = [i for i, word in enumerate(seen) for _ in word.many or (0,)]
        place = {word: form for form, word in reversed(list(enumerate(origin)))}
        place[len(seen)] = len(origin)
        glued = {place[i]: [(normal, place[after]) for normal, after in edges] for i, edges in names.items()}
        for start in range(len(forms)):
            stack = [(self._root, start)]
            while stack:
                node, at = stack.pop()
                if node.ends:
                    hit = Hit(sentence, raw, origin[start], origin[at - 1] + 1)
                    for number in node.ends:
                        hits.setdefault(number, []).append(hit)
                if not node.below or at >= len(forms):
                    continue
                below = node.below.get(forms[at])
                if below is not None:
                    stack.append((below, at + 1))
                if at in glued:
                    stack += _follow(node.below, glued[at])

    def _read(self, written_word: str) -> _Word:
        """What is to be known of a written word, remembered."""
        folded = fold(written_word)
        normal = self.lexicon.normal(written_word)
        if len(written_word) >= _SLIP_LENGTH - 1 and normal[0] not in self._forms:
            normal = self._corrected(folded) or normal
        if len(self._cache) >= _MAX_CACHE:
            self._cache.clear()
        word = _Word(normal[0], normal if len(normal) > 1 else (), folded, folded in self._heads)
        self._cache[written_word] = word
        return word

    def _corrected(self, folded: str) -> tuple[str, ...] | None:
        """The rules' word that this one is one slip away from, if it is no word itself."""
        if len(folded) > 30 or not folded.isalpha() or self.lexicon.known(folded):
            return None
        near = {w for key in _deletions(folded) for w in self._slips.get(key, ())}
        best = [w for w in sorted(near) if OSA.distance(folded, w, score_cutoff=1) <= 1]
        return self.lexicon.normal(best[0]) if best else None

    def _glued(self, seen: list[_Word]) -> dict[int, list[Edge]]:
        """Index of a word → names that begin there and stand in several words: (normal forms, index after)."""
        found: dict[int, list[Edge]] = {}
        for i, word in enumerate(seen):
            if not word.head:
                continue
            whole = word.folded
            for j in range(i + 1, min(i + _MAX_GLUE, len(seen))):
                whole += seen[j].folded
                name = whole[:-3] if whole.endswith("nya") and whole not in self._glue else whole
                if name in self._glue:
                    found.setdefault(i, []).append((self.lexicon.normal(name), j + 1))
                if whole not in self._heads:
                    break
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_cache": {}}


def _follow(below: Mapping[str, _Node], edges: Iterable[Edge]) -> Iterator[tuple[_Node, int]]:
    """Where a name written in several words leads in the tree of phrases."""
    for forms, after in edges:
        node: _Node | None = below.get(forms[0])
        for form in forms[1:]:
            node = node.below.get(form) if node is not None else None
        if node is not None:
            yield node, after


def _compounds(length: int) -> Iterator[tuple[int, int]]:
    """Which of a phrase's words may be written as one: two neighbours, or all of three."""
    if 1 < length <= 5:
        yield from ((i, i + 2) for i in range(length - 1))
    if length == 3:
        yield 0, 3


def _deletions(word: str) -> Iterable[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
