# SPDX-License-Identifier: Apache-2.0
"""Waiting until no program is at work any more that began before.

The kernel waits for that where a map in a map is exchanged (`maybe_wait_bpf_programs` in
kernel/bpf/syscall.c). membarrier(2) would do it too, but not on machines with CPUs that are left in
peace (nohz_full).
"""

from collector.loading.libbpf import new_array, put_first


class Grace:
    """To be made while we are root."""

    def __init__(self) -> None:
        self._inner = new_array()
        self._outer = new_array(self._inner)

    def wait(self) -> None:
        """It takes milliseconds. Raises OSError."""
        put_first(self._outer, self._inner)
