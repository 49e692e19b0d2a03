"""Authentication-Results (RFC 8601): whether our own mail host vouches for the author's domain.

Only the topmost field of that name counts, and only if it bears our host's authserv-id: what stands below was there
before the message reached us, and anybody can write it. The field is read here and not by the library `authres`, which
recurses over comments and refuses the forms that big providers write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from router.mail import limits
from router.mail.address import mailboxes
from router.mail.message import Message

_ID = re.compile(r"\s*(\"[^\"]{1,255}\"|[^\s;=\"]{1,255})(?:\s+[\d.]{1,9})?\s*(?:;|$)")
_RESULT = re.compile(r"\s*(?:\"?([a-z0-9-]{1,40})\"?(?:\s*/\s*\d{1,3})?)\s*=\s*\"?([a-z]{1,20})\"?(?![^\s;])", re.I)
_PROPERTY = re.compile(r"([a-z-]{1,20})\s*\.\s*([a-z0-9_-]{1,40})\s*=\s*(?:\"([^\"]{0,500})\"|([^\s;\"]{1,500}))", re.I)
_TOKENS = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|\\.|[();]", re.S)

# What carries the domain that a method vouches for, the best first (RFC 8601, 2.7; RFC 6376; RFC 7208).
_DOMAIN_OF = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.mail", "smtp.helo"),
}
# Second-level registries of country domains with more than three letters; the shorter (`go.id`, `com.sg`) are taken by length.
_REGISTRIES = frozenset(("desa", "gouv", "info", "nhs", "police", "ponpes"))


@dataclass(frozen=True, slots=True)
class Authentication:
    """Whether the From domain was proved, by which method (`dmarc`, `dkim`, `spf`, or ""), for which domain, and why."""

    passed: bool
    method: str
    domain: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    value: str
    properties: dict[str, str]


def authentication(message: Message, authserv_id: str) -> Authentication:
    """What our mail host (`authserv_id`) found out about the author of `message`.

    Passed for dmarc=pass, or for dkim=pass or spf=pass aligned with the From domain (the same, or one below the other).
    """
    author = message.from_
    domain = author.domain if author else ""
    if author is None or not domain:
        return Authentication(False, "", "", "there is no author's address")
    if _authors(message) != 1:
        return Authentication(False, "", domain, "the message names several authors")
    field = message.value("Authentication-Results")
    if not authserv_id.strip() or field is None:
        return Authentication(False, "", domain, "no Authentication-Results of our mail host")
    parts = _parts(field[: limits.AUTHENTICATION_RESULTS_CHARS])
    found = _ID.match(parts[0] + ";") if parts else None
    if found is None or not _same(found[1].strip('"'), authserv_id):
        return Authentication(False, "", domain, "the topmost Authentication-Results is not of our mail host")
    if len(field) > limits.AUTHENTICATION_RESULTS_CHARS:
        return Authentication(False, "", domain, "the Authentication-Results of our mail host are too long")
    return _judged(tuple(filter(None, map(_result, parts[1:]))), domain)


def _judged(results: tuple[_Result, ...], domain: str) -> Authentication:
    """DMARC first: it is a verdict on the From domain. Its failure outweighs the aligned pass of a part of it."""
    verdict = next((result for result in results if result.method == "dmarc"), None)
    if verdict and verdict.value == "pass" and _aligned(_domain(verdict) or domain, domain):
        return Authentication(True, "dmarc", domain, "dmarc=pass")
    if verdict and verdict.value in ("fail", "permerror"):
        return Authentication(False, "dmarc", domain, f"dmarc={verdict.value}")
    for method in ("dkim", "spf"):
        for result in results:
            if result.method == method and result.value == "pass" and _aligned(_domain(result), domain):
                return Authentication(True, method, domain, f"{method}=pass for {_domain(result)}")
    passed = next((result.method for result in results if result.value == "pass"), None)
    return Authentication(
        False,
        "",
        domain,
        f"{passed}=pass is for another domain" if passed else "nothing vouches for the author's domain",
    )


def _authors(message: Message) -> int:
    """How many authors all From fields name together."""
    return sum(len(mailboxes(value.encode("utf-8"))) for value in message.values("From"))


def _same(one: str, other: str) -> bool:
    return one.strip().lower().rstrip(".") == other.strip().lower().rstrip(".")


def _parts(field: str) -> list[str]:
    """The field without comments, cut at the semicolons outside quotes. An unclosed comment swallows the rest."""
    parts: list[str] = []
    out: list[str] = []
    depth = position = 0
    for token in _TOKENS.finditer(field):
        if depth == 0:
            out.append(field[position : token.start()])
        position = token.end()
        mark = token[0]
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
        elif depth == 0 and mark == ";":
            parts.append("".join(out))
            out = []
        elif depth == 0:
            out.append(mark)
    if depth == 0:
        out.append(field[position:])
    return [*parts, "".join(out)]


def _result(part: str) -> _Result | None:
    found = _RESULT.match(part)
    if found is None:
        return None
    properties: dict[str, str] = {}
    for kind, name, quoted, bare in _PROPERTY.findall(part[found.end() :]):
        properties.setdefault(f"{kind}.{name}".lower(), quoted or bare)
    return _Result(found[1].lower(), found[2].lower(), properties)


def _domain(result: _Result) -> str:
    """The domain that a result speaks of, "" if it names none."""
    for key in _DOMAIN_OF.get(result.method, ()):
        if value := result.properties.get(key, ""):
            return value.rpartition("@")[2].strip("<> ").lower().rstrip(".")
    return ""


def _aligned(proved: str, author: str) -> bool:
    """Relaxed alignment by a simple rule: equal, or one lies below the other, which is no bare top-level domain."""
    if not proved or not author:
        return False
    if proved == author:
        return True
    shorter, longer = sorted((proved, author), key=len)
    return longer.endswith(f".{shorter}") and not _is_public(shorter)


def _is_public(domain: str) -> bool:
    """Whether a domain looks like one under which strangers register: `id`, `co.id`, `ac.uk`."""
    labels = domain.split(".")
    return len(labels) < 2 or (
        len(labels) == 2 and len(labels[1]) == 2 and (len(labels[0]) <= 3 or labels[0] in _REGISTRIES)
    )
