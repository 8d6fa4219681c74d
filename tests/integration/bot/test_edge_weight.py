"""The process that answers people does not carry the solver."""

import asyncio
import json
import sys

SCRIPT = """
import json, sys
import bot.bootstrap
print(json.dumps([name for name in ("ortools", "numba", "statsmodels") if name in sys.modules]))
"""


async def test_the_edge_loads_neither_solver_nor_statistics() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SCRIPT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    assert json.loads(said) == []
