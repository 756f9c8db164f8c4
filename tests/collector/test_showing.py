# SPDX-License-Identifier: Apache-2.0
"""A real collector's events in all forms, at all places: files, terminals, receivers."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from schemas.stream.parser import Batch, Parser
from tests.collecting import COLLECTOR, Collecting, finish, needs_kernel, start, until
from tests.headers import call_numbers
from tests.sinks.receiver import receiver
from tests.sinks.test_forward import receiving

pytestmark = needs_kernel

NUMBERS = call_numbers("asm/unistd_64.h")
OURS = ["--events", "getppid,openat", "--scope", "comm=pt-call"]
SCHEMA = Path(__file__).parents[2] / "schemas/event.schema.json"
VALID = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))


@dataclass
class Shown:
    """A collector whose outputs are looked at."""

    process: "subprocess.Popen[bytes]"
    program: Path
    folder: Path

    def cause(self, *steps: str) -> int:
        """Pid of a trigger that did this."""
        return finish(start(self.program, *(steps or (f"{NUMBERS['getppid']}",)))).pid

    def see(self, found: Callable[[], bool], *steps: str) -> None:
        """Cause it until it is seen."""
        until(lambda: (self.cause(*steps), found() or None)[1], f"it in the outputs: {self.said()}")

    def said(self) -> str:
        return (self.folder / "said").read_text()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


Show = Callable[..., Shown]


@pytest.fixture
def show(tmp_path: Path, program: Path) -> Iterator[Show]:
    running: list[subprocess.Popen[bytes]] = []

    def begin(*options: str, stdout: int = subprocess.DEVNULL, **environment: str) -> Shown:
        with (tmp_path / "said").open("wb") as said:
            running.append(
                subprocess.Popen(
                    [*COLLECTOR, *OURS, *options], stdout=stdout, stderr=said, cwd=tmp_path,
                    env={**os.environ, **environment},
                )
            )  # fmt: skip
        return Shown(running[-1], program, tmp_path)

    yield begin
    for process in running:
        process.kill()
        process.wait()


def text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def lines(path: Path) -> list[dict[str, object]]:
    """Only whole ones: it may be written to just now."""
    whole, _, _ = text(path).rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]


def test_every_event_of_a_full_recording_is_valid_by_the_schema(
    collector: Callable[..., Collecting], program: Path, tmp_path: Path
) -> None:
    path = tmp_path / "events.json"
    running = collector("--events", "all", "--output", f"json:{path}")
    for steps in (["fork", "39"], [f"{NUMBERS['openat']} i-100 s/etc/hostname i0 i0"]):
        finish(start(program, *steps))
    running.see(lambda seen: len(seen.events) > 2000 or None, "a lot of events")
    running.stop()
    shown = lines(path)
    assert len(shown) == len(running.recording.events)
    recorded = [(one.name, one.timestamp) for one in running.recording.events]
    assert [(one["eventName"], one["timestamp"]) for one in shown] == recorded
    by_type = {(one["eventName"], str(one["args"])[:200]): one for one in shown}
    assert len({name for name, _ in by_type}) > 10
    for one in by_type.values():
        VALID.validate(one)


def test_several_outputs_at_once_and_the_same_one_once(show: Show, tmp_path: Path) -> None:
    (tmp_path / "a:b.tmpl").write_text("{{ .EventName }} {{ .ProcessID }} {{ .Container.Name }};\n")
    shown = show(
        "--output", "json:events", "--output", f"json:{tmp_path}/events", "--output", "table:rows",
        "--output", "gotemplate=a:b.tmpl:made", "--output", "format:msgpack:stream",
        "--output", "none",
    )  # fmt: skip
    shown.see(lambda: "getppid" in text(tmp_path / "made"))
    assert shown.stop() == 0
    found = lines(tmp_path / "events")
    pids = [str(one["processId"]) for one in found]
    rows = text(tmp_path / "rows").splitlines()
    assert rows[0].split()[:7] == ["TIME", "UID", "COMM", "PID", "TID", "RET", "EVENT"]
    assert [row.split()[3] for row in rows if not row.startswith("TIME")] == pids
    assert [made.split()[1] for made in text(tmp_path / "made").splitlines()] == pids
    records = sum(
        len(item.records)
        for item in Parser().feed((tmp_path / "stream").read_bytes())
        if isinstance(item, Batch)
    )
    assert records == len(found)


def test_options_of_all_outputs(show: Show, tmp_path: Path) -> None:
    opened = f"{NUMBERS['openat']} i-100 s/etc/hostname i{os.O_CLOEXEC} i0"
    shown = show(
        "--output", "json", "--output", "option:out-file=events", "--output",
        "option:parse-arguments", "--output", "option:relative-timestamp", "--output",
        "option:sort-events",
    )  # fmt: skip
    shown.see(lambda: "/etc/hostname" in text(tmp_path / "events"), opened)
    assert shown.stop() == 0
    found = lines(tmp_path / "events")
    flags = {arg["value"] for one in found for arg in one["args"] if arg["name"] == "flags"}  # type: ignore[attr-defined]
    assert "O_RDONLY|O_CLOEXEC" in flags
    times = [one["timestamp"] for one in found]
    assert times == sorted(times)  # type: ignore[type-var]
    assert all(0 < time < 600 * 10**9 for time in times)  # type: ignore[operator]


def test_without_times(show: Show, tmp_path: Path) -> None:
    shown = show("--output", "json:a", "--output", "table:b", "--output", "option:no-timestamp")
    shown.see(lambda: "getppid" in text(tmp_path / "a") and "getppid" in text(tmp_path / "b"))
    shown.stop()
    assert not any("timestamp" in one for one in lines(tmp_path / "a"))
    assert text(tmp_path / "b").startswith("UID ")


def test_files_that_were_moved_away_are_made_again(show: Show, tmp_path: Path) -> None:
    shown = show("--output", "json:events", "--record", "stream")
    shown.see(lambda: bool(lines(tmp_path / "events")))
    for name in ("events", "stream"):
        (tmp_path / name).rename(tmp_path / f"{name}.1")
    shown.process.send_signal(signal.SIGHUP)
    until(lambda: (tmp_path / "events").exists() or None, "a new file")
    until(lambda: (tmp_path / "stream").exists() or None, "a new recording")
    last = shown.cause()
    shown.see(lambda: any(one["processId"] == last for one in lines(tmp_path / "events")))
    assert shown.stop() == 0
    both = [lines(tmp_path / name) for name in ("events.1", "events")]
    recorded = []
    for name in ("stream.1", "stream"):
        parser = Parser()
        items = list(parser.feed((tmp_path / name).read_bytes()))
        parser.finish()  # each is whole, from its Hello to its Bye
        recorded += [one for item in items if isinstance(item, Batch) for one in item.records]
    assert len(both[0]) + len(both[1]) == len(recorded)


class Terminal:
    """A pseudo-terminal of that many columns; `theirs` is the end that a program writes to."""

    def __init__(self, columns: int) -> None:
        self._ours, self.theirs = pty.openpty()
        termios.tcsetwinsize(self.theirs, (50, columns))
        os.set_blocking(self._ours, False)
        self._read = b""

    def lines(self) -> list[str]:
        """What was written so far, of whole lines."""
        with suppress(BlockingIOError, OSError):
            while data := os.read(self._ours, 1 << 16):
                self._read += data
        return self._read.decode(errors="replace").split("\r\n")[:-1]

    def stop(self, shown: Shown) -> None:
        """End it, and read on meanwhile: a terminal's room is small."""
        shown.process.send_signal(signal.SIGINT)
        until(lambda: (self.lines(), shown.process.poll())[1], "its end")
        os.close(self._ours)


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_gets_rows_that_fit_it_in_colors(no_color: str, show: Show) -> None:
    screen = Terminal(200)
    path = f"/tmp/{'long' * 40}\x1b[2J\u202e"
    shown = show("--output", "table", stdout=screen.theirs, NO_COLOR=no_color, TERM="xterm")
    os.close(screen.theirs)
    steps = f"{NUMBERS['openat']} i-100 s{path} i0 i0"
    shown.see(lambda: any("/tmp/long" in row for row in screen.lines()), steps)
    opened = next(row for row in screen.lines() if "/tmp/long" in row)
    screen.stop(shown)
    assert ("\x1b[36mopenat" in opened) == (not no_color)
    assert "\x1b[2J" not in opened
    plain = re.sub(r"\x1b\[[\d;]*m", "", opened)
    assert len(plain) == 200
    assert plain.endswith("…")


