"""Installing our app for people through Graph: once, as often as asked, and within what we may."""

import pytest
from jsonschema import Draft202012Validator

from graph.apps import GraphApps
from graph.client import GraphClient
from graph.sandbox import Fault, Running, User
from scheduling.ports.apps import AppsError, Installed

SENT = {
    "type": "object",
    "required": ["teamsApp@odata.bind"],
    "additionalProperties": False,
    "properties": {
        "teamsApp@odata.bind": {
            "type": "string",
            "pattern": "^https?://[^/]+/v1\\.0/appCatalogs/teamsApps/[0-9a-f-]{36}$",
        }
    },
}
"""What Microsoft's page on installing an app for a user shows; its schema is not kept beside us."""


@pytest.fixture
def asha(running: Running) -> User:
    """Return somebody of the tenant."""
    return running.sandbox.user("asha@contoso.example")


@pytest.fixture
def apps(client: GraphClient, running: Running) -> GraphApps:
    """Return what installs the tenant's copy of our app."""
    return GraphApps(client, running.sandbox.settings.catalogue_id, f"{running.url}/v1.0")


async def test_the_app_is_installed_once_however_often_it_is_asked(
    apps: GraphApps, asha: User, running: Running
) -> None:
    assert await apps.install(asha.id) is Installed.MADE
    assert await apps.install(asha.id) is Installed.THERE
    assert asha.app_installed
    assert [entry.status for entry in running.journal] == [201, 409]


async def test_what_is_sent_is_what_microsoft_asks_for(
    apps: GraphApps, asha: User, running: Running
) -> None:
    await apps.install(asha.id)
    (entry,) = running.journal
    assert entry.path == f"/v1.0/users/{asha.id}/teamwork/installedApps"
    assert not list(Draft202012Validator(SENT).iter_errors(entry.body))


async def test_a_policy_and_an_unknown_account_are_answers_and_no_errors(
    apps: GraphApps, asha: User
) -> None:
    asha.apps_blocked = True
    assert await apps.install(asha.id) is Installed.REFUSED
    assert await apps.install("00000000-0000-4000-8000-000000000000") is Installed.NOBODY


async def test_an_app_that_is_not_in_the_catalogue_is_installed_for_nobody(
    client: GraphClient, asha: User, running: Running
) -> None:
    other = GraphApps(client, "44444444-4444-4444-8444-444444444444", f"{running.url}/v1.0")
    assert await other.install(asha.id) is Installed.NOBODY
    assert not asha.app_installed


async def test_a_lost_answer_is_asked_again_and_finds_the_app_there(
    apps: GraphApps, asha: User, running: Running
) -> None:
    running.fail(Fault(method="POST", status=None, after_commit=True))
    assert await apps.install(asha.id) is Installed.THERE
    assert asha.app_installed


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_no_usable_answer_is_an_error_that_another_night_may_mend(
    apps: GraphApps, asha: User, running: Running, status: int
) -> None:
    running.fail(Fault(status=status, times=9, retry_after=3600 if status == 429 else None))
    with pytest.raises(AppsError):
        await apps.install(asha.id)
    assert not asha.app_installed
