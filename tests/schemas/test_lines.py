# SPDX-License-Identifier: Apache-2.0
"""Lines of JSON and rows of the table, put together of parts: what they say is what events say."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.event import COMPAT, CONTAINER_STARTED
from schemas.event_type import EventType
from schemas.events import CATALOGUE
from schemas.finding import Finding, FindingEvent, SignatureMetadata
from schemas.rendering.columns import Columns, escaped, fitting
from schemas.rendering.event import event_line
from schemas.rendering.json_lines import JsonLines
from schemas.rendering.look import Look
from schemas.rendering.per_task import PerTask
from schemas.rendering.table import named_row
from schemas.stream.messages import Container, Process, encode
from schemas.stream.parser import Batch, Parser
from tests.recordings import TASK, batch, hello, record, rows

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/event.schema.json").read_text())
VALID = jsonschema.Draft7Validator(SCHEMA)
LOOKS = [
    Look(parsed, time) for parsed in (False, True) for time in ("absolute", "relative", "none")
]
GREETING = hello(["execve", "ptrace", "getppid"])
SIGNATURE = SignatureMetadata("X-1", "Name", "1", "a_name", "What", ("linux",), {"Severity": 3})


def batches(*messages: bytes) -> list[Batch]:
    parser = Parser()
    return [one for one in parser.feed(b"".join(messages)) if isinstance(one, Batch)]


def lines(found: Batch, look: Look) -> list[bytes]:
    made = JsonLines(found.decoder, look)
    return [made.line(found.decoder.values(one)) for one in found.records]


@pytest.mark.parametrize("event", CATALOGUE, ids=lambda event: event.name)
def test_a_line_says_what_its_event_says(event: EventType) -> None:
    task = TASK._replace(comm=b'a"b\n\xff')
    given = [
        record(event.name, timestamp=5000, returned=-2, policies=3, task=task),
        record(event.name, timestamp=1, flags=COMPAT | CONTAINER_STARTED | 1, policies=0),
        record(event.name, timestamp=(1 << 62)),
    ]
    greeting = hello([event.name], started=1000, policies=("one", "two"))
    [found] = batches(encode(greeting), batch(given))
    for look in LOOKS:
        for made, one in zip(lines(found, look), found.records, strict=True):
            said = event_line(found.decoder.event(one), look)
            assert json.loads(made) == said
            assert made.count(b"\n") == 1
            VALID.validate(said)


def test_what_was_cut_short_is_named() -> None:
    argv = {"pathname": b"/bin/a", "argv": ["a"]}
    whole, cut = batches(
        encode(GREETING),
        batch([record("execve", argv)]),
        batch([record("execve", argv, flags=COMPAT | 0b110)]),
    )
    assert "truncated" not in json.loads(lines(whole, Look())[0])
    assert json.loads(lines(cut, Look())[0])["truncated"] == ["argv", "envp"]


@given(
    st.binary(max_size=40),
    st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))),
    st.integers(0, (1 << 64) - 1),
)
def test_a_line_is_json_whatever_names_hold(path: bytes, argv: list[str], pointer: int) -> None:
    given = [
        record("execve", {"pathname": path, "argv": argv}, task=TASK._replace(comm=path[:15])),
        record("ptrace", {"request": -1, "pid": -1, "addr": pointer, "data": pointer}),
    ]
    [found] = batches(encode(GREETING), batch(given))
    for look in LOOKS[:2]:
        for made, one in zip(lines(found, look), found.records, strict=True):
            assert json.loads(made) == event_line(found.decoder.event(one), look)


def test_what_is_learned_of_a_task_is_in_its_next_line() -> None:
    one = [record("getppid")]
    process = (TASK.host_pid, TASK.process_start_time, 1, 1)
    before, program, both, other = batches(
        encode(GREETING),
        batch(one),
        encode(Process(*process, executable=b"/bin/a")),
        batch(one),
        encode(Container(TASK.cgroup_id, "c" * 64)),
        batch(one),
        encode(Process(*process, executable=b"/bin/b")),
        batch(one),
    )
    made = JsonLines(before.decoder, Look())
    # The context is all learned by now: taken back, and told again as it came.
    joiner = before.decoder.joiner
    known = dict(joiner.processes), dict(joiner.containers)
    joiner.processes.clear()
    joiner.containers.clear()

    def seen(found: Batch) -> tuple[str, str, dict[str, str]]:
        line = json.loads(made.line(found.decoder.values(found.records[0])))
        return line["executable"]["path"], line["containerId"], line["container"]

    assert seen(before) == ("", "", {})
    joiner.processes.update(known[0])
    assert seen(program) == ("/bin/b", "", {})
    joiner.containers.update(known[1])
    assert seen(both) == ("/bin/b", "c" * 64, {"id": "c" * 64})
    joiner.processes[process[:2]] = Process(*process, executable=b"/bin/c")
    assert seen(other)[0] == "/bin/c"


def test_what_is_remembered_of_a_task_is_not_for_what_it_did_before_it_ran_another_program() -> (
    None
):
    process = (TASK.host_pid, TASK.process_start_time, 1, 1)
    [found] = batches(
        encode(GREETING),
        encode(Process(*process, executable=b"/bin/a")),
        encode(Process(*process, executable=b"/bin/b", since=100)),
        batch([record("getppid", timestamp=time) for time in (100, 99, 101, 50)]),
    )
    made = JsonLines(found.decoder, Look())
    lines = [json.loads(made.line(found.decoder.values(one))) for one in found.records]
    paths = [one["executable"]["path"] for one in lines]
    assert paths == ["/bin/b", "/bin/a", "/bin/b", "/bin/a"]


def test_memory_for_tasks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schemas.rendering.per_task._LIMIT", 10)
    given = [record("getppid", task=TASK._replace(tid=number)) for number in range(100)]
    [found] = batches(encode(GREETING), batch(given))
    rendered: list[int] = []
    each = PerTask(found.decoder, lambda event: rendered.append(event.task.tid))
    for one in found.records:
        for _ in range(2):
            each.of(found.decoder.values(one))
    assert rendered == list(range(100))
    assert len(each._known) <= 10


def test_a_finding_s_line_is_an_event_s() -> None:
    [found] = batches(encode(GREETING), batch([record("ptrace", {"request": 0})]))
    event = found.decoder.event(found.records[0])
    data: dict[str, Any] = {"a": 1, "b": ["x"], "c": None, "d": 1.5, "e": {"f": True}}
    finding = FindingEvent(Finding(SIGNATURE, event, data, 0), frozenset())
    line = json.loads(json.dumps(event_line(finding, Look())))
    VALID.validate(line)
    assert line["eventName"] == "a_name"
    assert {one["name"]: one["value"] for one in line["args"]} == data
    assert line["metadata"]["ID"] == "X-1"


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1}, {"timestamp": "now"}, {"container": {"x": ""}}, {"metadata": {}},
        {"args": [{"name": "fd", "type": "int", "value": 1.5}]},
        {"args": [{"name": "p", "type": "const char*", "value": 1}]},
        {"args": [{"name": "p", "value": 1}]},
    ],
)  # fmt: skip
def test_the_schema_refuses_what_is_no_event(change: dict[str, Any]) -> None:
    [found] = batches(encode(GREETING), batch([record("getppid")]))
    line = event_line(found.decoder.event(found.records[0]), Look())
    VALID.validate(line)
    with pytest.raises(jsonschema.ValidationError):
        VALID.validate(line | change)


@given(st.text())
def test_nothing_that_is_shown_moves_a_terminal_s_cursor_or_turns_its_line(text: str) -> None:
    assert escaped(text).isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1b[2J", "a\\x1b[2J"), ("\u202egnp.exe", "\\u202egnp.exe"), ("\x9b", "\\x9b"),
     ("\u2066\u2028", "\\u2066\\u2028"), ("größe 漢字", "größe 漢字")],
)  # fmt: skip
def test_characters_that_do_more_than_stand_there(text: str, shown: str) -> None:
    assert escaped(text) == shown


def row(columns: Columns, path: str = "/x", returned: int = -2, container: str = "host") -> str:
    task = "0      sh               100     100    "
    return columns.row("17:03:59:874600", task, returned, "openat", container, f"pathname: {path}")


def test_columns_fit_the_terminal() -> None:
    for width in range(100, 250):
        columns = fitting(width, time=True)
        assert len(row(columns, "/" * 300)) == width
        assert row(columns, "/" * 300).endswith("…")
        assert row(columns).endswith("/x")
        assert len(columns.header().partition("ARGS")[0]) == len(row(columns).partition("path")[0])
    assert "/" * 300 in row(fitting(80, time=True), "/" * 300)  # no room: the terminal wraps it


def test_wide_characters_take_two_cells() -> None:
    from rich.cells import cell_len

    shown = row(fitting(130, time=True), "漢" * 100)
    assert 129 <= cell_len(shown) <= 130


def test_a_container_s_column_stands_before_args() -> None:
    columns = Columns(container=True)
    assert columns.header().split()[-3:] == ["EVENT", "CONTAINER", "ARGS"]
    assert row(columns, container="c" * 12).split()[7:9] == ["c" * 12, "pathname:"]
    assert len(columns.header().partition("ARGS")[0]) == len(row(columns).partition("path")[0])


def test_colors_stand_around_cells_and_change_none() -> None:
    plain, colored = row(Columns()), row(Columns(color=True))
    assert "\x1b" not in plain
    assert "\x1b[31m-2" in colored
    for code in ("\x1b[36m", "\x1b[31m", "\x1b[0m"):
        colored = colored.replace(code, "")
    assert colored == plain


def test_containers_are_told_by_their_first_digits() -> None:
    [found] = batches(
        encode(GREETING), encode(Container(TASK.cgroup_id, "c" * 64)), batch([record("getppid")])
    )
    event = found.decoder.event(found.records[0])
    assert "c" * 12 + " " in named_row(event, "x", {}, Columns(container=True), Look()) + " "
    assert "ccc" not in rows(found)[0]
