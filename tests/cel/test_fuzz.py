# SPDX-License-Identifier: Apache-2.0
"""Whatever a file holds: it is read or refused at a place in it, and never more than that."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from detector.cel.expression import Misuse, read
from detector.cel.load import load
from tests.cel.config import HEAD, entry

_PIECES = [
    "input", ".", "stringArg", "intArg", "(", ")", "'a'", '"b"', "'''", '"""', "r'\\'", "eventName",
    "container", "id", " ", "\n", "// x\n", "&&", "==", "[", "]", "'", '"', "\\", "é", "1", "\0",
]  # fmt: skip
GOOD = HEAD + entry("A", "input.stringArg('pathname') == 'x'", "openat", more="    tests: []\n")


@settings(deadline=None)
@given(st.lists(st.sampled_from(_PIECES)).map("".join))
def test_places_stay_where_they_are(source: str) -> None:
    place = 0
    try:
        text = read(source).text
    except Misuse as error:
        place, text = error.at, source
    assert place == 0 or source.startswith("input", place)
    lines, before = text.split("\n"), source.split("\n")
    assert len(lines) == len(before)
    assert all(len(one) >= len(other) for one, other in zip(lines, before, strict=True))
    if len(lines) == 1:
        assert len(text) == len(source)


@settings(deadline=None)
@given(
    st.integers(0, len(GOOD)),
    st.integers(0, 12),
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            ["&a ", "*a", "!!binary ", "!x ", "? ", "- ", "{", "[", "|", ">", "\t", "..."]
        ),
    ),
)
def test_a_damaged_file_is_told_at_a_place_in_it(at: int, cut: int, put: str) -> None:
    text = GOOD[:at] + put + GOOD[at + cut :]
    with TemporaryDirectory() as name:
        path = Path(name) / "a.yaml"
        path.write_text(text, "utf-8", "surrogatepass")
        found, problems = load([Path(name)])
    assert len(found) <= 1
    for problem in problems:
        assert problem.path == path
        assert 1 <= problem.row <= text.count("\n") + text.count("\r") + 2
        assert problem.col >= 1
        assert "\n" not in problem.message
