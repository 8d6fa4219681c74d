"""How the numeric kernels are compiled: one decorator, cached on disk beside the module."""

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def kept_on_disk(package: Path) -> bool:
    """Tell whether kernels of ``package`` (its folder) were compiled here before."""
    kept = Path(numba.config.CACHE_DIR or package)  # type: ignore[attr-defined,unused-ignore]
    return any(kept.glob("**/*.nbi"))


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Return ``function`` compiled to machine code at its first call, the code kept on disk.

    No bounds are checked inside: whatever fills the arrays must keep every index in range.
    NUMBA_DISABLE_JIT=1 runs the same code uncompiled.
    """
    return cast("Callable[Arguments, Result]", numba.njit(cache=True)(function))
