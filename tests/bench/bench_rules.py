"""The shipped rules: milliseconds of CPU to decide about a 2 KB mail, and to load and check all files.

    python -m tests.bench.bench_rules

Beside it, as a floor of the same run: splitting the same text into words by a regular expression.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from router.mail.message import Address, Message
from router.mail.parse import parse
from router.rulebook import book
from router.rulebook.corpus import read
from router.rulebook.decide import decide
from router.rulebook.decision import Circumstances

ROOT = Path(__file__).parents[2]
ROUNDS = 7


def milliseconds(work: Callable[[], object]) -> float:
    """The median CPU time of several rounds."""
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        spent.append(1000 * (time.process_time() - started))
    return statistics.median(spent)


def main() -> None:
    texts = [one.message.text for one in read([ROOT / "tests" / "corpus" / "own-a.jsonl"])]
    mails = [two_kilobytes(texts[start : start + 8]) for start in range(0, 56, 8)]
    rules, problems = book.load(ROOT / "rules")
    assert rules, problems
    sender = Circumstances("hero", "external", True)
    deciding = milliseconds(lambda: [decide(message, sender, rules) for message in mails]) / len(mails)
    floor = milliseconds(lambda: [re.findall(r"\w+", message.text.casefold()) for message in mails]) / len(mails)
    loading = milliseconds(lambda: book.load(ROOT / "rules"))
    print(f"decide, 2 KB mail: {deciding:.2f} ms (its words by a regular expression alone: {floor:.2f} ms)")
    print(f"load and check all rule files with their examples: {loading:.0f} ms")


def two_kilobytes(texts: list[str]) -> Message:
    body = "\n\n".join(texts).encode()[:2048].decode("utf-8", "ignore")
    sender = Address("Budi", "budi@luar.example")
    return parse(f"From: {sender.address}\r\nSubject: Laporan\r\n\r\n{body}".encode())


if __name__ == "__main__":
    main()
