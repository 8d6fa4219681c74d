"""Which failures end in a sentence of our own, and which are not ours."""

import pytest

from bot.planning.own_faults import spoken


def test_a_reader_that_closes_the_pipe_is_no_fault() -> None:
    def closed() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        spoken(closed)()
