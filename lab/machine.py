# SPDX-License-Identifier: Apache-2.0
"""A guest: one boot, one job, its output and its exit status."""

import os
import re
import secrets
import select
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lab.initramfs import initramfs
from lab.kernels import Kernel
from lab.packages import one_at_a_time

_QEMU = """setpriv --pdeathsig KILL qemu-system-x86_64 -nodefaults -no-reboot -display none
    -device virtio-serial-pci -device virtserialport,chardev=out,nr=1
    -chardev file,id=out,path=/dev/stdout
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"""
_CONSOLE_TAIL = 5000  # bytes of the guest's console that are shown when it fails


class GuestFailed(Exception):
    """The guest died before the job ended; the end of its console with it."""


class OutOfTime(GuestFailed):
    """The job did not end in the time that it was given."""


@dataclass(frozen=True)
class Machine:
    """What the guest is given."""

    memory: str = "2G"
    cpus: int = 1
    append: str = ""  # to the kernel's command line
    modules: tuple[str, ...] = ()  # to be loaded besides those that it boots with
    timeout: float = 300  # seconds, boot included

    def run(self, kernel: Kernel, busybox: bytes, job: str, out: BinaryIO) -> int:
        """Boot, run `job` (a shell script) as root, write its output to `out` as it comes.

        Returns its exit status. Raises GuestFailed. Other guests on this host are waited for.
        """
        mark = secrets.token_hex(16)
        with (
            one_at_a_time("guest"),
            tempfile.TemporaryFile(buffering=0) as initrd,
            tempfile.TemporaryFile() as console,
        ):
            initrd.write(initramfs(kernel, busybox, job, mark, list(self.modules)))
            deadline = time.monotonic() + self.timeout
            with self._boot(kernel.image, initrd.fileno(), console.fileno()) as guest:
                assert guest.stdout is not None
                try:
                    return relay(guest.stdout.fileno(), mark.encode(), deadline, out)
                except GuestFailed as error:
                    console.seek(0)
                    tail = console.read()[-_CONSOLE_TAIL:].decode(errors="replace")
                    raise type(error)(f"{error}; its console:\n{tail}") from None
                finally:
                    guest.kill()

    def _boot(self, image: Path, initrd: int, console: int) -> "subprocess.Popen[bytes]":
        command = [
            *_QEMU.split(), *acceleration(),
            "-kernel", str(image), "-initrd", f"/dev/fd/{initrd}",
            "-serial", f"file:/dev/fd/{console}", "-m", self.memory, "-smp", str(self.cpus),
            "-append", f"console=ttyS0 quiet panic=-1 {self.append}",
        ]  # fmt: skip
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            pass_fds=[initrd, console],
            bufsize=0,
        )


def acceleration() -> list[str]:
    """QEMU's options for this host's processor, or for an emulated one."""
    flags = Path("/proc/cpuinfo").read_text()
    if os.access("/dev/kvm", os.W_OK) and re.search(r"\b(vmx|svm)\b", flags):
        return ["-accel", "kvm", "-cpu", "host"]
    # Emulated processors must take turns: at once, they trip over code that the kernel patches.
    return ["-accel", "tcg,thread=single", "-cpu", "max"]


def relay(guest: int, mark: bytes, deadline: float, out: BinaryIO) -> int:
    """Pass on what the guest writes up to the mark; the exit status that follows it.

    `guest` is a descriptor to read from. Raises GuestFailed where the output ends before, OutOfTime
    at the deadline (monotonic).
    """
    pending = b""
    while True:
        pending += _chunk(guest, deadline)
        output, found, status = pending.partition(mark)
        held = 0 if found else _begun(output, mark)
        out.write(output[: len(output) - held])
        out.flush()
        if status.endswith(b";"):
            return int(status[:-1])
        pending = output[len(output) - held :] + found + status


def _begun(output: bytes, mark: bytes) -> int:
    """How many bytes at the end of `output` may be the beginning of the mark."""
    return max(size for size in range(len(mark)) if output.endswith(mark[:size]))


def _chunk(guest: int, deadline: float) -> bytes:
    if not select.select([guest], [], [], max(0, deadline - time.monotonic()))[0]:
        raise OutOfTime("the guest ran out of time: give it more (--timeout SECONDS)")
    if chunk := os.read(guest, 1 << 16):
        return chunk
    raise GuestFailed("the guest died")
