"""A batch in the making: entries that wait for one commit, and what those before made known.

Facts are asked for once a batch. A message that touches what an earlier one of the batch made known (its bytes, its
msg-id, its ticket) must see that: the batch is committed first, and its facts are asked for anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from router.desk.facts import Facts, Keys
from router.store.rows import Entry


class Batch:
    """What went through this batch so far, committed or not, and the entries that broke and wait for the next commit."""

    def __init__(self) -> None:
        self._aside: list[Entry] = []
        self._known: set[str] = set()
        self._authors: Counter[str] = Counter()

    def set_aside(self, entry: Entry) -> None:
        """An entry that needs no facts: it goes to quarantine with the next commit."""
        self._aside.append(entry)

    def note(self, keys: Keys, marks: Iterable[str]) -> None:
        """A message is planned in this batch: what it makes known, and that its author may get an answer."""
        self._known.update(marks)
        if keys.author:
            self._authors[keys.author] += 1

    def touches(self, marks: Iterable[str]) -> bool:
        """Did an earlier message of this batch make any of these known?"""
        return not self._known.isdisjoint(marks)

    def answers_to(self, address: str | None) -> int:
        """How many answers this batch may have made for an address (lower case)."""
        return self._authors[address] if address else 0

    def drain(self, planned: Sequence[Entry]) -> list[Entry]:
        """What is to be committed now, in the order of UIDs."""
        entries = sorted([*self._aside, *planned], key=lambda entry: entry.uid)
        self._aside = []
        return entries


def marks_of(asked: Keys) -> frozenset[str]:
    """What one message is known by and asks for."""
    named = (asked.digest, asked.message_id, asked.subject_number)
    return frozenset(filter(None, (*named, *asked.msg_ids, *asked.token_numbers, *asked.reported_msg_ids)))


def tickets_of(facts: Facts) -> frozenset[str]:
    """The numbers of the tickets that a message's facts name."""
    found = (facts.by_token, facts.by_reference, facts.by_subject, facts.bounced)
    return frozenset(ticket.number for ticket in found if ticket)
