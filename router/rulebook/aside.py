"""Asides: clauses that name something only to say that it isn't meant.

"TNDE lancar, tapi e-SKA mati", "bukan API importir", "selain EXIM": the names there say nothing of what the mail is
about. Which words make an aside is vocabulary.toml's business (`[words] fine, doubt, excepted, turns`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from router.rulebook.words import fold

_REACH = 4  # words after "bukan", "selain" that it takes away
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Asides:
    """Patterns over folded text: where clauses part, what says "all is well", what doubts it, what excepts."""

    turns: re.Pattern[str]
    fine: re.Pattern[str]
    doubt: re.Pattern[str]
    excepted: re.Pattern[str]

    def part(self, sentence: str) -> tuple[str, str]:
        """A sentence → (what is meant, what is said aside), either may be empty. Words keep their order and writing."""
        folded = fold(sentence)
        if len(folded) != len(sentence) or not (self.fine.search(folded) or self.excepted.search(folded)):
            return sentence, ""
        meant: list[str] = []
        aside: list[str] = []
        for start, end in self._clauses(folded):
            clause = folded[start:end]
            if self.fine.search(clause) and not self.doubt.search(clause):
                aside.append(sentence[start:end])
                continue
            for first, last, out in _cut(self.excepted, clause):
                (aside if out else meant).append(sentence[start + first : start + last])
        return "".join(meant).strip(" ,\n"), " ".join(aside).strip(" ,\n")

    def _clauses(self, folded: str) -> Iterable[tuple[int, int]]:
        borders = [0, *(m.start() for m in self.turns.finditer(folded) if m.start()), len(folded)]
        return pairwise(borders)


def asides(fine: Iterable[str], doubt: Iterable[str], excepted: Iterable[str], turns: Iterable[str]) -> Asides:
    """From word lists. A clause begins at `turns` and after , : ( ) and a dash between blanks."""
    exceptions = _any(excepted)
    reach = rf"(?:[^\w,;:()]+[^\s,;:()]+){{1,{_REACH}}}"
    return Asides(
        turns=re.compile(r"[,:()\n]|\s[-–—]\s" + (rf"|\b(?:{found})\b" if (found := _any(turns)) else "")),
        fine=_whole(_any(fine)),
        doubt=re.compile(r"\?" + (rf"|\b(?:{found})\b" if (found := _any(doubt)) else "")),
        excepted=re.compile(rf"\b(?:{exceptions})\b{reach}") if exceptions else _NEVER,
    )


def _any(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(fold(p)).replace(r"\ ", r"\s+") for p in sorted(phrases, key=len, reverse=True) if p)


def _whole(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives})\b") if alternatives else _NEVER


def _cut(pattern: re.Pattern[str], clause: str) -> Iterable[tuple[int, int, bool]]:
    """Pieces of a clause (from, to, excepted?)."""
    at = 0
    for match in pattern.finditer(clause):
        yield at, match.start(), False
        yield match.start(), match.end(), True
        at = match.end()
    yield at, len(clause), False
