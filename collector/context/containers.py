# SPDX-License-Identifier: Apache-2.0
"""Which control groups are containers': told by the path, as each runtime writes it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

#: runtime → what its control group's directory is called (the id is 64 hexadecimal digits)
_NAMES = (
    ("docker", re.compile(r"docker-([0-9a-f]{64})\.scope")),
    ("crio", re.compile(r"crio-([0-9a-f]{64})(?:\.scope)?")),
    ("containerd", re.compile(r"cri-containerd-([0-9a-f]{64})\.scope")),
    ("podman", re.compile(r"libpod-([0-9a-f]{64})(?:\.scope)?")),
    ("", re.compile(r"([0-9a-f]{64})")),
)
_PARENTS = {"docker": "docker"}  # cgroupfs driver: the runtime is the parent directory's name


def container_of(path: str) -> tuple[str, str] | None:
    """(container id, runtime or "") of a control group's path; None where it is no container's.

    A group below a container's is that container's; of nested containers the innermost counts.
    """
    parts = path.split("/")
    for at in range(len(parts) - 1, -1, -1):
        for runtime, name in _NAMES:
            if match := name.fullmatch(parts[at]):
                parent = parts[at - 1] if at else ""
                return match[1], runtime or _PARENTS.get(parent, "")
    return None


def hierarchy() -> Path | None:
    """Where the version 2 hierarchy is mounted (man 5 proc_pid_mountinfo), None if nowhere."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount, _, source = line.partition(" - ")
        if source.startswith("cgroup2 "):
            return Path(mount.split()[4])
    return None


def existing(root: Path) -> Iterator[tuple[int, str]]:
    """(cgroup id, path below `root`) of all control groups there are: the id is the inode."""
    for folder, _, _ in os.walk(root):
        try:
            yield os.stat(folder).st_ino, "/" + os.path.relpath(folder, root)
        except OSError:  # removed since
            continue
