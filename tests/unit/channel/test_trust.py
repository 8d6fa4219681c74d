"""Whom the edge believes, and which URLs it may follow."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel.trust import CLOUDS, ChannelMisconfigured, CloudName, Trust

REAL = Trust(app_id="app", tenant_id="tenant", host="0.0.0.0")  # noqa: S104 a real bot is reached
LOCAL = Trust(app_id=None, tenant_id=None, host="127.0.0.1", development=True)

FOREIGN = [
    "",
    "https://",
    "http://smba.trafficmanager.net/emea/",
    "HTTPS://smba.trafficmanager.net/",
    "https://SMBA.trafficmanager.net/",
    "https://smba.trafficmanager.net:443/",
    "https://smba.trafficmanager.net:8443/",
    "https://user@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://user:pw@evil.example/smba.trafficmanager.net",
    "https://evil.example/smba.trafficmanager.net",
    "https://evil.example#smba.trafficmanager.net",
    "https://smba.trafficmanager.net.evil.example/",
    "https://smba.trafficmanager.net./",
    "https://xsmba.trafficmanager.net/",
    "https://smba-trafficmanager.net/",
    "https://other.trafficmanager.net/",
    "https://smba.trafficmanager.net\\@evil.example/",
    "https://evil.example\\smba.trafficmanager.net/",
    "https:/smba.trafficmanager.net/",
    "https:smba.trafficmanager.net/",
    "//smba.trafficmanager.net/",
    " https://smba.trafficmanager.net/",
    "https://smba.trafficmanager.net/\n",
    "https://smba.trafficmanager.net/\r\nHost: evil.example",
    "https://smba.trafficmanager.net/../x",
    "https://smba.trafficmanager.net/%2e%2e/",
    "https://smba.trafficmanager.net/?x=1",
    "https://smba.trafficmanager.net/#x",
    "https://smba.trafficmanager.net//evil.example/",
    "https://\uff53mba.trafficmanager.net/",
    "https://smba。trafficmanager.net/",
    "https://127.0.0.1/",
    "http://127.0.0.1:3978/",
    "http://169.254.169.254/metadata/",
    "http://[::1]/",
    "https://smba.infra.gcc.teams.microsoft.com/",
    "ftp://smba.trafficmanager.net/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_a_foreign_or_disguised_service_url_is_not_followed(url: str) -> None:
    assert not REAL.admits_service(url)


@pytest.mark.parametrize("path", ["", "/", "/emea/", "/amer", "/de/5b3c8a52-0000-4000-8000-0/"])
def test_teams_own_service_urls_are_followed(path: str) -> None:
    assert REAL.admits_service(f"https://smba.trafficmanager.net{path}")


@given(st.text(alphabet="htps:/@.#?\\%smbatrafficmanagernet127[]\r\n x", max_size=60))
def test_whatever_is_followed_is_read_the_same_by_a_parser(noise: str) -> None:
    url = f"https://smba.trafficmanager.net{noise}"
    if REAL.admits_service(url):
        parts = urlsplit(url)
        assert (parts.hostname, parts.port, parts.username, parts.query, parts.fragment) == (
            "smba.trafficmanager.net",
            None,
            None,
            "",
            "",
        )


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:56150/_connector", "http://localhost:9/", "http://[::1]:80/x"]
)
def test_development_follows_this_machine(url: str) -> None:
    assert LOCAL.admits_service(url)
    assert not REAL.admits_service(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/emea/",
        "https://127.0.0.1/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1:56150@evil.example/",
        "http://127.0.0.2/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
    ],
)
def test_development_follows_nothing_else(url: str) -> None:
    assert not LOCAL.admits_service(url)


def test_each_cloud_switches_issuer_login_graph_and_service_together() -> None:
    american = {CloudName.GCC_HIGH, CloudName.DOD}
    for name, cloud in CLOUDS.items():
        government = name in american
        for address in (cloud.issuer, cloud.metadata, cloud.login, cloud.scope, cloud.graph):
            assert address.split("/")[2].endswith(".us") == government
        assert re.search(r"\.us$", cloud.service) is not None or not government
        trust = Trust(app_id="a", tenant_id="t", host="0.0.0.0", cloud=cloud)  # noqa: S104 as above
        admitted = [
            other
            for other, its in CLOUDS.items()
            if trust.admits_service(f"https://{its.service}/x/")
        ]
        assert admitted == [name]


@pytest.mark.parametrize(("app_id", "tenant_id"), [(None, None), ("", "t"), ("a", None), ("a", "")])
def test_without_credentials_there_is_no_start(app_id: str | None, tenant_id: str | None) -> None:
    with pytest.raises(ChannelMisconfigured, match="development mode"):
        Trust(app_id=app_id, tenant_id=tenant_id, host="127.0.0.1")


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "aside.example", ""])  # noqa: S104
def test_development_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(ChannelMisconfigured, match=r"127\.0\.0\.1"):
        Trust(app_id=None, tenant_id=None, host=host, development=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_development_without_credentials_starts_on_loopback(host: str) -> None:
    assert Trust(app_id=None, tenant_id=None, host=host, development=True).development


def test_our_bot_is_known_with_and_without_teams_prefix() -> None:
    assert REAL.is_bot("28:app")
    assert REAL.is_bot("app")
    assert not REAL.is_bot("29:app")
    assert LOCAL.is_bot("bot")
