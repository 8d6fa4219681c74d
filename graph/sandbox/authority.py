"""The stand-in's token authority, as much of it as azure-identity asks for."""

import hmac
import secrets

import jwt
from aiohttp import web
from cryptography.x509 import load_pem_x509_certificate

from graph.sandbox.model import SandboxSettings
from graph.sandbox.plumbing import TENANT, TRAFFIC


async def configuration(request: web.Request) -> web.Response:
    """GET /{tenant}/v2.0/.well-known/openid-configuration."""
    tenant = f"https://{request.host}/{request.match_info['tenant']}"
    return web.json_response(
        {
            "issuer": f"{tenant}/v2.0",
            "token_endpoint": f"{tenant}/oauth2/v2.0/token",
            "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
            "jwks_uri": f"{tenant}/discovery/v2.0/keys",
        }
    )


async def token(request: web.Request) -> web.Response:
    """POST /{tenant}/oauth2/v2.0/token: a token for the right client, by secret, certificate or federation."""
    settings = request.app[TENANT].settings
    form = {name: str(value) for name, value in (await request.post()).items()}
    if request.match_info["tenant"] != settings.tenant_id:
        return _refused(400, "invalid_request", "AADSTS90002: Tenant not found.")
    audience = f"https://{request.host}{request.path}"
    if form.get("client_id") != settings.client_id or not _proved(form, settings, audience):
        return _refused(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
    fresh = secrets.token_urlsafe(32)
    request.app[TRAFFIC].tokens.add(fresh)
    answer = {"token_type": "Bearer", "expires_in": settings.token_life, "access_token": fresh}
    return web.json_response(answer)


def _proved(form: dict[str, str], settings: SandboxSettings, audience: str) -> bool:
    assertion = form.get("client_assertion")
    if assertion is None:
        return hmac.compare_digest(form.get("client_secret", ""), settings.client_secret)
    if settings.federated_token and hmac.compare_digest(assertion, settings.federated_token):
        return True
    return settings.certificate is not None and _signed(assertion, settings, audience)


def _signed(assertion: str, settings: SandboxSettings, audience: str) -> bool:
    """Whether ``assertion`` was signed by the certificate, for us, by the client itself."""
    key = load_pem_x509_certificate(settings.certificate or b"").public_key()
    issuer = settings.client_id
    try:
        jwt.decode(assertion, key, ["PS256"], audience=audience, issuer=issuer)  # type: ignore[arg-type]
    except jwt.InvalidTokenError:
        return False
    return True


def _refused(status: int, error: str, description: str) -> web.Response:
    body = {"error": error, "error_description": description}
    return web.json_response(body, status=status)


ROUTES = [
    web.get("/{tenant}/v2.0/.well-known/openid-configuration", configuration),
    web.post("/{tenant}/oauth2/v2.0/token", token),
]
