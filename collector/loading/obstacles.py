# SPDX-License-Identifier: Apache-2.0
"""What stands in the way although the privileges are there, and what to do about it."""

import errno
import os
from pathlib import Path

_LOCKDOWN = Path("/sys/kernel/security/lockdown")
_SECCOMP = "Seccomp:\t2"  # man 5 proc_pid_status: a filter


def cure(words: str) -> str:
    """For what the kernel said when it refused what all events need; "" where nothing is known."""
    if text := lockdown():
        return text
    if os.strerror(errno.EPERM) not in words:
        return ""
    if _SECCOMP in Path("/proc/self/status").read_text():
        return (
            "a seccomp filter is on this process, which may forbid bpf(2): run the container with "
            "--privileged, or with --security-opt seccomp=unconfined and the capabilities"
        )
    return (
        "the capabilities are there, so a security module forbids it: see what SELinux (ausearch "
        "-m avc) or AppArmor (dmesg) say of it, and allow it there"
    )


def lockdown() -> str:
    """What is to be done where the kernel keeps programs from its memory; "" where it does not, or
    does not say (/sys/kernel/security is not mounted).
    """
    try:
        locked = "[confidentiality]" in _LOCKDOWN.read_text()
    except OSError:
        return ""
    return (
        "the kernel is locked down (confidentiality), so that no program may read its memory: boot "
        "it with lockdown=integrity, or without lockdown="
        if locked
        else ""
    )
