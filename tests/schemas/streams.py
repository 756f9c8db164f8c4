# SPDX-License-Identifier: Apache-2.0
"""A small stream with one message of each kind, and its reading to the end or to the damage."""

import io
from collections.abc import Iterator
from typing import Any

from schemas.rendering.event import rule_input
from schemas.stream.messages import (
    Bye,
    Container,
    Hello,
    Lost,
    Process,
    encode,
)
from schemas.stream.parser import Batch, Item, StreamError, StreamReader
from tests.recordings import TASK, batch, hello, record

PROCESS = Process(TASK.host_pid, TASK.process_start_time, 99, 1, b"/bin/sh", 42)
CONTAINER = Container(42, "c" * 64, "docker")
EVENTS = [
    record("ptrace", {"request": 0, "pid": -1, "addr": 1, "data": 2}, timestamp=1),
    record("execve", {"pathname": "/bin/ls", "argv": ["ls", ""], "envp": []}, timestamp=2),
    record("connect", {"sockfd": 3, "addr": b"\2\0\0\x16\x7f\0\0\1" + bytes(8), "addrlen": 16}),
    record("sched_process_exit", {"exit_code": 1, "signal_code": 0, "process_group_exit": True}),
]
MESSAGES = [
    encode(hello(["ptrace", "execve", "connect", "sched_process_exit"])),
    encode(PROCESS),
    batch(EVENTS[:2]),
    encode(CONTAINER),
    encode(Lost("ring", {"ptrace": 7})),
    batch(EVENTS[2:]),
    encode(Bye(events=4, lost=7)),
]
SMALL = b"".join(MESSAGES)
SEEN = [Hello, Batch, Lost, Batch, Bye]  # what a reader hands out of these


def read(data: bytes) -> tuple[list[Item], StreamError | None]:
    """The items before the end or the damaged place."""
    found: list[Item] = []
    try:
        found.extend(StreamReader(io.BytesIO(data)))  # what came before an error stays
    except StreamError as error:
        return found, error
    return found, None


def events(items: list[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        if isinstance(item, Batch):
            for one in item.records:
                yield rule_input(item.decoder.event(one))


def boundaries() -> list[int]:
    found = [0]
    for message in MESSAGES:
        found.append(found[-1] + len(message))
    return found
