"""Ids that a person may have to type after a command."""

from bot.clocks import RandomIds


def test_no_id_looks_like_an_option() -> None:
    ids = RandomIds()
    assert not [one for one in (ids.new() for _ in range(3000)) if one.startswith("-")]
