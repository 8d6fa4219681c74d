"""The ways of proving who we are, against a local token host."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import jwt
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from bot.channel.credentials import (
    AccessToken,
    Certificate,
    ClientCredentials,
    ClientProof,
    Federated,
    ManagedIdentity,
    Secret,
    SignInFailed,
)
from bot.rehearsal.rooms import APP_ID, TENANT
from bot.rehearsal.serving import served
from tests.support.edge import SECRET, StoppedClock
from tests.support.identity import Identity, private_key


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Hold a client's session."""
    async with aiohttp.ClientSession() as held:
        yield held


def signing_in(
    session: aiohttp.ClientSession, identity: Identity, proof: ClientProof
) -> ClientCredentials:
    return ClientCredentials(
        session=session,
        login=identity.url,
        tenant_id=TENANT,
        app_id=APP_ID,
        scope="https://api.botframework.com",
        proof=proof,
    )


def certificate(clock: StoppedClock) -> Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Aside")])
    key = private_key(50)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now())
        .not_valid_after(clock.now() + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return Certificate(
        certificate=made.public_bytes(serialization.Encoding.PEM),
        key=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        clock=clock,
    )


async def test_a_secret_is_sent_to_the_token_host_and_shown_nowhere(
    session: aiohttp.ClientSession, identity: Identity
) -> None:
    source = signing_in(session, identity, Secret(value=SECRET))
    token = await source.fetch()
    assert identity.asked[0]["client_secret"] == SECRET
    assert token == AccessToken(value="outbound-1", seconds=3600)
    assert SECRET not in repr(source)
    assert "outbound-1" not in repr(token)


async def test_a_certificate_signs_an_assertion_for_this_host_alone(
    session: aiohttp.ClientSession, identity: Identity, clock: StoppedClock
) -> None:
    proof = certificate(clock)
    await signing_in(session, identity, proof).fetch()
    assertion = identity.asked[0]["client_assertion"]
    claims = jwt.decode(
        assertion,
        private_key(50).public_key(),
        algorithms=["PS256"],
        audience=f"{identity.url}/{TENANT}/oauth2/v2.0/token",
        options={"verify_exp": False, "verify_nbf": False},
    )
    assert (claims["iss"], claims["sub"]) == (APP_ID, APP_ID)
    assert claims["exp"] - claims["nbf"] == 600
    assert len(jwt.get_unverified_header(assertion)["x5t#S256"]) == 43
    assert "PRIVATE" not in repr(proof)


async def test_a_certificate_that_cannot_be_read_says_what_is_wrong(clock: StoppedClock) -> None:
    proof = Certificate(certificate=b"canary", key=b"canary", clock=clock)
    with pytest.raises(SignInFailed, match="PEM") as caught:
        await proof.fields(APP_ID, "https://login.example")
    assert "canary" not in str(caught.value)


async def test_a_federated_assertion_is_read_anew_each_time(
    session: aiohttp.ClientSession, identity: Identity, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    source = signing_in(session, identity, Federated(path=path))
    with pytest.raises(SignInFailed, match="cannot be read"):
        await source.fetch()
    for content in ("first\n", "second\n"):
        path.write_text(content)
        await source.fetch()
    assert [form["client_assertion"] for form in identity.asked] == ["first", "second"]


async def test_a_managed_identity_asks_the_host_it_runs_on(session: aiohttp.ClientSession) -> None:
    asked: list[tuple[dict[str, str], str | None]] = []

    async def token(request: web.Request) -> web.Response:
        asked.append((dict(request.query), request.headers.get("X-IDENTITY-HEADER")))
        return web.json_response({"access_token": "managed", "expires_in": "86000"})

    app = web.Application()
    app.router.add_get("/msi/token", token)
    async with served(app) as url:
        source = ManagedIdentity(
            session=session,
            app_id=APP_ID,
            scope="https://api.botframework.com",
            endpoint=f"{url}/msi/token",
            header="canary-header",
        )
        assert await source.fetch() == AccessToken(value="managed", seconds=86000)
    query = {
        "api-version": "2019-08-01",
        "client_id": APP_ID,
        "resource": "https://api.botframework.com",
    }
    assert asked == [(query, "canary-header")]
    assert "canary" not in repr(source)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, '{"error": "invalid_client", "error_description": "canary"}'),
        (200, "{}"),
        (200, "[]"),
        (200, "no"),
        (200, '{"access_token": "x", "expires_in": "soon"}'),
        (302, ""),
    ],
)
async def test_a_sign_in_that_fails_names_the_code_only(
    session: aiohttp.ClientSession, identity: Identity, status: int, body: str
) -> None:
    async def token(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, headers={"Location": identity.url})

    app = web.Application()
    app.router.add_post("/{tenant}/oauth2/v2.0/token", token)
    async with served(app) as url:
        identity.url = url
        with pytest.raises(SignInFailed) as caught:
            await signing_in(session, identity, Secret(value=SECRET)).fetch()
    assert "canary" not in str(caught.value)
