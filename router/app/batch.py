"""A batch in the making: entries that wait for one commit, and what those before made known.

Facts are asked for once a batch. A message that touches what an earlier one of the batch made known (its bytes, its
msg-id, its ticket) must see that: the batch is committed first, and its facts are asked for anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from router.desk.actions import OpenTicket, Send
from router.desk.facts import Facts, Keys
from router.store.rows import Entry


class Batch:
    """Entries that wait, and the marks of all that went through this batch, committed ones included."""

    def __init__(self) -> None:
        self._waiting: list[Entry] = []
        self._known: set[str] = set()
        self._answers: Counter[str] = Counter()

    def add(self, entry: Entry, marks: Iterable[str]) -> None:
        """Takes an entry in, with what it is known by."""
        self._waiting.append(entry)
        self._known.update(marks)
        for action in entry.plan.actions:
            if isinstance(action, Send):
                self._known.add(action.message_id)
                self._answers.update(recipient.lower() for recipient in action.recipients if action.automatic)
            elif isinstance(action, OpenTicket):
                self._known.add(action.number)

    def touches(self, marks: Iterable[str]) -> bool:
        """Did an earlier message of this batch make any of these known?"""
        return not self._known.isdisjoint(marks)

    def answers_to(self, address: str | None) -> int:
        """How many automatic mails this batch made for an address (lower case)."""
        return self._answers[address] if address else 0

    def drain(self) -> list[Entry]:
        """The entries that wait, which wait no more."""
        entries, self._waiting = self._waiting, []
        return entries


def marks_of(asked: Keys) -> frozenset[str]:
    """What one message is known by and asks for."""
    named = (asked.digest, asked.message_id, asked.subject_number)
    return frozenset(filter(None, (*named, *asked.msg_ids, *asked.token_numbers, *asked.reported_msg_ids)))


def tickets_of(facts: Facts) -> frozenset[str]:
    """The numbers of the tickets that a message's facts name."""
    found = (facts.by_token, facts.by_reference, facts.by_subject, facts.bounced)
    return frozenset(ticket.number for ticket in found if ticket)
