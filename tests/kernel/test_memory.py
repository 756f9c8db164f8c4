# SPDX-License-Identifier: Apache-2.0
"""What system calls read from and write to memory: times, pairs, addresses, texts."""

import errno
import os
import signal
import struct
from pathlib import Path

import pytest

from schemas.event import Event
from tests.collecting import Collecting, Done, needs_kernel
from tests.conftest import Run
from tests.headers import call_numbers

pytestmark = needs_kernel

NATIVE = call_numbers("asm/unistd_64.h")
I386 = call_numbers("asm/unistd_32.h")
LOOPBACK = struct.pack("<HH4s8x", 2, 0, b"\x7f\0\0\1").hex()  # AF_INET, any port


def last(live: Collecting, done: Done, name: str) -> Event:
    live.of(done.pid)
    return live.recording.of(done.pid, name)[-1]


def compat_last(live: Collecting, done: Done, name: str) -> Event:
    if done.status == -signal.SIGSEGV:
        pytest.skip("this kernel takes no 32-bit calls (CONFIG_IA32_EMULATION)")
    return last(live, done, name)


def test_a_time_is_in_seconds(live: Collecting, run: Run) -> None:
    done = run(f"{NATIVE['nanosleep']} x{struct.pack('<qq', 0, 1_500_000).hex()} i0")
    assert last(live, done, "nanosleep").data() == {"req": 0.0015, "rem": None}
    done = run(f"{NATIVE['clock_settime']} i99 x{struct.pack('<qq', -2, 250_000_000).hex()}")
    assert last(live, done, "clock_settime").data() == {"clockid": 99, "tp": -1.75}


def test_a_narrow_time_is_in_seconds_too(live: Collecting, run: Run) -> None:
    narrow = struct.pack("<ii", -2, 250_000_000).hex()
    done = run(f"compat {I386['clock_settime']} i99 x{narrow}")
    event = compat_last(live, done, "clock_settime32")
    assert event.data() == {"which_clock": 99, "tp": -1.75}
    wide = struct.pack("<qq", 7, 500_000_000).hex()
    done = run(f"compat {I386['clock_settime64']} i99 x{wide}")
    assert compat_last(live, done, "clock_settime").data() == {"clockid": 99, "tp": 7.5}


def test_descriptors_that_a_pipe_got(live: Collecting, run: Run) -> None:
    # What the pipe got is what the next two descriptors would have been.
    done = run(f"{NATIVE['dup']} i0", f"{NATIVE['pipe2']} x{'00' * 8} i0x80000")
    free = done.calls[0].returned + 1
    event = last(live, done, "pipe2")
    assert event.data() == {"pipefd": [free, free + 1], "flags": 0x80000}
    assert event.parsed()[1] == "O_CLOEXEC"


def test_a_pair_of_sockets(live: Collecting, run: Run) -> None:
    done = run(f"{NATIVE['dup']} i0", f"{NATIVE['socketpair']} i1 i1 i0 x{'00' * 8}")
    free = done.calls[0].returned + 1
    event = last(live, done, "socketpair")
    assert event.data()["sv"] == [free, free + 1]
    assert event.parsed()[:2] == ["AF_UNIX", "SOCK_STREAM"]


def test_a_pair_that_was_not_written_is_not_read(live: Collecting, run: Run) -> None:
    done = run(f"{NATIVE['socketpair']} i1 i9999 i0 x{'07' * 8}")
    assert done.calls[-1].returned == -errno.EINVAL
    assert last(live, done, "socketpair").data()["sv"] is None


def test_an_address_that_a_call_wrote(live: Collecting, run: Run) -> None:
    done = run(
        f"{NATIVE['socket']} i2 i1 i0",
        f"{NATIVE['bind']} r x{LOOPBACK} i16",
        f"{NATIVE['dup']} i0",  # the next one after the socket
        f"{NATIVE['getsockname']} i{3} x{'00' * 16} x10000000",
    )
    assert done.calls[0].returned == 3
    bound = last(live, done, "bind")
    assert bound.data()["addr"] == {
        "sa_family": "AF_INET", "sin_addr": "127.0.0.1", "sin_port": "0"
    }  # fmt: skip
    event = last(live, done, "getsockname")
    address = event.data()["addr"]
    assert (address["sa_family"], address["sin_addr"]) == ("AF_INET", "127.0.0.1")
    assert event.data()["addrlen"] == done.calls[3].registers[2]
    assert event.return_value == 0


def test_an_address_that_a_call_did_not_write_is_not_read(live: Collecting, run: Run) -> None:
    done = run(f"{NATIVE['getsockname']} i-1 x{LOOPBACK} x10000000")
    assert last(live, done, "getsockname").data()["addr"] is None


def test_where_a_link_points_to_is_as_long_as_the_call_says(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to("somewhere")
    done = run(f"{NATIVE['readlink']} s{link} a4000 i4000")
    data = last(live, done, "readlink").data()
    assert data == {"pathname": str(link), "buf": "somewhere", "bufsiz": 4000}
    done = run(f"{NATIVE['readlink']} s{link} a4000 i4")
    assert last(live, done, "readlink").data()["buf"] == "some"


def test_a_link_longer_than_a_string_may_be_is_cut_and_marked(
    live: Collecting, run: Run, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to("b" * 4095)  # the longest that there is
    done = run(f"{NATIVE['readlink']} s{link} a5000 i5000")
    event = last(live, done, "readlink")
    assert event.data()["buf"] == "b" * 4095
    assert event.truncated() == []


def test_the_working_directory(live: Collecting, run: Run) -> None:
    done = run(f"{NATIVE['chdir']} s/proc", f"{NATIVE['getcwd']} a100 i100")
    assert last(live, done, "getcwd").data() == {"buf": "/proc", "size": 100}
    done = run(f"{NATIVE['getcwd']} a100 i1")
    assert last(live, done, "getcwd").data() == {"buf": None, "size": 1}


def test_names_of_extended_attributes(live: Collecting, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    try:
        os.setxattr(file, "user.one", b"1")
        os.setxattr(file, "user.two", b"2")
    except OSError:
        pytest.skip("this file system has no user attributes")
    done = run(f"{NATIVE['listxattr']} s{file} a100 i100")
    listed = last(live, done, "listxattr").data()["list"]
    assert sorted(listed.split("\0")) == sorted(os.listxattr(file))


def test_numbers_that_a_32_bit_call_passes_in_two_registers(live: Collecting, run: Run) -> None:
    done = run(f"compat {I386['fallocate']} i-1 i0 i1 i2 i3 i-1")
    event = compat_last(live, done, "fallocate")
    assert event.data() == {"fd": -1, "mode": 0, "offset": (2 << 32) + 1, "len": 3 - (1 << 32)}
    done = run(f"compat {I386['fanotify_mark']} i-1 i5 i1 i2 i-100 s/nowhere")
    event = compat_last(live, done, "fanotify_mark")
    assert event.data() == {
        "fanotify_fd": -1, "flags": 5, "mask": (2 << 32) + 1, "dirfd": -100, "pathname": "/nowhere"
    }  # fmt: skip
