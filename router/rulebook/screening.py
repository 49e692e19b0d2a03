"""screen.toml: what is no ticket by its content or sender, beyond the standards' signals."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from router.mail.message import Message
from router.mail.verdict import Verdict
from router.rulebook.decision import Circumstances
from router.rulebook.ruleset import RuleBook


def screen(message: Message, book: RuleBook) -> Verdict | None:
    """spam, with the words or the sender that made it; None when nothing speaks against the message."""
    author = message.from_.key if message.from_ else ""
    if pattern := _listed(author, book.screen.block):
        return Verdict("spam", f'From is {author}: blocked by "{pattern}" in screen.toml')
    if not book.screen.signals.signals or _listed(author, book.screen.allow):
        return None
    reading = book.look(message)
    # Sender and mailbox aren't looked at here: a screening signal may not ask for them.
    anybody = Circumstances(mailbox="", audience="external", authenticated=False)
    fired = book.screen.signals.fire(reading.hits, anybody, book.factors)
    weight = sum(f.weight for f in fired)
    if weight < book.screen.threshold:
        return None
    heaviest = sorted(fired, key=lambda f: -f.weight)[:3]
    words = dict.fromkeys(h.words for f in heaviest for h in f.hits)
    return Verdict("spam", f"its words weigh {weight:.1f}: " + ", ".join(f'"{w}"' for w in words))


def _listed(address: str, patterns: Iterable[str]) -> str | None:
    return next((p for p in patterns if fnmatchcase(address, p)), None)
