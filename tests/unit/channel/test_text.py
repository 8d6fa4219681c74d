"""Text made plain on the way in, and fitting on the way out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel.markup import LONGEST_NAME, LONGEST_TEXT, plain_name, plain_text
from bot.channel.messages import SOFT, message, parts_of, size_of, split_text


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("1:1 with Asha", "1:1 with Asha"),
        ("<at>Aside</at> 1:1 with <at>Asha Rao</at>", "1:1 with Asha Rao"),
        ("<p>1:1 with&nbsp;Asha</p><p>next week</p>", "1:1 with Asha\nnext week"),
        ("a<br/>b<br>c", "a\nb\nc"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("&lt;b&gt;not bold&lt;/b&gt;", "<b>not bold</b>"),
        ("  many\t blanks\r\n\n here ", "many blanks\nhere"),
        ("\u202eexe.asha\u202c \u200bnext\u2066 week", "exe.asha next week"),
        ("\x1b[31mred\x07", "[31mred"),
        ("", ""),
    ],
)
def test_a_message_is_read_as_a_person_would(sent: str, read: str) -> None:
    assert plain_text(sent, ["<at>Aside</at>"]) == read


def test_only_one_mention_of_the_bot_is_dropped() -> None:
    said = "<at>Aside</at> what is <at>Aside</at>"
    assert plain_text(said, ["<at>Aside</at>"]) == "what is Aside"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Asha Rao", "Asha Rao"),
        ("Asha\r\nX-Header: 1", "Asha X-Header: 1"),
        ("\u202eohsA", "ohsA"),
        ("Zoë\u200b O\u2019Neill ", "Zoë O\u2019Neill"),
        ("<b>**x**</b>", "<b>**x**</b>"),
    ],
)
def test_a_name_keeps_to_one_line_and_hides_nothing(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@given(st.text())
def test_any_text_comes_out_bounded_and_visible(text: str) -> None:
    plain = plain_text(text)
    assert len(plain) <= LONGEST_TEXT
    assert not {"\r", "\t", "\x00", "\u202e"} & set(plain)
    assert len(plain_name(text)) <= LONGEST_NAME
    assert "\n" not in plain_name(text)


@pytest.mark.parametrize("bomb", ["<a" * 60_000, "<" * 120_000, "&" * 120_000, "< /p" * 30_000])
def test_hostile_markup_takes_no_time(bomb: str) -> None:
    begun = time.perf_counter()
    plain_text(bomb)
    assert time.perf_counter() - begun < 1.0


def test_texts_are_sent_as_they_are() -> None:
    assert message(text="**[x](http://evil.example)**")["textFormat"] == "plain"


def test_size_is_counted_in_utf_16() -> None:
    assert size_of({"a": "ä"}) == 2 * len('{"a": "ä"}')
    assert size_of({"a": "😀"}) == 2 * (len('{"a": "😀"}') + 1)


@given(st.text(alphabet="ab \n😀", max_size=300), st.integers(5, 50))
def test_a_cut_text_loses_nothing_but_blanks_at_the_cuts(text: str, most: int) -> None:
    parts = split_text(text, most)
    assert all(len(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_card_goes_with_the_last_part_of_a_long_text() -> None:
    parts = parts_of(message(text="word " * 9_000, card={"body": []}))
    assert [("attachments" in part) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(size_of(part) <= SOFT for part in parts)