def test_json_on_a_terminal_turns_no_line(show: Show) -> None:
    screen = Terminal(130)
    shown = show("--output", "json", stdout=screen.theirs)
    os.close(screen.theirs)
    steps = f"{NUMBERS['openat']} i-100 s/x\u202e\x9b i0 i0"
    shown.see(lambda: any('"/x' in line for line in screen.lines()), steps)
    line = next(line for line in screen.lines() if '"/x' in line)
    screen.stop(shown)
    assert line.isprintable()
    values = {arg["name"]: arg["value"] for arg in json.loads(line)["args"]}
    assert values["pathname"] == "/x\u202e\x9b"


def test_a_reader_that_is_slow_makes_events_drop_and_none_are_lost(
    show: Show, tmp_path: Path
) -> None:
    """The queue holds 64 MiB: more than that is not kept for who does not read."""
    ours, theirs = socket.socketpair()
    shown = show("--output", "json", "--record", "stream", stdout=theirs.fileno())
    theirs.close()
    shown.see(lambda: bool((tmp_path / "stream").exists() and (tmp_path / "stream").stat().st_size))
    until(
        lambda: (
            shown.cause(f"times 20000 {NUMBERS['getppid']}"),
            (tmp_path / "stream").stat().st_size > (90 << 20) or None,
        )[1],
        "more events than there is room for",
    )
    shown.process.send_signal(signal.SIGINT)
    printed = 0
    while data := ours.recv(1 << 20):
        printed += data.count(b"\n")
    ours.close()
    assert shown.process.wait(60) == 0
    totals = re.search(r"events (\d+), lost (\d+), dropped (\d+)", shown.said())
    assert totals
    events, _, dropped = map(int, totals.groups())
    assert dropped > 0
    assert printed + dropped == events
    recorded = sum(
        len(item.records)
        for item in Parser().feed((tmp_path / "stream").read_bytes())
        if isinstance(item, Batch)
    )
    assert recorded == events


