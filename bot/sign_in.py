"""Settings to whom the edge believes, and how we prove ourselves to Teams."""

import random
from dataclasses import replace

import aiohttp

from bot.channel import credentials
from bot.channel.connector import Connector
from bot.channel.credentials import ClientCredentials, ManagedIdentity, Tokens
from bot.channel.pace import Pace
from bot.channel.references import References
from bot.channel.trust import CLOUDS, Cloud, Trust
from bot.settings import BotGroup, Settings, SettingsError
from scheduling.ports.clock import Clock


def cloud_of(bot: BotGroup) -> Cloud:
    """Return the cloud's addresses with the overrides that point at other servers."""
    given = {
        name: value
        for name in ("issuer", "metadata", "login", "scope")
        if (value := getattr(bot, name)) is not None
    }
    return replace(CLOUDS[bot.cloud], **given)


def trust_of(settings: Settings) -> Trust:
    """Return whom the edge believes; ChannelMisconfigured where that would be anybody."""
    return Trust(
        app_id=settings.bot.app_id,
        tenant_id=settings.bot.tenant_id,
        host=settings.host,
        cloud=cloud_of(settings.bot),
        development=settings.development,
        file_hosts=settings.bot.file_hosts,
    )


def tokens_of(
    settings: Settings, trust: Trust, session: aiohttp.ClientSession, clock: Clock
) -> Tokens | None:
    """Return how we prove ourselves to Teams, or None in development without an app id."""
    bot = settings.bot
    if bot.app_id is None or bot.tenant_id is None:
        return None
    if bot.credential == "managed_identity":
        source: credentials.TokenSource = ManagedIdentity(
            session=session, app_id=bot.app_id, scope=trust.cloud.scope
        )
        return Tokens(source, clock)
    proof = _proof(bot, clock)
    return Tokens(
        ClientCredentials(
            session=session,
            login=trust.cloud.login,
            scope=trust.cloud.scope,
            tenant_id=bot.tenant_id,
            app_id=bot.app_id,
            proof=proof,
        ),
        clock,
    )


def connector_of(
    settings: Settings,
    trust: Trust,
    session: aiohttp.ClientSession,
    references: References,
    clock: Clock,
) -> Connector:
    """Return what sends to Teams."""
    return Connector(
        session=session,
        trust=trust,
        tokens=tokens_of(settings, trust, session, clock),
        references=references,
        pace=Pace(),
        rng=random.Random(),  # noqa: S311 - jitter, not secrets
    )


def _proof(bot: BotGroup, clock: Clock) -> credentials.ClientProof:
    if bot.credential == "secret" and bot.secret is not None:
        return credentials.Secret(value=bot.secret.get_secret_value())
    if bot.credential == "federated" and bot.token_file is not None:
        return credentials.Federated(path=bot.token_file)
    if bot.credential == "certificate" and bot.certificate and bot.private_key:
        return credentials.Certificate(
            certificate=bot.certificate.read_bytes(),
            key=bot.private_key.read_bytes(),
            clock=clock,
        )
    raise SettingsError(f"bot.credential is {bot.credential}, and what it needs is not set")
