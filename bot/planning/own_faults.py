"""A fault of the program's own: one sentence with what to do, never a traceback unless asked for."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

import typer
from rich.console import Console

OWN_FAULT, STOPPED = 3, 130
"""Exit codes: the program failed, and somebody stopped it (128 and SIGINT's 2, as shells have it)."""
DEBUG: Final = "ASIDE_DEBUG"
"""Set in the environment, a fault of our own shows its traceback."""
Arguments = ParamSpec("Arguments")


def spoken(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Return ``command`` so that whatever fails in it ends with words and an exit code."""

    @wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, BrokenPipeError):  # a reader that has seen enough is no fault
            raise
        except KeyboardInterrupt:
            _end("Stopped before it was done.", STOPPED)
        except MemoryError:
            _end("There is not memory enough: make one problem per business unit.", OWN_FAULT)
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            _end(_sentence(error), OWN_FAULT)

    return run


def _sentence(error: Exception) -> str:
    what = f"{type(error).__name__}: {error}".partition("\n")[0]
    return (
        f"This is a fault of Aside, not of your file ({what}). Please report it with the problem"
        f" file; with {DEBUG}=1 in the environment the same command shows where it failed."
    )


def _end(said: str, code: int) -> None:
    Console(stderr=True).print(said, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(code) from None
