"""Where tokens and mail may go."""

from typing import Any

import pytest

from graph.itip.settings import Encryption, MailSettings
from graph.settings import CredentialKind, GraphSettings
from scheduling.ports.calendar import Mailbox


def made(**changes: Any) -> GraphSettings:  # noqa: ANN401 - any field
    fields = {"tenant_id": "t", "client_id": "c", "reader_mailbox": "r@x.example", "secret": "s"}
    return GraphSettings(**(fields | changes))


def test_the_defaults_are_microsofts_hosts() -> None:
    assert made().base_url == "https://graph.microsoft.com/v1.0"


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "https://evil.example/v1.0"},
        {"base_url": "https://graph.microsoft.com.evil.example/v1.0"},
        {"base_url": "https://graph.microsoft.com@evil.example/v1.0"},
        {"base_url": "https://user:pw@graph.microsoft.com/v1.0"},
        {"base_url": "http://graph.microsoft.com/v1.0"},
        {"base_url": "https://graph.microsoft.com/v1.0/"},
        {"base_url": "https://graph.microsoft.com/v1.0?x=1"},
        {"authority": "http://login.microsoftonline.com"},
        {"secret": None},
        {"kind": CredentialKind.CERTIFICATE},
        {"kind": CredentialKind.WORKLOAD},
    ],
)
def test_settings_that_could_lead_a_token_astray_fail_at_the_start(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        made(**changes)


def test_a_managed_identity_needs_no_secret() -> None:
    assert made(kind=CredentialKind.MANAGED_IDENTITY, secret=None).secret is None


def test_a_stand_in_on_this_machine_may_use_http() -> None:
    local = "http://127.0.0.1:9"
    assert made(base_url=f"{local}/v1.0", host="127.0.0.1", authority=local).host == "127.0.0.1"


def test_secrets_are_not_shown() -> None:
    settings = made(secret="canary", certificate_password="canary")
    sender = Mailbox(name="Aside", address="aside@x.example")
    mail = MailSettings(host="mail.x.example", sender=sender, password="canary")
    assert "canary" not in repr((settings, mail))


def test_mail_leaves_this_machine_only_encrypted() -> None:
    sender = Mailbox(name="Aside", address="aside@x.example")
    with pytest.raises(ValueError, match="STARTTLS"):
        MailSettings(host="mail.x.example", sender=sender, encryption=Encryption.NONE)
