"""Problem and plan files: JSON, read strictly, written canonically."""

import hashlib
import json
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from bot.planning.canonical import Json, as_json, canonical
from bot.planning.faults import BadFile, FileFault, faults_of
from bot.planning.references import unknown_names
from scheduling.optimizer.outcome import Impact
from scheduling.optimizer.plan import Plan
from scheduling.optimizer.problem import MOST_TOLD, Problem

MOST_BYTES: Final = 1_000_000_000
"""Of a file that is read; 25,000 agents over four weeks take about a quarter."""
_STRICT: Final = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
# "or null" because pydantic takes a configuration for no dataclass alone; null is refused below
PROBLEMS: Final[TypeAdapter[Problem | None]] = TypeAdapter(Problem | None, config=_STRICT)
PLANS: Final[TypeAdapter[Plan | None]] = TypeAdapter(Plan | None, config=_STRICT)
FIGURES: Final = ("cost", "bound", "gap", "placed", "failed", "seconds")
"""Numbers at the top of a plan file."""
ONLY_WRITTEN: Final = frozenset({"gap", "placed", "failed", "seconds", "forecast"})
"""Parts of a plan file that follow from the others, or tell of the run."""
Parsed = TypeVar("Parsed")


def read_problem(source: Path | bytes) -> Problem:
    """Return the problem in a file or in ``source`` itself; BadFile names every fault."""
    name, content = _content(source)
    problem = _parsed(PROBLEMS, name, content)
    if faults := tuple(islice(unknown_names(problem), MOST_TOLD)):
        raise BadFile(name, faults)
    return problem


def problem_hash(problem: Problem) -> str:
    """Return the SHA-256 of the problem's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(problem)).hexdigest()


def write_problem(problem: Problem, path: Path) -> None:
    """Write ``problem``; BadFile where it cannot be written."""
    _write(path, canonical(problem))


def read_plan(source: Path | bytes) -> Plan:
    """Return the plan in a file or in ``source`` itself, without its forecast; BadFile as above."""
    name, content = _content(source)
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        return _parsed(PLANS, name, content)
    if isinstance(whole, dict):
        content = json.dumps({key: whole[key] for key in whole if key not in ONLY_WRITTEN}).encode()
    return _parsed(PLANS, name, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A plan as it is written: with the ``seconds`` it took, and its forecast."""

    plan: Plan
    seconds: float
    forecast: Impact

    def content(self, *, curves: bool = False) -> bytes:
        """Return the JSON; with the forecast per slot only if ``curves``, which are long."""
        plan = self.plan
        figures = (plan.cost, plan.bound, plan.gap, plan.placed, plan.failed, self.seconds)
        whole: Json = {"status": plan.status, **dict(zip(FIGURES, figures, strict=True))}
        shown = self.forecast if curves else replace(self.forecast, curves=())
        return canonical(whole | _all_of(plan) | {"forecast": shown}, indent=1)


def write_plan(plan: PlanFile, path: Path, *, curves: bool = False) -> None:
    """Write ``plan``; BadFile where it cannot be written."""
    _write(path, plan.content(curves=curves))


def _all_of(plan: Plan) -> Json:
    """Return every field of the plan: at the top of a plan file nothing is left out."""
    return {name: getattr(plan, name) for name in Plan.__slots__} | as_json(plan)


def _parsed(adapter: TypeAdapter[Parsed | None], name: str, content: bytes) -> Parsed:
    try:
        value = adapter.validate_json(content)
    except ValidationError as error:
        raise BadFile(name, faults_of(error)) from None
    if value is None:
        raise _bad(name, "this is null", "write an object in { }")
    return value


def read_text(path: Path) -> str:
    """Return a text file in UTF-8; BadFile where it is none."""
    name, content = _content(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(name, f"this is not UTF-8: {error}", "save it as UTF-8") from None


def _content(source: Path | bytes) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        return "the JSON", source
    try:
        if (size := source.stat().st_size) > MOST_BYTES:
            raise _bad(
                str(source),
                f"it is {size / 1e6:,.0f} MB long, more than {MOST_BYTES / 1e6:,.0f} MB",
                "make one problem per business unit",
            )
        return str(source), source.read_bytes()
    except OSError as error:
        raise _bad(
            str(source), error.strerror or str(error), "name a file that can be read"
        ) from None


def require_folder(path: Path) -> None:
    """Raise BadFile where the folder of a file to be written is none, before any work is done."""
    if not path.parent.is_dir():
        raise _bad(str(path), "its folder does not exist", "name a file that can be written")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise _bad(
            str(path), error.strerror or str(error), "name a file that can be written"
        ) from None


def _bad(name: str, said: str, to_do: str) -> BadFile:
    return BadFile(name, (FileFault(pointer="", said=said, to_do=to_do),))
