# SPDX-License-Identifier: Apache-2.0
"""A file or standard output as the place where findings go."""

import os
import stat
import threading
from pathlib import Path

import pytest

from pytracee.sinks.file import FileSink
from pytracee.sinks.sink import SinkClosed, SinkFailed


def test_it_appends_and_keeps_what_is_there(tmp_path: Path) -> None:
    for text in ("a\n", "é\ud800\n"):
        sink = FileSink(str(tmp_path / "out"))
        sink.write(text)
        sink.close()
    assert (tmp_path / "out").read_bytes() == b"a\n\xc3\xa9\\ud800\n"
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600


def test_a_reader_that_went_away_is_told_apart_from_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    sink = FileSink("-")
    monkeypatch.setattr(sink, "_fd", write_end)
    with pytest.raises(SinkClosed):
        sink.write("x")
    os.close(write_end)


def test_a_full_pipe_is_waited_for_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    sink = FileSink("stdout")
    monkeypatch.setattr(sink, "_fd", write_end)
    text = "0123456789" * 100_000
    read: list[bytes] = []

    def drain() -> None:
        while data := os.read(read_end, 1 << 16):
            read.append(data)
        os.close(read_end)

    reader = threading.Thread(target=drain)
    reader.start()
    sink.write(text)
    os.close(write_end)
    reader.join()
    assert b"".join(read).decode() == text


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/nowhere/x", "No such file"),
        ("/", "a directory"),
    ],
)
def test_what_cannot_be_written_is_named_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(SinkFailed, match=rf"cannot write to {name}: .*{reason}"):
        FileSink(name).write("x")
