# SPDX-License-Identifier: Apache-2.0
"""A webhook whose receiver is well, slow, failing, hostile, or gone and back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytracee.service.errors import OperatorError
from pytracee.sinks.sender import backoff
from pytracee.sinks.spooled import Spooled, SpoolPlace
from pytracee.sinks.webhook import Target, webhook_sink
from tests.sinks.receiver import OK, Request, free_port, receiver, status

TEXTS = [f'{{"finding": {number}}}' for number in range(20)]


class Told(list[str]):
    """What the sink says itself; its sender says it on stderr."""


def sink(
    url: str, tmp_path: Path, *, linger: float = 10.0, spool: Path | None = None, **changes: Any
) -> Spooled:
    place = SpoolPlace(spool or tmp_path / "spool", linger=linger)
    options = {"timeout": 5.0, "place": place, **changes}
    return webhook_sink(Target(url, **options), "detector", Told().append)


def send(url: str, tmp_path: Path, texts: list[str], **changes: Any) -> None:
    opened = sink(url, tmp_path, **changes)
    for text in texts:
        opened.write(text)
    opened.close()


def test_every_text_arrives_once_in_order_over_one_connection(tmp_path: Path) -> None:
    with receiver() as there:
        send(there.url, tmp_path, TEXTS, headers={"X-Token": "s3"}, content_type="text/plain")
        assert there.accepted == TEXTS
        first = there.requests[0]
    assert first.line == "POST /hook HTTP/1.1"
    assert (first.headers["Content-Type"], first.headers["X-Token"]) == ("text/plain", "s3")


def test_a_url_may_hold_a_query_and_a_password(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with receiver(lambda _n, _r: status(404)) as there:
        url = f"http://me:s%20t@127.0.0.1:{there.port}/a?token=secret"
        send(url, tmp_path, TEXTS[:1])
        assert there.requests[0].line == "POST /a?token=secret HTTP/1.1"
        assert there.requests[0].headers["Authorization"] == "Basic bWU6cyB0"
    said = capfd.readouterr().err
    assert "HTTP status 404" in said
    assert "secret" not in said
    assert "me:" not in said


@pytest.mark.parametrize("code", [500, 503, 429, 408])
def test_a_receiver_that_fails_gets_it_again(code: int, tmp_path: Path) -> None:
    with receiver(lambda number, _r: status(code) if number < 2 else OK) as there:
        send(there.url, tmp_path, TEXTS[:3])
        assert there.accepted == TEXTS[:3]
        assert [request.body for request in there.requests[:3]] == TEXTS[:1] * 3


@pytest.mark.parametrize("code", [301, 400, 401, 404, 413])
def test_a_refusal_is_told_and_the_next_is_sent(
    code: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    away = "Location: http://127.0.0.2/\r\n"
    with receiver(lambda number, _r: status(code, away) if number == 0 else OK) as there:
        send(there.url, tmp_path, TEXTS[:3])
        assert there.accepted == TEXTS[1:3]
        assert len(there.requests) == 3
    said = capfd.readouterr().err
    assert f"refused with HTTP status {code}: dropped" in said
    assert "refused and dropped: 1" in said


def test_a_receiver_says_when_it_wants_to_be_asked_again(tmp_path: Path) -> None:
    asked: list[float] = []

    def answer(number: int, _request: Request) -> bytes:
        asked.append(time.monotonic())
        return status(503, "Retry-After: 2\r\n") if number == 0 else OK

    with receiver(answer) as there:
        send(there.url, tmp_path, TEXTS[:1])
        assert there.accepted == TEXTS[:1]
    assert asked[1] - asked[0] >= 2


def drip() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    while True:
        yield b"x"
        time.sleep(0.05)


def endless_status() -> Iterator[bytes]:
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize(
    "bad",
    [
        drip,
        endless_status,
        lambda: iter([b"\x00\xff garbage\r\n\r\n" * 1000]),
        lambda: iter([b"SSH-2.0-OpenSSH\r\n"]),
        lambda: iter([b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000]),
        lambda: iter([b""]),
    ],
    ids=["drip", "100 for ever", "garbage", "ssh", "headers", "nothing"],
)
def test_what_is_no_answer_does_not_stop_us(
    bad: "type[Iterator[bytes]]", tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with receiver(lambda number, _r: bad() if number == 0 else OK) as there:
        send(there.url, tmp_path, TEXTS[:2], timeout=1.0)
        assert there.accepted == TEXTS[:2]
    assert "kept in" in capfd.readouterr().err


def test_an_endless_body_after_a_yes_is_a_yes(tmp_path: Path) -> None:
    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"x" * 65536

    with receiver(lambda number, _r: endless() if number == 0 else OK) as there:
        send(there.url, tmp_path, TEXTS[:2])
        assert [request.body for request in there.requests] == TEXTS[:2]


def test_texts_wait_for_a_receiver_that_comes_later(tmp_path: Path) -> None:
    port = free_port()
    opened = sink(f"http://127.0.0.1:{port}/hook", tmp_path)
    for text in TEXTS:
        opened.write(text)
    with receiver(port=port) as there:
        there.wait(lambda its: its.accepted == TEXTS)
    opened.write("between")
    with receiver(port=port) as there:
        there.wait(lambda its: its.accepted == ["between"])
        opened.close()


def test_what_was_not_sent_is_sent_at_the_next_start(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    send(url, tmp_path, TEXTS[:10], linger=0.1)
    assert "not sent: 10;" in capfd.readouterr().err
    with receiver(port=port) as there:
        send(url, tmp_path, TEXTS[10:])
        assert there.accepted == TEXTS
    with receiver(port=port) as there:
        send(url, tmp_path, ["new"])
        assert there.accepted == ["new"]


_VICTIM = """
import sys
from pathlib import Path
from pytracee.sinks.spooled import Spooled, SpoolPlace
from pytracee.sinks.webhook import Target, webhook_sink
place = SpoolPlace(Path(sys.argv[2]), linger=0.1)
sink = webhook_sink(Target(sys.argv[1], place=place), "detector", print)
for number in range(1000):
    sink.write(f"text {number}")
