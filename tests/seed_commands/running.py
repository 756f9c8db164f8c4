# SPDX-License-Identifier: Apache-2.0
"""Runs a command line as a shell would, its output in files."""

import os
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from schemas.event import Event
from schemas.stream.parser import Batch, Parser, StreamError
from tests.collecting import ROOT

OURS = ("collector", "detector", "pytracee")
_DEADLINE = 60  # seconds
_LINKS = 3  # that every collector has: forks, programs, ends
_RING = "27"  # BPF_MAP_TYPE_RINGBUF
_LATE = ("jq", "sort", "uniq", "head")  # they write when they end


class Running:
    """A pipeline. What comes out of it is in `last`, and what its first program writes in `first`,
    for pipelines whose end writes late."""

    def __init__(self, line: str, folder: Path) -> None:
        self.first, self.last, self.said = (folder / name for name in ("first", "last", "said"))
        stages = [shlex.split(part) for part in line.split(" | ")]
        self.late = stages[-1][0] in _LATE
        if self.late:
            stages.insert(1, ["tee", str(self.first)])
        self.first.touch()
        self.processes: list[subprocess.Popen[bytes]] = []
        with self.said.open("wb") as said, self.last.open("wb") as last:
            for words in stages:
                end = words is stages[-1]
                self._start(words, said.fileno(), last.fileno() if end else subprocess.PIPE, folder)

    def _start(self, words: list[str], said: int, out: int, folder: Path) -> None:
        before = self.processes[-1].stdout if self.processes else None
        merged = "2>&1" in words
        words = [word for word in words if word != "2>&1"]
        if words[0] in OURS:
            words = [sys.executable, "-P", "-m", *words]
        self.processes.append(
            subprocess.Popen(
                words,
                stdin=before or subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if merged else said,
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        )
        if before:
            before.close()

    def output(self) -> str:
        """What there is of it so far."""
        return _text(self.first if self.late else self.last)

    def alive(self) -> bool:
        return self.processes[0].poll() is None

    def stop(self) -> int:
        """End it; the first program's exit status."""
        if self.alive():
            self.processes[0].send_signal(signal.SIGTERM)
        return self.wait()

    def attached(self) -> bool:
        """Whether its processes hold programs at their places; trying one is not that yet."""
        with suppress(FileNotFoundError):
            there = [link for pid in self._family() for link in Path(f"/proc/{pid}/fd").iterdir()]
            return sum("bpf_link" in os.readlink(link) for link in there) >= _LINKS
        return False

    def _family(self) -> list[int]:
        found = [one.pid for one in self.processes if one.poll() is None]
        for pid in found:  # grows meanwhile
            tasks = Path(f"/proc/{pid}/task").glob("*/children")
            found += [int(child) for path in tasks for child in path.read_text().split()]
        return found

    def rings(self) -> set[int]:
        """Bytes of the rings that its processes hold."""
        found = set()
        for pid in self._family():
            for path in Path(f"/proc/{pid}/fdinfo").iterdir():
                rows = dict(line.split(":\t", 1) for line in path.read_text().splitlines())
                if rows.get("map_type") == _RING:
                    found.add(int(rows["max_entries"]))
        return found

    def wait(self) -> int:
        for process in self.processes:
            process.wait(_DEADLINE)
        return self.processes[0].returncode

    def kill(self) -> None:
        for pid in self._family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()


def _row(event: Event) -> str:
    """Its name, who did it, where, and how many ancestors those have."""
    where = event.container.id if event.container else "host"
    return f"{event.name} {event.task.comm.decode()} in {where} of {len(event.ancestors)}"


def _text(path: Path) -> str:
    """A file as text; of a stream its events, see `_row`."""
    data = path.read_bytes()
    if data[:1] != b"\xce":
        return data.decode("utf-8", "backslashreplace")
    parser = Parser()
    lines: list[str] = []
    try:
        for item in parser.feed(data):
            if isinstance(item, Batch):
                events = map(item.decoder.event, item.records)
                lines += map(_row, events)
    except StreamError as error:
        lines.append(f"damaged: {error}")
    return "\n".join(lines)
