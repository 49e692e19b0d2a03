"""A process under measure: CPU seconds and peak memory as Linux accounts them, children included for CPU."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Usage:
    """`cpu` seconds in user and system mode, `peak` resident megabytes (VmHWM)."""

    cpu: float
    peak: float


def usage(pid: int) -> Usage:
    """What the process has used so far; zeros when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return Usage(0.0, 0.0)
    ticks = sum(int(field) for field in fields[11:15])
    peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), peak / 1024)
