# SPDX-License-Identifier: Apache-2.0
"""Whom a scope is asked about: a task and its container, as far as they are known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """Ids are the host's. None: not known (yet): such a value is equal to nothing."""

    pid: int = 0
    tid: int = 0
    uid: int = 0  # real user id
    mntns: int = 0
    pidns: int = 0
    comm: str = ""
    uts: str = ""
    executable: str | None = None
    ancestors: frozenset[int] = frozenset()  # host pids, its own among them
    pid_new: bool = False  # the process began after the collector did
    followed: int = 0  # bitmap of policies that follow it
    container_id: str | None = None  # None on the host
    container_new: bool = False  # the container began after the collector did
    container_image: str | None = None
    container_name: str | None = None
    pod_name: str | None = None
    pod_namespace: str | None = None
    pod_uid: str | None = None

    @property
    def in_container(self) -> bool:
        return self.container_id is not None
