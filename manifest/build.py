"""Builds the Teams app package from the settings: ``make package``."""  # noqa: INP001 - a script

import argparse
import json
import re
import tomllib
import zipfile
from pathlib import Path
from uuid import UUID

from bot.settings import SettingsError, load_settings

HERE = Path(__file__).resolve().parent
PARTS = ("color.png", "outline.png", "de.json")
WEBSITE = r"https://[\w.-]+(?:/[\w./-]*\w)?"
VERSION = r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}"


def release() -> str:
    """Return this release's version, which Teams compares with the package it has."""
    project = (HERE.parent / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(project)["project"]["version"])


def manifest(app_id: str, website: str, version: str) -> str:
    """Return the manifest of one registration; ValueError for what Teams would refuse.

    ``app_id`` is the bot's application (client) id, ``website`` an https address without a slash
    at its end, under which ``/privacy`` and ``/terms`` are found, ``version`` three numbers.
    """
    if not re.fullmatch(WEBSITE, website):
        raise ValueError(f"{website} is not an https address without a slash at its end")
    if not re.fullmatch(VERSION, version):
        raise ValueError(f"{version} is not a version of three numbers")
    text = (HERE / "manifest.json").read_text(encoding="utf-8")
    facts = {"app_id": str(UUID(app_id)), "website": website, "version": version}
    for name, fact in facts.items():
        text = text.replace(f"{{{{{name}}}}}", fact)
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def build(app_id: str, website: str, version: str, package: Path) -> None:
    """Write the package, over what was there."""
    text = manifest(app_id, website, version)
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", text)
        for part in PARTS:
            archive.write(HERE / part, part)


def main() -> None:
    """Read the settings and the command line, and write the package."""
    parser = argparse.ArgumentParser(description="Build the Teams app package from the settings.")
    parser.add_argument("--version", default=release(), help="where the release's will not do")
    parser.add_argument("-o", "--output", type=Path, default=Path("aside.zip"))
    asked = parser.parse_args()
    try:
        bot = load_settings().bot
        if bot.app_id is None or bot.website is None:
            parser.error("set ASIDE_BOT__APP_ID and ASIDE_BOT__WEBSITE (docs/install.md)")
        build(bot.app_id, bot.website, asked.version, asked.output)
    except (SettingsError, ValueError) as error:
        parser.error(str(error))
    print(f"Wrote {asked.output}, version {asked.version}")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
