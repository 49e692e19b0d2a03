"""Verdict: what screening found a message to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VerdictName = Literal["loop", "reject", "bounce", "auto_reply", "spam", "list", "accept"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message is, why in one sentence, and for a bounce whom it reports as failed for good.

    `failed_recipients` are bare addr-specs in lower case, sorted, each once; () for everything but a bounce.
    """

    name: VerdictName
    reason: str
    failed_recipients: tuple[str, ...] = ()
