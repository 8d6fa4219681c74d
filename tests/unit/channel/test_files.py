"""Where a file may be put: only at the hosts that the settings name, whatever a client says."""

import pytest

from bot.channel.trust import Trust

OURS = Trust(
    app_id="app",
    tenant_id="tenant",
    host="0.0.0.0",  # noqa: S104 - nothing listens here
    file_hosts=("contoso.sharepoint.com", "contoso-my.sharepoint.com"),
)
PATH = "/personal/mia/_api/v2.0/drive/items/01A/uploadSession?guid='1%2D2'&tempauth=v1.abc~d"


@pytest.mark.parametrize("host", OURS.file_hosts)
def test_our_own_hosts_are_taken(host: str) -> None:
    assert OURS.admits_upload(f"https://{host}{PATH}")


@pytest.mark.parametrize(
    "url",
    [
        f"http://contoso.sharepoint.com{PATH}",
        f"https://fabrikam.sharepoint.com{PATH}",
        f"https://contoso.sharepoint.com.evil.example{PATH}",
        f"https://evil.example/contoso.sharepoint.com{PATH}",
        f"https://contoso.sharepoint.com@evil.example{PATH}",
        f"https://mia:x@contoso.sharepoint.com{PATH}",
        f"https://contoso.sharepoint.com:8443{PATH}",
        f"https://contoso.sharepoint.com\\@evil.example{PATH}",
        "https://contoso.sharepoint.com",
        "https://contoso.sharepoint.com/a b",
        "https://contoso.sharepoint.com/a\r\nHost: evil.example",
        "https://contoso.sharepoint.com/#x",
        "https://contosoXsharepoint.com/a",
        "HTTPS://CONTOSO.SHAREPOINT.COM/a",
        "http://127.0.0.1/a",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//contoso.sharepoint.com/a",
        "",
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    assert not OURS.admits_upload(url)


def test_without_hosts_no_file_is_given() -> None:
    nobody = Trust(app_id="app", tenant_id="tenant", host="127.0.0.1")
    assert not nobody.files
    assert not nobody.admits_upload("https:///a")


def test_development_puts_files_on_this_machine_only() -> None:
    local = Trust(
        app_id=None, tenant_id=None, host="127.0.0.1", development=True, file_hosts=("127.0.0.1",)
    )
    assert local.admits_upload("http://127.0.0.1:4321/drive/week.ics")
    assert not local.admits_upload("https://contoso.sharepoint.com/a")
    assert not local.admits_upload("http://127.0.0.1.evil.example/a")
