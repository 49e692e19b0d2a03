"""Ticket numbers at hand: reserved in the store a block at a time, so that planning needs no write.

A block is what the batch in hand may need: a crash leaves at most so many numbers unused, and none is ever used twice.
"""

from __future__ import annotations

from collections import deque
from itertools import islice

from router.store.database import Store


class Numbers:
    """The next ticket numbers, and the note that some are used. One thread only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._year = 0
        self._ready: deque[str] = deque()

    def ahead(self, year: int, count: int) -> list[str]:
        """The next `count` numbers, in order. Asking again gives the same ones until they are used."""
        if year != self._year:
            self._ready.clear()
            self._year = year
        if (missing := count - len(self._ready)) > 0:
            self._ready.extend(self._store.reserve_numbers(year, missing))
        return list(islice(self._ready, count))

    def used(self, count: int) -> None:
        """The first `count` of them now belong to tickets."""
        for _ in range(count):
            self._ready.popleft()
