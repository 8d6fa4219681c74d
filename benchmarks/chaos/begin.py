"""Begins a worker as ``aside serve`` begins: the solver loads itself while the rest is loaded.

python -m benchmarks.chaos.begin '{"url": ..., "ledger": ..., "units": 5, "monday": ...}'
"""

import asyncio
import importlib
import json
import sys

from scheduling.optimizer.pool import SolverPool


def main() -> None:
    """Work until the input closes."""
    pool = SolverPool(1)
    pool.start()
    importlib.import_module("bot.logs").configure("info")
    worker = importlib.import_module("benchmarks.chaos.worker")
    asyncio.run(worker.work(worker.Orders(**json.loads(sys.argv[1])), pool))


if __name__ == "__main__":
    main()
