"""Every setting, typed: from the environment (``ASIDE_*``), over a TOML file, over defaults.

A nested setting is written with two underscores: ``ASIDE_GRAPH__BASE_URL``. The TOML file is
``aside.toml`` in the working folder, or what ``ASIDE_CONFIG`` names.
"""

import os
from collections.abc import Iterator
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.channel.trust import CloudName
from scheduling.domain.house import Keep
from scheduling.domain.meetings import CapRule, MeetingType, PlaceKind, Room, SearchParameters
from scheduling.domain.rules import Rule
from scheduling.domain.setup import Setup, first_setup

PREFIX = "ASIDE_"
OTHERS = frozenset({"ASIDE_CONFIG", "ASIDE_DEBUG", "ASIDE_REQUIRE_ALL", "ASIDE_CHROMIUM"})
TESTS = "ASIDE_TEST_"
BOTH_PLACES = (PlaceKind.ROOM, PlaceKind.ONLINE)


class SettingsError(Exception):
    """The settings cannot be used; the message names each one and what is wrong with it."""


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BotGroup(_Group):
    """The bot's own registration, and the cloud it lives in. Overrides are for other servers."""

    app_id: str | None = None
    tenant_id: str | None = None
    cloud: CloudName = CloudName.PUBLIC
    credential: Literal["secret", "certificate", "federated", "managed_identity"] = "secret"
    secret: SecretStr | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    token_file: Path | None = None
    issuer: str | None = None
    metadata: str | None = None
    login: str | None = None
    scope: str | None = None
    file_hosts: tuple[str, ...] = ()
    website: str | None = None
    """For the app package only: where people find out about it, privacy and terms."""


class GraphGroup(_Group):
    """Microsoft Graph: see docs/permissions.md for what must be granted."""

    tenant_id: str = ""
    client_id: str = ""
    reader_mailbox: str = ""
    credential: Literal["secret", "certificate", "managed_identity", "workload"] = "secret"
    secret: SecretStr | None = None
    certificate: Path | None = None
    certificate_password: SecretStr | None = None
    token_file: Path | None = None
    base_url: str = "https://graph.microsoft.com/v1.0"
    host: str = "graph.microsoft.com"
    authority: str = "https://login.microsoftonline.com"
    scope: str = "https://graph.microsoft.com/.default"
    catalogue_id: str | None = None
    """The app's id in the tenant's catalogue; without it Aside installs itself for nobody."""


class SmtpGroup(_Group):
    """Invitations by mail where there is no tenant."""

    host: str = "127.0.0.1"
    port: int = 587
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    sender_name: str = "Aside"
    sender_address: str = ""
    people_are_free: bool = True
    online_url: str | None = None


class RetentionGroup(_Group):
    """Days for which each kind is kept; ``scheduling.storage.retention.Keep`` says from when."""

    drafts: int = Field(default=1, ge=1)
    notices: int = Field(default=90, ge=1)
    conversations: int = Field(default=30, ge=1)
    keyed_events: int = Field(default=400, ge=1)
    requests: int = Field(default=400, ge=1)
    histories: int = Field(default=30, ge=1)
    audit: int = Field(default=2557, ge=1)


class CalendarKind(StrEnum):
    """Where events and rooms live."""

    GRAPH = "graph"
    SMTP = "smtp"


class OfferedType(_Group):
    """A meeting type and where it may happen, the default place first."""

    type: MeetingType
    places: tuple[PlaceKind, ...] = BOTH_PLACES


def default_types() -> tuple[OfferedType, ...]:
    """Return the meeting types of a fresh installation."""
    return (
        OfferedType(
            type=MeetingType(
                id="one_to_one", name="One-to-one", subject="One-to-one", code_id="one_to_one"
            )
        ),
        OfferedType(
            type=MeetingType(
                id="coaching",
                name="Coaching",
                subject="Coaching session",
                code_id="coaching",
                minutes=45,
                auto_schedule=True,
            ),
            places=(PlaceKind.ONLINE, PlaceKind.ROOM),
        ),
        OfferedType(
            type=MeetingType(
                id="team_meeting",
                name="Team meeting",
                subject="Team meeting",
                code_id="team_meeting",
                group=True,
                quorum=0.6,
                private=False,
                parameters=SearchParameters(edge=0, sessions_a_day=2, caps=()),
            )
        ),
        OfferedType(
            type=MeetingType(
                id="training",
                name="Training",
                subject="Training",
                code_id="training",
                minutes=60,
                group=True,
                private=False,
                parameters=SearchParameters(
                    edge=0,
                    sessions_a_day=2,
                    offline_a_day=300,
                    offline_a_week=600,
                    caps=(CapRule(scope=Rule.TEAM_CAP, part=0.5),),
                ),
            ),
            places=(PlaceKind.ONLINE, PlaceKind.ROOM),
        ),
    )


