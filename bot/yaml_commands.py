"""What commands over YAML files have in common: faults of a file told, differences shown."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from scheduling.storage.edits import Edit

Value = TypeVar("Value")


def read_or_tell(file: Path, read: Callable[[str], Value]) -> Value | None:
    """Return what ``read`` makes of a file's text, or None once its faults are told."""
    from bot.yaml_file import BadFile  # noqa: PLC0415 - keeps --help quick

    try:
        return read(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        typer.echo(f"{file} is not a text in UTF-8", err=True)
    except BadFile as bad:
        for fault in bad.faults:
            typer.echo(str(fault), err=True)
        typer.echo(f"Nothing was changed: {len(bad.faults)} to correct in {file}.", err=True)
    return None


def differ(edits: "Sequence[Edit]") -> bool:
    """Show what would change, and return whether anything would."""
    from bot.yaml_file import differences_said  # noqa: PLC0415 - keeps --help quick

    for line in differences_said(edits):
        typer.echo(line)
    if not edits:
        typer.echo("Nothing would change.")
    return bool(edits)
