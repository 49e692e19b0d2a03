"""msg-ids (RFC 5322, 3.6.4): read from fields, and ours made and recognised; the ticket's number in a subject.

Ours carry a signed token, `hero.000123-2026.KIND.MAC@domain`. It survives a relay that turns everything to lower case.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode

from router.mail import limits

_MAC_CHARS = 26  # of base 32: 130 bits
_SUBJECT_CHARS = 900
_BRACKETED = re.compile(r"<([^<>]{1,2000})(?:>|$)")
_PAREN = re.compile(r"\\.|[()]", re.S)
_NUMBER = re.compile(r"HERO-(\d{4})-(\d{6,9})")
_IN_SUBJECT = re.compile(r"(?<![A-Za-z0-9])HERO\s?[-‐‑–—_ ]\s?(\d{4})\s?[-‐‑–—_ ]\s?(\d{6,9})(?![0-9])", re.I)
_TAG = re.compile(
    r"\s*[\[(]?\s?(?<![A-Za-z0-9])HERO\s?[-‐‑–—_ ]\s?\d{4}\s?[-‐‑–—_ ]\s?\d{6,9}(?![0-9])\s?[\])]?\s*", re.I
)
_PREFIX = re.compile(
    r"\s*(?:re|fwd?|aw|wg|sv|vs|antw|antwort|res|enc|tr|rif|ref|i|bls|balas|balasan|trs|terusan|teruskan|fs|vl|odp|pd|ynt|ilt|"
    r"回复|答复|转发|回覆|轉寄)"
    r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3}|\d{1,2})?\s?[:：]\s*",
    re.I,
)
_TOKEN = re.compile(
    r"hero\.(\d{6,9})-(\d{4})\.([a-z0-9-]{1,24})\.(?:([0-9a-z]{1,32})\.)?([a-z2-7]{26})@[^\s@<>]{1,255}", re.I
)


def ids_in(value: str) -> tuple[str, ...]:
    """The bare msg-ids in a decoded Message-ID, In-Reply-To or References field, in order.

    What stands in angle brackets; where there are none, the words with an "@" (or the only word).
    """
    text = _uncommented(value)
    if "<" in text:
        return tuple(bare for found in _BRACKETED.finditer(text) if (bare := "".join(found[1].split())))[
            : limits.REFERENCES
        ]
    words = re.split(r"[\s,;]+", text.replace(">", " ").strip())
    return tuple(word for word in words if "@" in word or (word and len(words) == 1))[: limits.REFERENCES]


def _uncommented(value: str) -> str:
    """The value without comments (they nest); an unclosed one is kept."""
    if "(" not in value:
        return value
    out: list[str] = []
    depth = kept = 0
    for found in _PAREN.finditer(value):
        if found[0] == "(":
            if depth == 0:
                out.append(value[kept : found.start()])
                kept = found.start()
            depth += 1
        elif found[0] == ")" and depth:
            depth -= 1
            kept = found.end() if depth == 0 else kept
    return " ".join([*out, value[kept:]])


def make(number: str, kind: str, cause: str, domain: str, secret: bytes) -> str:
    """A bare msg-id for mail about ticket `number` (`HERO-2026-000123`).

    The same number, kind (`acknowledgement`, …) and cause (whatever makes this mail the one it is) give the same id.
    Raises ValueError for a number of another form or an empty secret.
    """
    found = _NUMBER.fullmatch(number)
    if found is None or not secret:
        raise ValueError(f"no ticket number: {number!r}" if secret else "the secret is empty")
    label = re.sub(r"[^a-z0-9-]+", "-", kind.lower()).strip("-")[:24] or "mail"
    which = hashlib.sha256(cause.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"hero.{found[2]}-{found[1]}.{label}.{which}.{_mac(number, label, which, secret)}@{domain}"


def ticket_of(msgid: str, secret: bytes) -> str | None:
    """The number of the ticket that a msg-id of ours names; None for any other and for a forged or altered one."""
    found = _TOKEN.fullmatch(msgid.strip().strip("<>")[:400])
    if found is None or not secret or found[4] is None:
        return None
    number = f"HERO-{found[2]}-{found[1]}"
    expected = _mac(number, found[3].lower(), found[4].lower(), secret)
    return number if hmac.compare_digest(expected.encode(), found[5].lower().encode()) else None


def _mac(number: str, kind: str, which: str, secret: bytes) -> str:
    """HMAC-SHA256 over the token's parts, which contain no NUL, in lower-case base 32, cut to 130 bits."""
    digest = hmac.new(secret, "\0".join(("hero-msgid-1", number, kind, which)).encode(), hashlib.sha256).digest()
    return b32encode(digest).decode("ascii").lower()[:_MAC_CHARS]


def number_in(subject: str | None) -> str | None:
    """The ticket number in a subject, in its one true form, however brackets, dashes and case were changed; else None."""
    found = _IN_SUBJECT.search((subject or "")[:4000])
    return f"HERO-{found[1]}-{found[2]}" if found else None


def with_number(subject: str | None, number: str) -> str:
    """The subject with `[number]` once, at the front, without reply and forward prefixes; one line, at most 900 characters."""
    text = " ".join((subject or "")[:4000].split())
    text = " ".join(_TAG.sub(lambda m: " " if number_in(m[0]) == number else m[0], text).split())
    while found := _PREFIX.match(text):
        text = text[found.end() :]
    return f"[{number}] {text}"[:_SUBJECT_CHARS].rstrip()
