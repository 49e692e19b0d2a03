"""A process and its children under measure: CPU seconds and memory as Linux accounts them.

Memory is the proportional set size: pages that a forked child shares with its parent count once for both together.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Usage:
    """`cpu` seconds in user and system mode, `memory` megabytes (Pss), of a process and its living children together."""

    cpu: float
    memory: float


def usage(pid: int) -> Usage:
    """What the process and its children use now; zeros when it is gone."""
    found = [_one(each) for each in (pid, *_children(pid))]
    return Usage(sum(one.cpu for one in found), sum(one.memory for one in found))


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue  # the thread ended meanwhile
    return found


def _one(pid: int) -> Usage:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return Usage(0.0, 0.0)
    ticks = sum(int(field) for field in fields[11:15])
    pss = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), pss / 1024)
