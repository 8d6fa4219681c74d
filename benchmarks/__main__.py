"""``make bench``: every benchmark, one after the other, each in a process of its own.

Sizes are small here, for some six minutes in all; each module says how to ask for more.
"""

import subprocess
import sys
from collections.abc import Mapping

BENCHMARKS: Mapping[str, tuple[str, ...]] = {
    "bench_start": (),
    "bench_turns": (),
    "bench_ladder": ("--agents", "60", "500"),
    "bench_adhoc": (),
    "bench_training": ("--sizes", "60", "500"),
    "bench_meetings": (),
    "bench_repair": (),
    "bench_growth": (),
    "bench_runs": (),
    "bench_capacity": ("--requests", "100", "--automatic", "40", "--sessions", "600"),
    "bench_edge": (),
}
"""The module of each benchmark, and what it is asked for."""


def main() -> int:
    """Run them all; non-zero where one missed what it promises."""
    failed = []
    for name, arguments in BENCHMARKS.items():
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
        if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own modules
            failed.append(name)
    print(f"\nmissed: {', '.join(failed) or 'nothing'}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
