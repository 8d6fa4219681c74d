"""Who people are, as the directory says it, through the real SDK against the stand-in."""

import pytest

from graph.adapter import GraphDirectory
from graph.client import GraphClient
from graph.sandbox import Fault, Running
from scheduling.ports.directory import DirectoryError

ASHA = "asha@contoso.example"


async def test_people_are_found_by_object_id_and_by_address(
    running: Running, client: GraphClient
) -> None:
    directory = GraphDirectory(client)
    asha = running.sandbox.users[ASHA]
    by_id = await directory.by_object_id(asha.id)
    assert by_id is not None
    assert by_id.name == "Asha Rao"
    assert await directory.by_address("ASHA@contoso.example") == by_id
    assert await directory.by_address("o'hara@contoso.example") is None
    assert await directory.by_object_id("nobody") is None
    assert by_id.may_be_bound
    asha.guest = True
    guest = await directory.by_object_id(asha.id)
    assert guest is not None
    assert not guest.may_be_bound


async def test_a_sign_in_name_is_not_taken_for_an_object_id(client: GraphClient) -> None:
    assert await GraphDirectory(client).by_object_id(ASHA) is None


async def test_a_directory_that_fails_says_which_right_is_missing(
    running: Running, client: GraphClient
) -> None:
    running.fail(Fault(status=403, code="Authorization_RequestDenied"))
    with pytest.raises(DirectoryError, match=r"User\.Read\.All"):
        await GraphDirectory(client).by_address(ASHA)
