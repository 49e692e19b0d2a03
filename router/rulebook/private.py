"""Words of a mail that name a person, a company or an address: no rule may ever be made of them.

Guesses on the safe side: a word too many here only means that a phrase isn't proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from router.mail.message import Address, Message
from router.rulebook.pattern import Sentence
from router.rulebook.words import fold, written

_COMPANY = re.compile(
    r"\b(?:pt|cv|ud|pd|tb|po|fa|toko|firma|koperasi|yayasan|pabrik)\b\.?,?\s+((?:[^\W\d_][\w&'-]*\s*){1,3})", re.I
)
_COMPANY_ENDS = re.compile(
    r"((?:[A-Z][\w&'-]*[\s,.]+){1,4})(?:Tbk|Ltd|Inc|Corp|LLC|GmbH|Pte|Pty|Sdn|Bhd|Limited|Company)\b"
)
_NAMED = re.compile(
    r"\b(?:nama(?:\s+(?:saya|lengkap|perusahaan|pemohon|pic))?|atas\s+nama|a\.?\s?n\.?|perkenalkan,?\s+saya|my\s+name\s+is|i\s+am)"
    r"(?:\s*:\s*|\s+)((?:[^\W\d_][\w.'-]*\s*){1,3})",
    re.I,
)
_TITLED = re.compile(
    r"\b(?:[Bb](?:apak|pk|ang)|[Ii]bu|[Pp]ak|[Bb]u|[Ss](?:dr|dri|audara|audari)|[Mm](?:as|bak|r|rs|s|iss)|[Dd](?:r|rs|ra)|[Ii]r|[Hh]j?|[Kk]epada|[Kk]ak|UD|Up)\b\.?\s*"
    r"((?:[A-Z][\w.'-]*\s*){1,4})"
)
_ADDRESSES = re.compile(
    r"\S{1,99}@\S+|\b(?:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:id|com|org|net|go|co)\b\S*", re.I
)
_LABELS = re.compile(r"[^\W_]+")
_INSIDE = 4  # letters from which a word that is part of an address's label counts as named by it


def without_addresses(text: str) -> str:
    """The text without addresses of mail and web; a full stop stands in their place, so that no phrase reaches across."""
    return _ADDRESSES.sub(" . ", text)


def names(message: Message, sentences: Sequence[Sentence]) -> frozenset[str]:
    """The folded words by which people, companies and addresses are called in a message, as far as its form shows it:
    From and recipients, capitalised words of the signature, what follows PT, Bapak, "nama:" and the like."""
    people = [a for a in (message.from_, message.sender, *message.reply_to, *message.recipients) if a]
    text = "\n".join((message.subject or "", message.text[:20_000]))
    found = set(_of_addresses(people))
    for sentence in sentences:
        if sentence.place in ("signature", "disclaimer", "quote"):
            found.update(fold(word) for word in written(sentence.text) if word[0].isupper())
    for pattern in (_COMPANY, _COMPANY_ENDS, _NAMED, _TITLED):
        for match in pattern.finditer(text):
            found.update(fold(word) for word in written(match[1]))
    labels = {label for address in people for label in _labels(address)}
    own = {fold(word) for sentence in sentences for word in written(sentence.text)}
    found.update(word for word in own if len(word) >= _INSIDE and any(word in label for label in labels))
    return frozenset(found)


def _of_addresses(people: Iterable[Address]) -> Iterator[str]:
    for address in people:
        yield from (fold(word) for word in written(address.name))
        yield from _labels(address)


def _labels(address: Address) -> Iterator[str]:
    """The parts of a local part and of a domain: "sari.dewi@ptmaju.co.id" → sari, dewi, ptmaju, co, id."""
    yield from (fold(label) for label in _LABELS.findall(address.address))
