# SPDX-License-Identifier: Apache-2.0
"""What stands in the way on this machine, each with its cure: for `collector doctor`."""

from collector.context.containers import hierarchy
from collector.context.own import sees_host_pids
from collector.loading.features import NO_BTF
from collector.loading.libbpf import KernelTypes
from collector.loading.obstacles import lockdown
from collector.loading.privileges import check
from collector.reports.machine import NOTHING, Section, runtimes
from pytracee.service.errors import OperatorError

NO_GROUPS = (
    "there is no version 2 hierarchy of control groups, so containers that are there already are "
    "not known: mount one (mount -t cgroup2 none /sys/fs/cgroup/unified)"
)
OWN_PIDS = (
    "in a pid namespace of its own it cannot leave the pipeline's processes out of the events: "
    "give the container the host's pids (--pid=host)"
)
_NO_RUNTIMES = (
    "no socket of a container runtime is where they usually are: in a container, mount it "
    "(-v /run/containerd/containerd.sock:/run/containerd/containerd.sock); containers are known by "
    "their ids without one"
)


def trouble() -> Section:
    """A row each; one that says so where there is none."""
    found = {
        "privileges": _privileges(),
        "BTF": _types(),
        "lockdown": lockdown(),
        "pid namespace": "" if sees_host_pids() else OWN_PIDS,
        "control groups": "" if hierarchy() else NO_GROUPS,
        "container runtimes": "" if {*runtimes().values()} - {NOTHING} else _NO_RUNTIMES,
    }
    return {name: text for name, text in found.items() if text} or {"nothing": "that is known"}


def _privileges() -> str:
    try:
        check()
    except OperatorError as error:
        return str(error)
    return ""


def _types() -> str:
    try:
        KernelTypes()
    except OSError:
        return NO_BTF
    return ""
