"""Header field values → text: encoded words (RFC 2047) and raw bytes, read as mail programs write them.

Beyond the RFC: words inside quoted strings, next to other text, with spaces inside, without their end, with the wrong
encoding letter, with a character split over two words. Linear in the length of the value.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from router.mail.charset import decode, decode_bare
from router.mail.labels import codecs_of

_START = re.compile(rb"=\?([^?=\s\x00-\x1f]{0,80})\?\s?([bBqQ])\s?\?")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_Q_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_BREAKS = re.compile("[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]+")
_NUL = re.compile("\x00+")


@dataclass(frozen=True, slots=True)
class _Word:
    """One encoded word: its charset label and its decoded bytes; `whole` is False for base64 that goes on in the next."""

    label: str
    data: bytes


def text_of(value: bytes, hint: str | None = None) -> str:
    """The text of an unfolded field value: encoded words decoded, other bytes read as UTF-8 or as what they look like.

    `hint` is the charset of the body, which programs that write raw bytes mean here too. The result is one line of valid
    Unicode: breaks and controls are turned into spaces, NULs are dropped.
    """
    if b"=?" not in value:
        return one_line(decode_bare(value, hint))
    out: list[str] = []
    words: list[_Word] = []
    position = plain = 0
    while (start := value.find(b"=?", position)) >= 0:
        found = _START.match(value, start)
        if found is None:
            position = start + 2
            continue
        between = value[plain:start]
        if between.strip() or not words:
            out += (_joined(words), decode_bare(between, hint))
            words = []
        payload, position = _payload(value, found.end(), found[2])
        plain = position
        words.append(_Word(found[1].decode("ascii", "replace"), _decoded(payload, found[2])))
    out += (_joined(words), decode_bare(value[plain:], hint))
    return one_line("".join(out))


def one_line(text: str) -> str:
    """`text` with line breaks and controls as single spaces, without NUL; surrounding white space is cut."""
    return unbroken(text).strip()


def unbroken(text: str) -> str:
    """`text` with line breaks and controls as single spaces, without NUL."""
    return text if text.isprintable() else _BREAKS.sub(" ", _NUL.sub("", text))


def _payload(value: bytes, start: int, letter: bytes) -> tuple[bytes, int]:
    """The encoded text that begins at `start`, and where the value goes on; a missing `?=` ends it at the next blank or word."""
    following = value.find(b"=?", start)
    while following >= 0 and not _START.match(value, following):
        following = value.find(b"=?", following + 2)
    limit = following if following >= 0 else len(value)
    end = value.find(b"?=", start, limit)
    if end >= 0 and letter in b"qQ" and _Q_ESCAPE.match(value, end + 1):
        end = _end_of_q(value, start, end, limit)
    if end >= 0:
        return value[start:end], end + 2
    if following >= 0:
        return value[start:following].rstrip(b" \t?="), following
    blank = next((i for i in range(start, len(value)) if value[i] in b" \t"), len(value))
    return value[start:blank].rstrip(b"?"), blank


def _end_of_q(value: bytes, start: int, end: int, limit: int) -> int:
    """The end of a Q word in which an unencoded `?` stands before an escape (`What?=20`), up to the next blank."""
    blank = value.find(b" ", start, limit)
    later = value.find(b"?=", end + 2, blank if blank >= 0 else limit)
    return later if later >= 0 else end


def _decoded(payload: bytes, letter: bytes) -> bytes:
    """The bytes of an encoded word; the other encoding is tried when the payload can't be in the one that the letter names."""
    if letter in b"bB":
        if _Q_ESCAPE.search(payload) or (b"_" in payload and not payload.strip().endswith(b"=")):
            return _q(payload)
        return _b(payload)
    squeezed = payload.strip()
    if (
        len(squeezed) > 7
        and len(squeezed) % 4 == 0
        and squeezed.endswith(b"=")
        and not _NOT_BASE64.search(squeezed.rstrip(b"="))
    ):
        return _b(payload)
    return _q(payload)


def _q(payload: bytes) -> bytes:
    return _Q_ESCAPE.sub(lambda m: bytes((int(m[1], 16),)), payload.replace(b"_", b" "))


def _b(payload: bytes) -> bytes:
    """Base64 without care for padding and strange characters; each padded block on its own."""
    out = []
    for block in payload.split(b"="):
        clean = _NOT_BASE64.sub(b"", block)
        clean = clean[:-1] if len(clean) % 4 == 1 else clean
        out.append(binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)))
    return b"".join(out)


def _joined(words: list[_Word]) -> str:
    """Neighbouring words of one charset are decoded together, so that a split character comes out whole."""
    out: list[str] = []
    run: list[bytes] = []
    for i, word in enumerate(words):
        run.append(word.data)
        if i + 1 == len(words) or words[i + 1].label.lower() != word.label.lower():
            out += _run(run, word.label)
            run = []
    return "".join(out)


def _run(run: list[bytes], label: str) -> list[str]:
    # Stateful charsets begin each word anew; joining them is right as well, but one bad word must not spoil the others.
    whole, fits = decode(b"".join(run), label or None)
    if fits or len(run) == 1 or "utf-8" in codecs_of(label):
        return [whole]
    return [whole] if "\ufffd" not in whole else [decode(data, label or None)[0] for data in run]
