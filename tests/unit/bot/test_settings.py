"""Settings: where they come from, what is wrong with them in words, and what is never shown."""

import json
from pathlib import Path

import pytest

from bot.settings import CalendarKind, Settings, SettingsError, load_settings, shown
from scheduling.domain.meetings import PlaceKind

CANARY = "canary-4711"


def test_without_any_everything_has_a_default() -> None:
    settings = load_settings()
    assert (settings.port, settings.calendar) == (3978, CalendarKind.GRAPH)
    assert [offered.type.id for offered in settings.types] == [
        "one_to_one",
        "coaching",
        "team_meeting",
        "training",
    ]


def test_the_environment_reaches_into_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASIDE_PORT", "8080")
    monkeypatch.setenv("ASIDE_GRAPH__BASE_URL", "http://127.0.0.1:1/v1.0")
    monkeypatch.setenv("ASIDE_GRAPH__SECRET", CANARY)
    settings = load_settings()
    assert settings.port == 8080
    assert settings.graph.base_url == "http://127.0.0.1:1/v1.0"
    assert settings.graph.secret is not None
    assert settings.graph.secret.get_secret_value() == CANARY


def test_a_file_is_read_and_the_environment_wins(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nowhere / "aside.toml").write_text(
        'port = 1\nhold_minutes = 5\n[smtp]\nhost = "mail.example"\n[[types]]\nplaces = ["room"]\n'
        'type = {id = "talk", name = "Talk", subject = "Talk", code_id = "t", minutes = 20}\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("ASIDE_PORT", "2")
    settings = load_settings()
    assert (settings.port, settings.hold_minutes, settings.smtp.host) == (2, 5, "mail.example")
    (offered,) = settings.types
    assert (offered.type.id, offered.places) == ("talk", (PlaceKind.ROOM,))


def test_another_file_can_be_named(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / "aside.toml").write_text("port = 1\n", encoding="utf-8")
    (nowhere / "mine.toml").write_text("port = 2\n", encoding="utf-8")
    monkeypatch.setenv("ASIDE_CONFIG", "mine.toml")
    assert load_settings().port == 2


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (f"potr = '{CANARY}'", "potr: "),
        (f"[graph]\nbase = '{CANARY}'", "graph.base: "),
        (f"port = '{CANARY}'", "port: "),
        ("port = 70000", "port: "),
        (f"calendar = '{CANARY}'", "calendar: "),
        (f"[graph]\nsecret = ['{CANARY}']", "graph.secret: "),
        (f"[bot]\ncredential = '{CANARY}'", "bot.credential: "),
        (
            "[[types]]\ntype = {id='a', name='Talk', subject='S', code_id='c', minutes=1}",
            "types.0.type: ",
        ),
        (f"port = 1\nsecret {CANARY}", "the settings file cannot be read"),
    ],
)
def test_what_is_wrong_is_named_and_its_value_is_not_repeated(
    nowhere: Path, file: str, said: str
) -> None:
    (nowhere / "aside.toml").write_text(file, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert said in str(caught.value)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_several_wrong_ones_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASIDE_PORT", "x")
    monkeypatch.setenv("ASIDE_BOT__CLOUD", CANARY)
    with pytest.raises(
        SettingsError, match=r"(?s)port: .*bot.cloud: |bot.cloud: .*port: "
    ) as caught:
        load_settings()
    assert CANARY not in str(caught.value)


def test_a_named_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASIDE_CONFIG", "gone.toml")
    with pytest.raises(SettingsError, match=r"names gone\.toml, and there is no such file"):
        load_settings()


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOT__SECRET", "GRAPH__SECRET", "GRAPH__CERTIFICATE_PASSWORD", "SMTP__PASSWORD"):
        monkeypatch.setenv(f"ASIDE_{name}", CANARY)
    monkeypatch.setenv("ASIDE_DATABASE_URL", f"postgresql+psycopg://aside:{CANARY}@db/aside")
    settings = load_settings()
    printed = json.dumps(shown(settings))
    assert CANARY not in printed
    assert CANARY not in repr(settings.bot) + repr(settings.graph) + repr(settings.smtp)
    assert "postgresql+psycopg://aside:***@db/aside" in printed
    assert printed.count("**********") == 4


def test_settings_do_not_change_once_they_are_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1


def test_every_remote_can_be_pointed_elsewhere() -> None:
    settings: Settings = load_settings(
        bot={"issuer": "i", "metadata": "http://m", "login": "http://l", "scope": "s"},
        graph={"base_url": "http://g", "host": "g", "authority": "http://a", "scope": "s"},
    )
    assert (settings.bot.login, settings.graph.authority) == ("http://l", "http://a")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("ASIDE_CALENDER", "ASIDE_CALENDAR"),
        ("ASIDE_GRAPH__BASEURL", "ASIDE_GRAPH__BASE_URL"),
        ("ASIDE_GRAPH_SECRET", "ASIDE_GRAPH__SECRET"),
        ("aside_prot", "ASIDE_PORT"),
    ],
)
def test_a_variable_that_is_no_setting_is_refused_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch, name: str, nearest: str
) -> None:
    monkeypatch.setenv(name, CANARY)
    with pytest.raises(SettingsError, match=f"{name}.*{nearest}") as caught:
        load_settings()
    assert CANARY not in str(caught.value)


def test_variables_of_the_test_suite_and_whole_groups_are_no_typing_errors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("ASIDE_REQUIRE_ALL", "ASIDE_CHROMIUM", "ASIDE_TEST_DATABASE_URL"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("aside_smtp", '{"host": "mail.example"}')
    assert load_settings().smtp.host == "mail.example"