def test_events_go_to_receivers(show: Show, tmp_path: Path) -> None:
    spool = str(tmp_path / "spool")
    with receiver() as posted, receiving() as forwarded:
        shown = show(
            "--output", f"webhook:{posted.url}", "--output",
            f"forward:tcp://127.0.0.1:{forwarded.port}?tag=events&requireAck=true",
            "--webhook-spool", spool, "--webhook-header", "X-Token: secret",
        )  # fmt: skip
        shown.see(lambda: bool(posted.accepted and forwarded.messages))
        assert shown.stop() == 0
    for one in (json.loads(posted.accepted[0]), forwarded.events()[0]):
        VALID.validate(one)
        assert one["eventName"] in ("getppid", "openat")
    assert posted.requests[0].headers["X-Token"] == "secret"
    assert forwarded.messages[0][0] == "events"


@pytest.mark.parametrize(
    ("options", "complaints"),
    [
        (["xml"], ["--output xml: no such format; there are msgpack, table"]),
        (["jsn"], ["did you mean json"]),
        (["option:colour"], ["option:colour: no such option; there are parse-arguments"]),
        (["option:parse-argument"], ["did you mean parse-arguments"]),
        (["option:out-file"], ["give option:out-file=FILE"]),
        (["option:no-timestamp=1"], ["give option:no-timestamp"]),
        (["option:detect-only"], ["findings are the detector's: use pytracee"]),
        (["option:stack-addresses=1"], ["give option:stack-addresses"]),
        (["option:capture-dir=/tmp"], ["nothing is captured yet"]),
        (["option:log-file=x"], ["it is one of --log"]),
        (["json", "table"], ["two formats mix in standard output"]),
        (["json:x", "table:x"], ["two formats mix in "]),
        (["gotemplate"], ["give gotemplate=FILE"]),
        (["gotemplate=/nowhere"], ["/nowhere: No such file"]),
        (["json:/nowhere/x"], ["json:/nowhere/x: No such file or directory"]),
        (["webhook:ftp://x"], ["not a URL"]),
        (["forward:udp://x"], ["give tcp://HOST"]),
        (["table:unix:/x"], ["a socket carries the stream"]),
        (["xml", "option:colour"], ["--output xml", "option:colour"]),
    ],
)
def test_what_is_wrong_is_told_at_once(
    options: list[str], complaints: list[str], tmp_path: Path
) -> None:
    words = [word for one in options for word in ("--output", one)]
    done = subprocess.run(
        [*COLLECTOR, *words], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    said = done.stderr.splitlines()
    assert len(said) == len(complaints)
    for line, complaint in zip(said, complaints, strict=True):
        assert complaint in line
    assert not list(tmp_path.iterdir())


def test_a_template_from_a_pipe_is_refused() -> None:
    done = subprocess.run(
        [*COLLECTOR, "--output", "gotemplate=/dev/stdin"],
        input="{{ .EventName }}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "/dev/stdin: a pipe can be read only once: name a file" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_gob_is_said_to_be_our_own_stream(show: Show, tmp_path: Path) -> None:
    shown = show("--output", "format:gob", "--output", "option:out-file=stream")
    shown.see((tmp_path / "stream").exists)
    shown.stop()
    assert shown.said().count("format:gob: it is pytracee's own stream") == 1


def test_a_recording_is_not_given_up_before_the_kernel_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(b"kept")
    shell = 'exec setpriv --bounding-set=-all --inh-caps=-all -- "$@"'
    command = ["sh", "-c", shell, "sh", *COLLECTOR, "--record", str(path)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode != 0
    assert path.read_bytes() == b"kept"


def test_a_link_that_another_user_planted_is_not_followed(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    target = tmp_path / "target"
    (shared / "events.json").symlink_to(target)
    os.lchown(shared / "events.json", 12345, 12345)
    done = subprocess.run(
        [*COLLECTOR, "--output", f"json:{shared / 'events.json'}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "events.json is a link of user 12345" in done.stderr
    assert "name a file in a folder of your own" in done.stderr
    assert not target.exists()
