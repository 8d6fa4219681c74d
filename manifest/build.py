"""Builds the Teams app package: ``python manifest/build.py APP_ID WEBSITE [-o aside.zip]``."""  # noqa: INP001 - a script

import argparse
import json
import re
import zipfile
from pathlib import Path
from uuid import UUID

HERE = Path(__file__).resolve().parent
PARTS = ("color.png", "outline.png")


def manifest(app_id: str, website: str) -> str:
    """Return the manifest of one registration; ValueError for what Teams would refuse.

    ``app_id`` is the bot's application (client) id, ``website`` an https address without a slash
    at its end, under which ``/privacy`` and ``/terms`` are found.
    """
    if not re.fullmatch(r"https://[\w.-]+(?:/[\w./-]*\w)?", website):
        raise ValueError(f"{website} is not an https address without a slash at its end")
    text = (HERE / "manifest.json").read_text(encoding="utf-8")
    text = text.replace("{{app_id}}", str(UUID(app_id))).replace("{{website}}", website)
    return json.dumps(json.loads(text), indent=2)


def build(app_id: str, website: str, package: Path) -> None:
    """Write the package, over what was there."""
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest(app_id, website))
        for part in PARTS:
            archive.write(HERE / part, part)


def main() -> None:
    """Read the command line and write the package."""
    parser = argparse.ArgumentParser(description="Build the Teams app package.")
    parser.add_argument("app_id", help="the bot's application (client) id")
    parser.add_argument("website", help="your https address; /privacy and /terms are below it")
    parser.add_argument("-o", "--output", type=Path, default=Path("aside.zip"))
    asked = parser.parse_args()
    try:
        build(asked.app_id, asked.website, asked.output)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
