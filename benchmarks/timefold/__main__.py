"""``make bench-timefold``: Timefold and ours side by side, to be interrupted and gone on with.

What Timefold reached is kept under .aside/bench-timefold by the hash of its input and is not run
again; an interrupted run goes on from its best solution.
"""

import argparse
import os
import platform
import signal
import subprocess
import sys

from benchmarks.timefold import java, ours, public

LIMITS = {500: 300, 2_000: 600, 5_000: 3_000}
"""Processor seconds of Timefold per number of agents."""


def main() -> int:
    """Run what is asked for; 2 where something is missing, with the reason."""
    asked = _asked()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is known is kept, Java ends
    try:
        java.build()
        print(_machine(), flush=True)
    except java.Missing as missing:
        print(f"bench-timefold: {missing}")
        return 2
    except subprocess.CalledProcessError as failed:
        print(f"bench-timefold: our Java does not compile:\n{failed.stderr.decode()}")
        return 2
    try:
        _run(asked)
    except KeyboardInterrupt:
        print("bench-timefold: interrupted; the next run goes on from here")
        return 130
    return 0


def _run(asked: argparse.Namespace) -> None:
    if asked.only != "agents":
        print("\n".join(public.rows(asked.seconds)), flush=True)
    if asked.only != "meetings":
        limits = {agents: min(LIMITS.get(agents, asked.cap), asked.cap) for agents in asked.agents}
        print("\n".join(ours.rows(asked.agents, limits)), flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.timefold", description=__doc__)
    parser.add_argument("--only", choices=("meetings", "agents"), help="one of the two parts")
    parser.add_argument("--seconds", type=int, default=300, help="for each public instance")
    parser.add_argument("--agents", type=int, nargs="+", default=sorted(LIMITS))
    parser.add_argument("--cap", type=int, default=max(LIMITS.values()), help="seconds per size")
    return parser.parse_args()


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, Timefold {java.version()}, "
        f"{platform.system()} {platform.machine()}; all seconds are processor time of the solving"
    )


if __name__ == "__main__":
    sys.exit(main())
