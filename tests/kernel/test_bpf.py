# SPDX-License-Identifier: Apache-2.0
"""The use of BPF by others."""

from tests.collecting import Collecting, needs_kernel
from tests.conftest import Run
from tests.headers import call_numbers

pytestmark = needs_kernel

BPF = call_numbers("asm/unistd_64.h")["bpf"]
MAP_CREATE = 0


def test_a_command_is_seen(live: Collecting, run: Run) -> None:
    array = "02000000" + "04000000" + "04000000" + "01000000"  # type, key, value, entries
    done = run(f"{BPF} i{MAP_CREATE} x{array + '00' * 56} i72")
    assert done.calls[-1].returned >= 0
    live.of(done.pid)
    [event] = live.recording.of(done.pid, "security_bpf")
    assert event.data() == {"cmd": MAP_CREATE}
