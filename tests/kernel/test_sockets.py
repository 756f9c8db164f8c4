# SPDX-License-Identifier: Apache-2.0
"""Events of sockets, compared with what was asked of the kernel and with our end of the socket."""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, Done, needs_kernel
from tests.conftest import Run
from tests.headers import call_numbers

pytestmark = needs_kernel

NR = call_numbers("asm/unistd_64.h")
I386 = call_numbers("asm/unistd_32.h")
SOCKET = f"{NR['socket']} i{int(socket.AF_INET)} i{int(socket.SOCK_STREAM)} i0"
NOBODY = struct.pack("<HH4s8x", socket.AF_INET, socket.htons(1), bytes([127, 0, 0, 1]))


def seen(live: Collecting, done: Done, name: str) -> list[Event]:
    live.of(done.pid)
    return live.recording.of(done.pid, name)


def shown(host: str, port: int) -> dict[str, str]:
    return {"sa_family": "AF_INET", "sin_addr": host, "sin_port": str(port)}


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def address(listening: socket.socket) -> bytes:
    host, port = listening.getsockname()
    return struct.pack("<H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host)


def connecting(where: bytes) -> list[str]:
    return [SOCKET, f"{NR['connect']} r x{where.hex()} i16"]


def test_a_connection_is_seen_with_its_address_and_type(
    live: Collecting, run: Run, server: socket.socket
) -> None:
    done = run(*connecting(address(server) + bytes(8)))
    [event] = seen(live, done, "security_socket_connect")
    assert done.calls[-1].returned == 0
    assert event.data() == {
        "sockfd": done.calls[0].returned,
        "type": socket.SOCK_STREAM,
        "remote_addr": shown(*server.getsockname()),
    }
    assert (event.return_value, event.task.syscall) == (0, NR["connect"])


def test_a_connection_that_is_refused_was_attempted(live: Collecting, run: Run) -> None:
    done = run(*connecting(NOBODY))
    [event] = seen(live, done, "security_socket_connect")
    assert done.calls[-1].returned < 0
    assert event.data()["remote_addr"] == shown("127.0.0.1", 1)


@pytest.mark.parametrize("fd", ["i0", "i99"], ids=["no socket", "not open"])
def test_what_is_no_socket_does_not_connect(fd: str, live: Collecting, run: Run) -> None:
    done = run(f"{NR['connect']} {fd} x{NOBODY.hex()} i16")
    assert seen(live, done, "security_socket_connect") == []


@pytest.mark.parametrize("size", [-1, 129])
def test_an_address_of_an_impossible_size_is_not_connected_to(
    size: int, live: Collecting, run: Run
) -> None:
    done = run(SOCKET, f"{NR['connect']} r x{NOBODY.hex()} i{size}")
    assert done.calls[-1].returned < 0
    assert seen(live, done, "security_socket_connect") == []


def test_a_32_bit_connect_and_socketcall(live: Collecting, run: Run) -> None:
    where = f"x{NOBODY.hex()}"
    arguments = struct.pack("<3I", 9, 0, 0)
    done = run(
        SOCKET,
        f"{NR['dup2']} r i9",
        f"compat {I386['connect']} i9 {where} i16",
        f"compat {I386['socketcall']} i3 x{arguments.hex()}",
    )
    [plain, packed] = seen(live, done, "security_socket_connect")
    assert plain.compat
    assert packed.compat
    assert plain.data()["remote_addr"] == shown("127.0.0.1", 1)
    assert packed.data() == {"sockfd": 9, "type": socket.SOCK_STREAM, "remote_addr": None}


@pytest.mark.parametrize(
    ("call", "words"),
    [("dup", "i3"), ("dup2", "i3 i8"), ("dup3", "i3 i8 i0"), ("fcntl", "i3 i0 i8")],
)
def test_a_duplicated_socket_has_the_address_of_its_other_end(
    call: str, words: str, live: Collecting, run: Run, server: socket.socket
) -> None:
    done = run(*connecting(address(server) + bytes(8)), f"{NR[call]} {words}")
    [event] = seen(live, done, "socket_dup")
    new = done.calls[-1].returned
    assert new > 3
    assert event.data() == {
        "oldfd": 3, "newfd": new, "remote_addr": shown(*server.getsockname())
    }  # fmt: skip
    assert event.return_value == new


def test_a_duplicated_unix_socket_names_its_peer(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        where = struct.pack("<H", socket.AF_UNIX) + bytes(tmp_path / "s") + b"\0"
        steps = [f"{NR['socket']} i1 i1 i0", f"{NR['connect']} r x{where.hex()} i{len(where)}"]
        done = run(*steps, f"{NR['dup']} i3")
    [connect] = seen(live, done, "security_socket_connect")
    [event] = seen(live, done, "socket_dup")
    wanted = {"sa_family": "AF_UNIX", "sun_path": str(tmp_path / "s")}
    assert connect.data()["remote_addr"] == event.data()["remote_addr"] == wanted


def test_a_duplicated_ipv6_socket(live: Collecting, run: Run) -> None:
    try:
        listening = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no IPv6 here")
    with listening:
        port = listening.getsockname()[1]
        where = struct.pack("<HHI16sI", 10, socket.htons(port), 0, socket.inet_pton(10, "::1"), 0)
        done = run(
            f"{NR['socket']} i10 i1 i0", f"{NR['connect']} r x{where.hex()} i28", f"{NR['dup']} i3"
        )
    [event] = seen(live, done, "socket_dup")
    found = event.data()["remote_addr"]
    assert (found["sin6_addr"], found["sin6_port"]) == ("::1", str(port))


def test_other_descriptors_are_no_sockets(live: Collecting, run: Run) -> None:
    done = run(f"{NR['dup']} i0", f"{NR['dup']} i99", SOCKET, f"{NR['fcntl']} r i1 i0")
    assert seen(live, done, "socket_dup") == []
