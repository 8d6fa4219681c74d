"""Whatever is wished for, a centre comes out that is free of contradictions, and always the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.planning.canonical import canonical
from bot.planning.files import read_problem
from scheduling.optimizer.generator import generate

WISHES = st.fixed_dictionaries(
    {
        "agents": st.integers(1, 60),
        "weeks": st.integers(1, 2),
        "seed": st.integers(0, 2**32),
        "training": st.floats(0, 1),
        "team_meetings": st.booleans(),
        "tight": st.booleans(),
        "one_to_ones": st.booleans(),
    }
)


@settings(max_examples=15, deadline=None)
@given(WISHES)
def test_the_same_wishes_give_the_same_bytes_and_are_read_back(wishes: dict[str, int]) -> None:
    problem = generate(**wishes)
    written = canonical(problem)
    assert canonical(generate(**wishes)) == written
    assert read_problem(written) == problem
