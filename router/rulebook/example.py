"""The catalog's [[example]] mails, decided and compared: checked whenever the rules load."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from router.mail.message import Attachment, Message
from router.rulebook.decide import decide
from router.rulebook.decision import Circumstances, Decision
from router.rulebook.problem import Problem
from router.rulebook.ruleset import RuleBook
from router.rulebook.service import Example

_TYPES = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


def check_examples(book: RuleBook) -> Iterator[Problem]:
    """A Problem for each example that comes out otherwise, with what misled."""
    for code, service in book.services.items():
        for number, example in enumerate(service.examples, 1):
            yield from _check(book, example, code, number)
    for elsewhere in book.elsewhere.values():
        for number, example in enumerate(elsewhere.examples, 1):
            yield from _check(book, example, None, number)


def message_of(mail: str, subject: str = "", attachments: tuple[str, ...] = ()) -> Message:
    """A Message of which only subject, text and attachments are known."""
    files = tuple(
        Attachment(name, _content_type(name), 0, hashlib.sha256(b"").hexdigest(), False, b"") for name in attachments
    )
    return Message(
        digest=hashlib.sha256(mail.encode()).hexdigest(),
        size=len(mail.encode()),
        message_id=None,
        in_reply_to=None,
        references=(),
        subject=subject,
        from_=None,
        sender=None,
        reply_to=(),
        to=(),
        cc=(),
        date=None,
        content_type="text/plain",
        text=mail,
        new_text=mail,
        html=None,
        attachments=files,
        fields=(),
    )


def _check(book: RuleBook, example: Example, code: str | None, number: int) -> Iterator[Problem]:
    message = message_of(example.mail, example.subject, example.attachments)
    decision = decide(message, Circumstances(example.mailbox, example.audience, True), book)
    fault = _fault(decision, example, code)
    if fault:
        yield Problem(example.file, example.line, example.column, f"example {number}: {fault}", _misled(decision))


def _fault(decision: Decision, example: Example, code: str | None) -> str:
    if (decision.service == code) is not example.wanted:
        wanted = code or "nothing of ours"
        return f"came out as {decision.service or 'nothing of ours'}, " + (
            f"not {wanted}" if example.wanted else "but must not"
        )
    if example.wanted and example.type and decision.type != example.type:
        return f'came out as type "{decision.type}", not "{example.type}"'
    if example.wanted and example.letter and decision.letter != example.letter:
        return f'came out as letter "{decision.letter}", not "{example.letter}"'
    return ""


def _misled(decision: Decision) -> str:
    """The words that made the decision, heaviest first."""
    words = dict.fromkeys(w for r in decision.reasons if r.weight > 0 for w in r.words)
    return "by the words " + ", ".join(f'"{w}"' for w in list(words)[:4]) if words else "no words of any service in it"


def _content_type(name: str) -> str:
    dot = name.rfind(".")
    return _TYPES.get(name[dot:].lower(), "application/octet-stream") if dot >= 0 else "application/octet-stream"
