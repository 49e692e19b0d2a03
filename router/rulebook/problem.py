"""Problem: a fault in a file that a person wrote, as a value with its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Where (path, 1-based line and column; 0 = the whole file), what was found, and what would be right.

    Printed ``path:line:column: message; hint`` so that editors jump to the place.
    """

    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    severity: str = "error"  # or "warning"

    def __str__(self) -> str:
        place = self.path + (f":{self.line}:{self.column}" if self.line else "")
        return f"{place}: {self.message}" + (f"; {self.hint}" if self.hint else "")
