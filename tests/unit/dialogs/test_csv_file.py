"""CSV that a spreadsheet opens as text, whatever a name begins with."""

import csv
import io

import pytest

from dialogs.csv_file import csv_file


@pytest.mark.parametrize("name", ["=1+1", "+49", "-2", "@SUM(A1)", "\tx", " =HYPERLINK(1)"])
def test_no_cell_runs_as_a_formula(name: str) -> None:
    content = csv_file(["name", "score"], [[name, -3], [None, 7]])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["name", "score"], [f"'{name}", "-3"], ["", "7"]]


def test_quotes_and_lines_in_a_name_stay_in_their_cell() -> None:
    name = 'Zoë "Z", \n von und zu'
    content = csv_file(["name"], [[name]])
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) == [
        ["name"],
        [name],
    ]
