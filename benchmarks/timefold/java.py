"""Timefold's solver run from Java: its jars from the Python package, our classes compiled to them."""

import shutil
import subprocess
from collections import deque
from collections.abc import Generator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
TOOLS: Final = ROOT / ".aside" / "timefold"
SOURCES: Final = tuple(sorted((Path(__file__).parent / "java").rglob("*.java")))
_CLASSES: Final = TOOLS / "classes"
_OPTIONS: Final = ("-Xmx6g", "-XX:+UseParallelGC")
"""The collector that Timefold's own manual recommends."""
_LINES_SHOWN: Final = 12
"""Of what a failed run said."""


class Missing(Exception):
    """What the side-by-side needs is not on this machine; the message says what, and what helps."""


def version() -> str:
    """Return the version of Timefold's solver; Missing where it is not installed."""
    (core,) = [jar for jar in _jars() if jar.name.startswith("timefold-solver-core-")]
    return core.stem.removeprefix("timefold-solver-core-")


def sources(main: str) -> bytes:
    """Return our sources beside class ``main``, to tell its results from those of earlier ones."""
    package = main.split(".")[-2]
    return b"".join(source.read_bytes() for source in SOURCES if source.parent.name == package)


def build() -> None:
    """Compile our classes; Missing without a compiler or the jars, CalledProcessError if it fails."""
    javac = shutil.which("javac")
    if javac is None:
        raise Missing("No Java compiler: install Debian's openjdk-17-jdk-headless.")
    path = _class_path()
    _CLASSES.mkdir(parents=True, exist_ok=True)
    subprocess.run(  # noqa: S603 - the compiler and our own sources
        [javac, "-nowarn", "-cp", path, "-d", str(_CLASSES), *map(str, SOURCES)],
        check=True,
        stderr=subprocess.PIPE,
    )


def lines(main: str, *arguments: str) -> Generator[str, None, None]:
    """Run class ``main`` of ours and yield what it prints; RuntimeError where it fails.

    It ends when the iterator does: closing it early terminates the process.
    """
    java = shutil.which("java")
    if java is None:
        raise Missing("No Java: install Debian's openjdk-17-jdk-headless.")
    command = [java, *_OPTIONS, "-cp", f"{_class_path()}:{_CLASSES}", main, *arguments]
    last: deque[str] = deque(maxlen=_LINES_SHOWN)
    with subprocess.Popen(  # noqa: S603 - the virtual machine and our own classes
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            for line in process.stdout or ():
                last.append(line)
                yield line.rstrip()
        except BaseException:  # an interruption comes up in here, a close as GeneratorExit
            process.terminate()
            raise
    if process.returncode != 0:
        raise RuntimeError(f"{main} ended with {process.returncode}:\n{''.join(last)}")


def _jars() -> list[Path]:
    jars = sorted(TOOLS.glob("venv/lib/python*/site-packages/timefold/solver/jars/*.jar"))
    if not jars:
        raise Missing("No Timefold: `make bench-timefold` installs requirements/timefold.txt.")
    return jars


def _class_path() -> str:
    return ":".join(map(str, _jars()))
