"""``make bench``: every benchmark, one after the other, each in a process of its own."""

import subprocess
import sys

BENCHMARKS = ("bench_start", "bench_turns", "bench_adhoc")


def main() -> int:
    """Run them all; non-zero where one missed what it promises."""
    failed = []
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own modules
            failed.append(name)
    print(f"\nmissed: {', '.join(failed) or 'nothing'}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
