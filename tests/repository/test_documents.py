"""The documents say what is so: paths, links, settings, commands, the field's words."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from bot.cli import app
from bot.settings import Settings

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"(?:\]\(|src=\")([^)\"#\s]+)")
TARGETS = re.compile(r"^([a-z-]+):", re.MULTILINE)
FOLDERS = ("bot/", "dialogs/", "scheduling/", "graph/", "wfm/", "tests/", "docs/", "manifest/")


def test_a_path_that_is_named_exists(root: Path, documents: Mapping[str, str]) -> None:
    named = {
        (page, path)
        for page, text in documents.items()
        for path in CODE.findall(text)
        if path.startswith(FOLDERS) and "<" not in path and " " not in path
    }
    assert {(page, path) for page, path in named if not (root / path).exists()} == set()


def test_a_link_within_the_repository_leads_somewhere(
    root: Path, documents: Mapping[str, str]
) -> None:
    broken = [
        f"{page}: {link}"
        for page, text in documents.items()
        for link in LINK.findall(text)
        if ":" not in link and not ((root / page).parent / link).exists()
    ]
    assert broken == []


def test_every_setting_that_is_named_exists(documents: Mapping[str, str]) -> None:
    known = set(_settings(Settings, "ASIDE_")) | {"ASIDE_CONFIG", "ASIDE_DEBUG"} | TEST_SETTINGS
    named = {name for text in documents.values() for name in re.findall(r"\bASIDE_\w+", text)}
    assert named - known == set()


TEST_SETTINGS = {"ASIDE_REQUIRE_ALL", "ASIDE_CHROMIUM"}
"""Those of our own tests and CI, not of the product."""


def _settings(model: Any, prefix: str) -> list[str]:  # noqa: ANN401 - pydantic's own metaclass
    names = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if hasattr(inner, "model_fields"):
            names += _settings(inner, f"{prefix}{name.upper()}__")
        else:
            names.append(f"{prefix}{name.upper()}")
    return names


def test_every_command_that_is_named_exists(root: Path, documents: Mapping[str, str]) -> None:
    command = typer.main.get_command(app)
    known = set(getattr(command, "commands", {}))
    made = set(TARGETS.findall((root / "Makefile").read_text(encoding="utf-8")))
    code = [code for text in documents.values() for code in CODE.findall(text)]
    named = {words[1] for words in map(str.split, code) if words[0] == "aside" and words[1:]}
    asked = {words[1] for words in map(str.split, code) if words[0] == "make" and words[1:]}
    assert named - known == set()
    assert asked - made == set()


def test_every_option_of_a_command_that_is_named_exists(documents: Mapping[str, str]) -> None:
    known = set(_options(typer.main.get_command(app)))
    lines = [line for text in documents.values() for line in text.splitlines()]
    code = [*CODE.findall("\n".join(lines)), *(one for one in lines if one.startswith("aside "))]
    named = {
        (one, option)
        for one in code
        if one.startswith("aside ")
        for option in re.findall(r"(?<![\w-])--[a-z-]+", one.partition("#")[0])
    }
    assert {option for _, option in named} - known == set()


def _options(command: Any) -> Iterator[str]:  # noqa: ANN401 - click's own kinds
    for parameter in command.params:
        yield from parameter.opts
    for inner in getattr(command, "commands", {}).values():
        yield from _options(inner)


def test_every_class_of_the_domain_is_in_the_glossary(
    documents: Mapping[str, str], modules: Mapping[str, ast.Module]
) -> None:
    words = {code.partition(".")[0] for code in CODE.findall(documents["docs/glossary.md"])}
    classes = {
        node.name
        for name, tree in modules.items()
        if name.startswith("scheduling/domain/")
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    assert classes - words == set()


def test_every_page_of_decisions_is_listed_and_says_what_would_change_our_mind(
    documents: Mapping[str, str],
) -> None:
    pages = {n: t for n, t in documents.items() if re.match(r"docs/adr/\d{4}-", n)}
    listed = LINK.findall(documents["docs/adr/README.md"])
    assert sorted(listed) == sorted(Path(name).name for name in pages)
    assert [n for n, text in pages.items() if "**What would change our mind.**" not in text] == []


def test_the_readme_holds_the_vendor_table(root: Path, documents: Mapping[str, str]) -> None:
    rows = [
        _row(yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in sorted((root / "wfm").glob("*/quality.yaml"))
    ]
    head = ["| WFM | reads | writes | judged by | done | to do | does not apply |"]
    table = "\n".join([*head, "|---|---|---|---|---|---|---|", *rows])
    found = re.search(
        r"<!-- vendors -->\n(.*?)\n<!-- /vendors -->", documents["README.md"], re.DOTALL
    )
    assert found is not None
    assert found[1] == table, f"put this into README.md:\n{table}"


def _row(quality: dict[str, Any]) -> str:
    exempt = [f"{one['scenario']} ({one['reason']})" for one in quality["exempt"]]
    cells = (
        quality["title"],
        ", ".join(quality["reads"]),
        quality["writes"],
        quality["judged_by"],
        f"{len(quality['done'])} scenarios",
        "; ".join(quality["todo"]) or "nothing",
        "; ".join(exempt) or "nothing",
    )
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("heading", ["Unreleased", "Added"])
def test_the_changelog_is_kept(documents: Mapping[str, str], heading: str) -> None:
    assert re.search(rf"^##+ \[?{heading}", documents["CHANGELOG.md"], re.MULTILINE)