print("written", flush=True)
sys.stdin.read()
"""


def test_a_writer_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{(port := free_port())}/hook"
    command = [sys.executable, "-P", "-c", _VICTIM, url, str(tmp_path / "spool")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == b"written\n"
        victim.send_signal(signal.SIGKILL)
    with receiver(port=port) as there:
        send(url, tmp_path, ["after"])
        assert there.accepted == [*(f"text {number}" for number in range(1000)), "after"]


def test_a_sender_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with receiver() as there:
        opened = sink(there.url, tmp_path)
        opened.write("before")
        there.wait(lambda its: its.accepted == ["before"])
        os.kill(opened._sender.pid, signal.SIGKILL)
        os.waitid(os.P_PID, opened._sender.pid, os.WEXITED | os.WNOWAIT)
        opened.write("after")
        opened.close()
        # Killed before it noted that the first was received, it sends it again.
        assert there.accepted in (["before", "after"], ["before", "before", "after"])


def test_a_full_spool_drops_what_comes_and_counts_it(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{(port := free_port())}/hook"
    told = Told()
    target = Target(url, place=SpoolPlace(tmp_path, 4096, linger=0.1))
    opened = webhook_sink(target, "detector", told.append)
    texts = [f"{number:0100}" for number in range(100)]
    for text in texts:
        opened.write(text)
    opened.close()
    kept = 100 - opened.dropped
    assert 0 < kept < 100
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.segment")) <= 4096
    assert f"dropped, for want of room: {opened.dropped}" in told[-1]
    with receiver(port=port) as there:
        send(url, tmp_path.parent, [], spool=tmp_path)
        assert there.accepted == texts[:kept]


def test_a_spool_in_use_is_refused(tmp_path: Path) -> None:
    with receiver() as there:
        opened = sink(there.url, tmp_path)
        with pytest.raises(OperatorError, match="is in use by another process"):
            sink(there.url, tmp_path)
        opened.close()


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "x", "http://a b/", "http://h:99999/", ""])
def test_what_is_no_url_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="not a URL: give http://"):
        sink(url, tmp_path)


def test_the_delay_doubles_up_to_a_minute_and_varies() -> None:
    for tries in range(1, 100):
        longest = min(60.0, 0.5 * 2 ** (tries - 1))
        delays = {backoff(tries) for _ in range(20)}
        assert all(longest / 2 <= delay <= longest for delay in delays)
        assert len(delays) > 1
