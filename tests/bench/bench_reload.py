"""Hot reload: seconds from the write of a rule file until the daemon works by another set, on an idle system.

python -m tests.bench.bench_reload [COUNT]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.system.stand import Stand
from tests.system.test_rules_reload import RULE, Desk


def main(count: int) -> None:
    spent = []
    with tempfile.TemporaryDirectory() as directory, Stand(Path(directory)) as stand:
        desk = Desk(stand)
        version = desk.rules_now()["version"]
        for number in range(count):
            time.sleep(1)
            desk.routing.write_text(desk.good + (RULE if number % 2 == 0 else ""), "utf-8")
            started = time.monotonic()
            desk.until_another(version)
            spent.append(time.monotonic() - started)
            version = desk.rules_now()["version"]
        desk.store.close()
    ordered = sorted(spent)
    print(f"{count} changes: median {statistics.median(ordered):.2f} s, worst {ordered[-1]:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
