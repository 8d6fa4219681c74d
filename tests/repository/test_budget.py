"""The code's budgets. What linters check (annotations, complexity, cycles) is not checked again."""

import ast
import re
from collections.abc import Mapping

MODULE_LINES = 400
FUNCTION_LINES = 60
MOCKS_PER_TEST = 0.1

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
PATCHING = {"Mock", "MagicMock", "AsyncMock", "patch", "setattr", "delattr"}
REGISTRY = re.compile(
    r"--(?:extra-)?index-url|registry\s*=\s*http|\"resolved\":|https?://[^/\s]*(?:p[y]pi|np[m]js|artifactory)",
)
"""A registry's own address; the packages of one are fine to name."""

MACHINE = re.compile(r"(?:^|[\s\"'=(:`])/(?:root|home|work|Users)/\w")
"""A path of the machine it was written on."""


def test_a_module_fits_on_a_few_screens(texts: Mapping[str, str]) -> None:
    sizes = {name: len(text.splitlines()) for name, text in texts.items() if name.endswith(".py")}
    assert {name: size for name, size in sizes.items() if size > MODULE_LINES} == {}


def test_a_function_fits_on_one_screen(nodes: Mapping[str, list[ast.AST]]) -> None:
    sizes = {
        f"{name}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, every in nodes.items()
        for node in every
        if isinstance(node, FUNCTION)
    }
    assert {name: size for name, size in sizes.items() if size > FUNCTION_LINES} == {}


def test_a_public_name_is_documented(product: Mapping[str, ast.Module]) -> None:
    undocumented = [
        f"{name}: {getattr(node, 'name', 'the module')}"
        for name, tree in product.items()
        for node in (tree, *tree.body)
        if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTION))
        and not getattr(node, "name", "").startswith("_")
        and not ast.get_docstring(node)
    ]
    assert undocumented == []


def test_fakes_and_servers_are_used_rather_than_mocks(
    nodes: Mapping[str, list[ast.AST]],
) -> None:
    tested = [node for name, every in nodes.items() if name.startswith("tests/") for node in every]
    uses = sum(isinstance(node, ast.Call) and called(node) in PATCHING for node in tested)
    tests = [n for n in tested if isinstance(n, FUNCTION) and n.name.startswith("test_")]
    assert uses <= MOCKS_PER_TEST * len(tests), f"{uses} patches in {len(tests)} tests"


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine(
    texts: Mapping[str, str],
) -> None:
    named = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if REGISTRY.search(line) or MACHINE.search(line)
    ]
    assert named == []
