"""The card's links: commands and choices that a reader's mail program opens as a filled-in answer (RFC 6068).

Also the marker lines on top of mail to agents, below which nothing of an answer is ever relayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote

from router.desk.contexts import Choice, Links, ServiceInfo
from router.mail.field import clean
from router.rulebook.decision import Decision

# On top of mail to agents only, a line in each language, so that `router.mail.region` knows each as such: whatever their
# mail program quotes comes after it, so the cut is sure. Customers don't see it: it would be the first line of each mail
# in their inbox, and a customer's answer that keeps a quote hurts nobody.
MARKER = ("## Balas di atas garis ini ##", "## Please reply above this line ##")

CHOICES = 3  # candidates offered to triage and to customers
_SUBJECT_CHARS = 80  # of a subject in a link: some mail programs drop links of more than 2,000 characters


class ServiceLike(Protocol):
    """What a card needs of a service, whoever keeps it."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def category(self) -> str: ...


def mailto(address: str, subject: str, body: str) -> str:
    """A link that opens a mail to that address with subject and body filled in. Line ends are %0D%0A (RFC 6068, 5)."""
    text = "\r\n".join(body.splitlines()) + ("\r\n" if body.endswith("\n") else "")
    return f"mailto:{quote(address, safe='@')}?subject={quote(clean(subject), safe='')}&body={quote(text, safe='')}"


def _about(number: str, subject: str) -> str:
    return f"[{number}] {clean(subject)[:_SUBJECT_CHARS]}".rstrip()


def links(address: str, number: str, subject: str) -> Links:
    """The commands under a card, as answers to the mailbox `address` about ticket `number`."""

    def command(body: str) -> str:
        return mailto(address, _about(number, subject), body)

    return Links(
        take=command("#ambil\n"),
        resolve=command("#selesai\n\n"),
        move=command("#alih "),
        letter=command("#lengkapi\n\n"),
        reject=command("#tolak\n\n"),
        help=command("#bantuan\n"),
    )


def choices(
    decision: Decision, services: Mapping[str, ServiceLike], address: str, number: str, subject: str
) -> tuple[Choice, ...]:
    """The best candidates of a decision, best first, numbered from 1; codes that `services` lacks are left out."""
    scores = {decision.service: decision.score} if decision.service else {}
    for candidate in decision.alternatives:
        scores.setdefault(candidate.service, candidate.score)
    about = _about(number, subject)
    known = [(services[code], score) for code, score in scores.items() if code in services][:CHOICES]
    return tuple(
        Choice(
            number=place,
            code=service.code,
            name=service.name,
            category=service.category,
            percent=round(100 * score),
            move=mailto(address, about, f"#alih {service.code}\n"),
            answer=mailto(address, about, f"{place}\n"),
        )
        for place, (service, score) in enumerate(known, 1)
    )


def info(service: ServiceLike, serves: tuple[str, ...] = ("internal", "external"), contact: str = "") -> ServiceInfo:
    """A service as templates see it."""
    return ServiceInfo(service.code, service.name, service.category, serves, contact)
