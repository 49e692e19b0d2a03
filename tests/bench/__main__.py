"""All benches, one after the other: `make bench`, or `make bench ARGS="backlog latency"` for some of them."""

from __future__ import annotations

import runpy
import sys

BENCHES = {
    "store": "tests.bench.bench_store",
    "rules": "tests.bench.bench_rules",
    "stages": "tests.bench.bench_stages",
    "reload": "tests.bench.bench_reload",
    "latency": "tests.bench.bench_latency",
    "backlog": "tests.bench.bench_backlog",
}


def main(chosen: list[str]) -> None:
    unknown = [name for name in chosen if name not in BENCHES]
    if unknown:
        sys.exit(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    for name in chosen or BENCHES:
        print(f"== {name}", flush=True)
        sys.argv = [BENCHES[name]]
        runpy.run_module(BENCHES[name], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
