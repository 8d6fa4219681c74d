"""Erlang A against its definition, a chain of births and deaths."""

import numpy as np
import pytest

from scheduling.optimizer.forecast.erlang import erlang_a_service


def erlang_a_by_definition(rate: float, serve: float, leave: float, staff: int) -> float:
    """Return the chance that somebody is free at once, from the birth and death chain."""
    chances = [1.0]
    for state in range(1, 400):
        death = min(state, staff) * serve + max(0, state - staff) * leave
        chances.append(chances[-1] * rate / death)
    return sum(chances[:staff]) / sum(chances)


@pytest.mark.parametrize("staff", [1, 4, 7, 9])
def test_with_no_time_to_answer_erlang_a_is_the_chance_of_a_free_agent(staff: int) -> None:
    service = erlang_a_service(
        np.asarray([20.0]),
        np.asarray([300.0]),
        np.asarray([float(staff)]),
        goal=0.0,
        patience=120.0,
        slot=900.0,
    )
    assert service[0] == pytest.approx(erlang_a_by_definition(20 / 900, 1 / 300, 1 / 120, staff))


def test_with_all_the_time_in_the_world_only_those_who_give_up_are_lost() -> None:
    volume, staff = 20.0, 5
    service = erlang_a_service(
        np.asarray([volume]),
        np.asarray([300.0]),
        np.asarray([float(staff)]),
        goal=1200.0,
        patience=120.0,
        slot=900.0,
    )
    rate, serve, leave = volume / 900, 1 / 300, 1 / 120
    chances = [1.0]
    for state in range(1, 400):
        chances.append(
            chances[-1] * rate / (min(state, staff) * serve + max(0, state - staff) * leave)
        )
    busy = sum(min(state, staff) * chance for state, chance in enumerate(chances)) / sum(chances)
    assert service[0] == pytest.approx(busy * serve / rate, abs=1e-4)


def test_service_rises_with_staff_and_stays_between_nothing_and_all() -> None:
    staff = np.linspace(0, 60, 121)
    full = np.full(121, 100.0)
    service = erlang_a_service(full, np.full(121, 300.0), staff, goal=20, patience=120, slot=900)
    assert service[0] == 0.0
    assert service[-1] > 0.99
    assert (np.diff(service) >= -1e-12).all()


def test_overload_and_silence_are_numbers_too() -> None:
    volume = np.asarray([1e6, 0.0, 1e4])
    service = erlang_a_service(
        volume, np.full(3, 300.0), np.asarray([1.0, 0.0, 5000.0]), goal=20, patience=120, slot=900
    )
    assert service.tolist() == pytest.approx([0.0, 1.0, 1.0], abs=1e-3)


def test_hardly_a_contact_is_none() -> None:
    tiny = np.asarray([5e-324])
    found = erlang_a_service(
        tiny, np.asarray([300.0]), np.asarray([0.0]), goal=20, patience=120, slot=900
    )
    assert found.tolist() == [1.0]
