"""Ticket numbers at hand: reserved in the store a block at a time, so that planning needs no write.

A block is as large as the batch in hand: a crash leaves at most so many numbers unused, and none is ever used twice.
"""

from __future__ import annotations

from collections import deque

from router.desk.actions import OpenTicket, Plan
from router.store.database import Store


class Numbers:
    """The next ticket number, and the note that a plan has used it. One thread only."""

    def __init__(self, store: Store) -> None:
        self.block = 1
        self._store = store
        self._year = 0
        self._ready: deque[str] = deque()

    def next(self, year: int) -> str:
        """The number that the next new ticket will get. Asking again gives the same one until it is used."""
        if year != self._year:
            self._ready.clear()
            self._year = year
        if not self._ready:
            self._ready.extend(self._store.reserve_numbers(year, max(1, self.block)))
        return self._ready[0]

    def used(self, plan: Plan) -> None:
        """Takes a number off if the plan opens a ticket under it."""
        if self._ready and any(
            isinstance(action, OpenTicket) and action.number == self._ready[0] for action in plan.actions
        ):
            self._ready.popleft()