class Settings(BaseSettings):
    """All settings. Secrets come from the environment, or a file outside the repository."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=3978, ge=0, le=65535)
    development: bool = False
    database_url: str = "sqlite:///aside.db"
    wfm_folder: Path = Path("wfm-files")
    people_file: Path | None = None
    calendar: CalendarKind = CalendarKind.GRAPH
    schedulers_channel: str = "Schedulers"
    solver_processes: int = Field(default=1, ge=1, le=64)
    people_refresh_minutes: int = Field(default=15, ge=1)
    undo_minutes: int = Field(default=15, ge=1, le=60)
    hold_minutes: int = Field(default=10, ge=1, le=60)
    patience_minutes: int = Field(default=240, ge=1)
    hang_seconds: int = Field(default=30, ge=5)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    bot: BotGroup = BotGroup()
    graph: GraphGroup = GraphGroup()
    smtp: SmtpGroup = SmtpGroup()
    retention: RetentionGroup = RetentionGroup()
    rooms: tuple[Room, ...] = ()
    types: tuple[OfferedType, ...] = Field(default_factory=default_types)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Prefer arguments, then the environment, then the TOML file; never a .env file."""
        del dotenv_settings, file_secret_settings
        file = Path(os.environ.get("ASIDE_CONFIG", "aside.toml"))
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file))


def setup_of(settings: Settings) -> Setup:
    """Return the first version of the house's set-up; every later one is in the database."""
    return first_setup(
        [(offered.type, offered.places) for offered in settings.types],
        rooms=settings.rooms,
        keep=Keep(**settings.retention.model_dump()),
    )


def _require_known_names() -> None:
    """Refuse variables that no setting reads: a misspelt one would silently change nothing."""
    known = {PREFIX + name for name in _names(Settings)} | OTHERS
    given = {name: name.upper() for name in os.environ if name.upper().startswith(PREFIX)}
    lines = [
        f"  {name}: is it {get_close_matches(upper, sorted(known), 1, 0)[0]}?"
        for name, upper in sorted(given.items())
        if upper not in known and not upper.startswith(TESTS)
    ]
    if lines:
        raise SettingsError("no setting has these names:\n" + "\n".join(lines))


def _names(model: type[BaseModel]) -> Iterator[str]:
    """Yield the settings of ``model``, and of its groups each and as a whole, in capitals."""
    for name, field in model.model_fields.items():
        yield name.upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Group):
            yield from (f"{name.upper()}__{inner}" for inner in _names(field.annotation))


def load_settings(**overrides: Any) -> Settings:  # noqa: ANN401 - any setting by name
    """Return the settings; SettingsError lists what is wrong without repeating any value."""
    _require_known_names()
    named = os.environ.get("ASIDE_CONFIG")
    if named and not Path(named).is_file():
        raise SettingsError(f"ASIDE_CONFIG names {named}, and there is no such file")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("these settings cannot be used:\n" + "\n".join(lines)) from None
    except ValueError as error:
        raise SettingsError(f"the settings file cannot be read: {error}") from None


def demo_settings(
    *,
    graph: GraphGroup,
    rooms: tuple[Room, ...],
    smtp_port: int,
    wfm_folder: Path,
    database: Path,
    port: int,
    channel: str,
) -> Settings:
    """Return the settings of the demo; the environment still chooses what it does not fix."""
    return load_settings(
        host="127.0.0.1",
        port=port,
        development=True,
        database_url=f"sqlite:///{database}",
        wfm_folder=wfm_folder,
        graph=graph,
        rooms=rooms,
        schedulers_channel=channel,
        smtp=SmtpGroup(
            host="127.0.0.1",
            port=smtp_port,
            encryption="none",
            sender_address="aside@contoso.example",
        ),
    )


def shown(settings: Settings) -> dict[str, Any]:
    """Return the settings as plain data with every secret masked and no password in the URL."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - only needed to print

    data: dict[str, Any] = settings.model_dump(mode="json")
    url = make_url(settings.database_url)
    data["database_url"] = url.render_as_string(hide_password=True)
    return data
