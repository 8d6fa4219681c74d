"""The check must not lean on what it checks, however many modules the solver grows."""

import ast
from pathlib import Path

from scheduling import optimizer

HERE = Path(optimizer.__file__).parent
DATA = {"supply", "wanted", "problem", "plan", "outcome"}
PREFIX = "scheduling.optimizer."


def imported(name: str) -> set[str]:
    """Return the modules that ``name`` of the optimiser imports, inside functions as well."""
    found: set[str] = set()
    path = HERE / f"{name.replace('.', '/')}.py"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_the_check_and_its_data_import_the_domain_and_the_data_only() -> None:
    checks = {f"check.{path.stem}" for path in (HERE / "check").glob("*.py")}
    assert {"check.whole", "check.cost"} <= checks
    for name in checks | DATA:
        ours = {module for module in imported(name) if module.startswith("scheduling")}
        allowed = {PREFIX + each for each in (checks | DATA if name in checks else DATA)}
        others = {one for one in ours if not one.startswith("scheduling.domain.")} - allowed
        assert not others, name


def test_the_check_needs_no_numeric_library() -> None:
    for path in (HERE / "check").glob("*.py"):
        roots = {module.partition(".")[0] for module in imported(f"check.{path.stem}")}
        assert not roots & {"numpy", "numba", "ortools", "scipy"}, path.stem
