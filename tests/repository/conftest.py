"""The repository as its tests read it: each file once."""

import ast
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "dialogs", "scheduling", "graph", "wfm")
NOT_OURS = ("node_modules", "build", "artifacts", "__pycache__")
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".txt", ".cfg", ".csv", ".po", ""}


def _files(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        hidden = entry.name.startswith(".") and entry.name not in {
            ".ci",
            ".gitignore",
            ".pre-commit-config.yaml",
        }
        if hidden or entry.name in NOT_OURS or entry.name.endswith(".egg-info"):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif Path(entry.name).suffix in TEXT:
            yield Path(entry.path)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def texts() -> Mapping[str, str]:
    """Return every text file of ours by its path from the root."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in _files(ROOT)
    }


@pytest.fixture(scope="session")
def modules(texts: Mapping[str, str]) -> Mapping[str, ast.Module]:
    """Return every Python module of ours, parsed."""
    return {name: ast.parse(text) for name, text in texts.items() if name.endswith(".py")}


@pytest.fixture(scope="session")
def nodes(modules: Mapping[str, ast.Module]) -> Mapping[str, list[ast.AST]]:
    """Return every node of every module, walked once."""
    return {name: list(ast.walk(tree)) for name, tree in modules.items()}


@pytest.fixture(scope="session")
def documents(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Return every page of documentation."""
    return {name: text for name, text in texts.items() if name.endswith(".md")}


@pytest.fixture(scope="session")
def product(modules: Mapping[str, ast.Module]) -> Mapping[str, ast.Module]:
    """Return the modules that are installed."""
    return {name: tree for name, tree in modules.items() if name.startswith(PACKAGES)}
