"""Backlog: mails that wait in Dovecot → tickets, acknowledgements and forwards accepted by an SMTP server.

    python -m tests.bench.bench_backlog [COUNT [ROUNDS]]

Each round measures the floor (tests/bench/floor.py) and the router on the same mails, one after the other, on the same servers.
Seconds run from the start of the process, interpreter and all, until the receiver has taken the last mail.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.mails import realistic
from tests.bench.process import usage
from tests.servers.smtpd import Sink
from tests.system.stand import MAILBOXES, PASSWORD, ROOT, Stand, address

PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run: messages a second, CPU seconds, peak memory (MB, children included), mails sent."""

    rate: float
    cpu: float
    peak: float
    sent: int


def measure(command: list[str], count: int, sink: Sink, directory: Path) -> Run:
    """Runs the command until the sink has twice `count` mails."""
    before = sink.count()
    started = time.monotonic()
    last, peak = usage(0), 0.0
    with (directory / "bench.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        while (sent := sink.count() - before) < 2 * count and process.poll() is None:
            now = usage(process.pid)
            last, peak = (now if now.cpu else last), max(peak, now.memory)
            assert time.monotonic() - started < PATIENCE, f"{sent} of {2 * count} mails"
            time.sleep(0.1)
        seconds = time.monotonic() - started
        if process.poll() is None:
            last = usage(process.pid)
            process.terminate()
        process.wait(20)
    assert sent >= 2 * count, f"{sent} of {2 * count} mails; see {directory / 'bench.log'}"
    return Run(count / seconds, last.cpu, peak, sent)


def main(count: int, rounds: int) -> None:
    mails: dict[str, list[bytes]] = {box: [] for box in MAILBOXES}
    for box, raw in realistic(count):
        mails[box].append(raw)
    floors: list[Run] = []
    runs: list[Run] = []
    directory = Path(tempfile.mkdtemp(prefix="hero-bench-"))
    with Stand(directory) as stand, Sink() as sink:
        for box in MAILBOXES:
            stand.dovecot.fill(address(box), mails[box])
        config = stand.config.read_text("utf-8").replace(f"port = {stand.smtp.port}\n", f"port = {sink.port}\n")
        stand.config.write_text(config.replace("message_mb = 2", "message_mb = 35") + "\n", "utf-8")
        floor = [sys.executable, "-m", "tests.bench.floor", str(stand.dovecot.imap_port), str(sink.port), PASSWORD]
        for number in range(rounds):
            floors.append(measure([*floor, *map(address, MAILBOXES)], count, sink, directory))
            for old in directory.glob("hero.db*"):
                old.unlink()
            router = [sys.executable, "-m", "router", "run", "--config", str(stand.config)]
            runs.append(measure(router, count, sink, directory))
            show(f"round {number + 1} floor ", floors[-1], count)
            show(f"round {number + 1} router", runs[-1], count)
    shutil.rmtree(directory, ignore_errors=True)
    ratios = [run.rate / floor.rate for run, floor in zip(runs, floors, strict=True)]
    floor_rate, rate = (statistics.median(one.rate for one in some) for some in (floors, runs))
    peak = max(run.peak for run in runs)
    ratio = statistics.median(ratios)
    print(f"median: floor {floor_rate:.0f}/s, router {rate:.0f}/s, ratio {ratio:.2f}; router peak {peak:.0f} MB")


def show(name: str, run: Run, count: int) -> None:
    each = 1000 * run.cpu / count
    print(
        f"{name} {run.rate:6.1f} messages/s  {run.cpu:6.2f} CPU s ({each:.2f} ms each)  peak {run.peak:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
