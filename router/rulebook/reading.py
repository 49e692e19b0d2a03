"""A message as the rules see it: its sentences, and the phrases found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from router.mail.message import Message
from router.rulebook.index import PhraseIndex
from router.rulebook.pattern import Sentence
from router.rulebook.signal import Hits
from router.rulebook.zones import Markers, read


@dataclass(frozen=True, slots=True)
class Reading:
    """Sentences in order, phrases by number, and whether something is quoted or sent on."""

    sentences: Sequence[Sentence]
    hits: Hits
    older: bool


def look(message: Message, markers: Markers, index: PhraseIndex) -> Reading:
    """Reads a message once for screening, classifying and routing."""
    sentences = read(message, markers)
    return Reading(sentences, index.find(sentences), any(s.place in ("quote", "forwarded") for s in sentences))
