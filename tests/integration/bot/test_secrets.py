"""Secrets stay secrets: a canary in each is in no configuration, error, log or crash that is shown."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from bot.settings import PREFIX, Settings, SettingsError, load_settings, shown

CANARY = "canary-4711"
TELLING = ("secret", "password", "passphrase", "credential_value", "api_key", "client_key")
ROOT = Path(__file__).resolve().parents[3]


def fields_of(model: type[BaseModel], prefix: str = PREFIX) -> Iterator[tuple[str, object]]:
    """Yield every setting's variable and its type."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields_of(kind, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}", kind


SECRETS = [name for name, kind in fields_of(Settings) if kind == SecretStr | None]


@pytest.fixture
def canaries() -> dict[str, str]:
    """Return an environment with a canary in every secret, the database's password among them."""
    url = f"postgresql+psycopg://aside:{CANARY}@127.0.0.1:1/aside"
    return dict.fromkeys(SECRETS, CANARY) | {"ASIDE_DATABASE_URL": url}


@pytest.fixture(autouse=True)
def given(canaries: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Set it."""
    for name, value in canaries.items():
        monkeypatch.setenv(name, value)


def test_what_is_named_like_a_secret_is_one() -> None:
    named = {name for name, _ in fields_of(Settings) if name.lower().endswith(TELLING)}
    assert named == set(SECRETS)
    assert len(SECRETS) >= 4


def test_no_secret_is_in_the_settings_as_they_are_shown_or_written() -> None:
    settings = load_settings()
    assert CANARY not in str(shown(settings))
    assert CANARY not in repr(settings).replace(settings.database_url, "")


def test_no_secret_is_in_what_is_said_of_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASIDE_PORT", "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert CANARY not in str(caught.value)


CRASH = "import bot.cli, bot.settings as s; s.shown = lambda settings: 1 / 0; bot.cli.main()"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (["-m", "bot.cli", "config"], "***"),
        (["-m", "bot.cli", "migrate"], ""),
        (["-m", "bot.cli", "doctor"], "fails"),
        (["-m", "bot.cli", "serve"], ""),
        (["-c", CRASH.replace("s.shown", "bot.cli.shown"), "config"], "ZeroDivisionError"),
    ],
    ids=["config", "migrate", "doctor", "serve", "crash"],
)
def test_no_secret_is_in_what_a_command_prints_or_crashes_with(
    canaries: dict[str, str], tmp_path: Path, how: list[str], said: str
) -> None:
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, *how],
        cwd=tmp_path,
        env=os.environ | canaries | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    printed = ended.stdout + ended.stderr
    assert said in printed
    assert printed
    assert CANARY not in printed
