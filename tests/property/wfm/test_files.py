"""What is written reads back as the same, and a change file cut at any byte is whole up to a change."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.centre import Segment
from scheduling.domain.times import Interval
from scheduling.ports.wfm import Outcome
from wfm.centre.generate import generate
from wfm.files.cells import CellError, parse_instant, write_instant
from wfm.files.changes import HEADER, read_entries, write_entries
from wfm.files.client import Limits, guarded, sources, unguarded
from wfm.files.template import write_folder
from wfm.files.validate import read_centre
from wfm.ledger import Entry

ZONES = st.sampled_from(
    [
        "Europe/London",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "UTC",
    ]
)
MINUTES = st.integers(0, 60 * 24 * 800).map(
    lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)
TEXT = st.text(max_size=20)
IDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


def wall_times(instant: datetime, zone: str) -> int:
    """Return how many instants within half a day show the same wall time."""
    shown = write_instant(instant, zone)[:16]
    near = (instant + timedelta(minutes=30 * n) for n in range(-24, 25))
    return sum(write_instant(other, zone)[:16] == shown for other in near)


@given(MINUTES, ZONES)
def test_an_instant_reads_back_from_its_wall_time_and_offset(instant: datetime, zone: str) -> None:
    assert parse_instant(write_instant(instant, zone), zone) == instant


@given(MINUTES, ZONES)
def test_a_bare_wall_time_is_read_back_or_refused_but_never_guessed(
    instant: datetime, zone: str
) -> None:
    text = write_instant(instant, zone)[:16]
    twice = wall_times(instant, zone) > 1
    with pytest.raises(CellError, match="happens twice") if twice else nullcontext():
        assert parse_instant(text, zone) == instant


@given(TEXT)
def test_guarded_text_reads_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("monday", [date(2026, 10, 19), date(2027, 3, 22)])
@pytest.mark.parametrize(("seed", "gross"), [(0, False), (1, True)])
def test_a_centre_reads_back_as_the_same_centre(
    seed: int, monday: date, gross: bool, tmp_path: Path
) -> None:
    centre = generate(seed, monday, weeks=1, history_days=0, agents=6, teams=2)
    staffing = {key: replace(series, gross=gross) for key, series in centre.staffing.items()}
    centre = replace(centre, staffing=staffing)
    write_folder(centre, tmp_path)
    assert read_centre(sources(tmp_path), Limits()) == centre


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    start = draw(MINUTES)
    minutes = draw(st.integers(5, 120))
    interval = Interval(start, start + timedelta(minutes=minutes))
    return Entry(
        key="",
        undoes=draw(st.none() | IDS),
        agent_id=draw(IDS),
        business_date=draw(st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))),
        interval=interval,
        code_id=draw(IDS),
        label=draw(st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]), max_size=20)),
        outcome=draw(st.sampled_from(Outcome)),
        reason="",
        was=draw(st.sampled_from([(), (Segment(interval=interval, code_id="phone"),)])),
        recorded_at=draw(MINUTES),
    )


@st.composite
def changes(draw: st.DrawFn) -> list[list[Entry]]:
    """Draw changes of one to three entries, each under its own key."""
    groups = draw(st.lists(st.lists(entries(), min_size=1, max_size=3), max_size=4))
    return [[replace(e, key=f"=key-{n}") for e in group] for n, group in enumerate(groups)]


@settings(max_examples=40)
@given(changes(), ZONES, st.data())
def test_a_change_file_cut_anywhere_holds_the_changes_before_the_cut(
    groups: list[list[Entry]], zone: str, data: st.DataObject
) -> None:
    header = (",".join(HEADER) + "\n").encode()
    zones = {entry.agent_id: zone for group in groups for entry in group}
    written = [write_entries(group, zones).encode() for group in groups]
    whole = header + b"".join(written)
    assert read_entries(whole) == (tuple(e for group in groups for e in group), len(whole))
    cut = data.draw(st.integers(0, len(whole)))
    ends = [len(header)]
    for chunk in written:
        ends.append(ends[-1] + len(chunk))
    survived = [group for group, end in zip(groups, ends[1:], strict=True) if end <= cut]
    kept = max((end for end in ends if end <= cut), default=0)
    assert read_entries(whole[:cut]) == (tuple(e for group in survived for e in group), kept)
