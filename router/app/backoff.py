"""Growing pauses between tries: 1 s … 5 min, with jitter so that many mailboxes don't knock at once."""

from __future__ import annotations

import random

PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)
SLOW_START = 4  # a refusal (password, folder) begins further up: it does not mend itself in a second


class Backoff:
    """How long to wait after the next failure (seconds)."""

    def __init__(self) -> None:
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    def next(self, *, slowly: bool = False) -> float:
        """The pause before the next try, ± 20 %. `slowly`: for faults that a person has to mend."""
        step = max(self._failures, SLOW_START) if slowly else self._failures
        self._failures += 1
        return PAUSES[min(step, len(PAUSES) - 1)] * random.uniform(0.8, 1.2)
