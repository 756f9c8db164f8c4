# SPDX-License-Identifier: Apache-2.0
"""What a bug report must say of the machine, read from where the kernel says it."""

import gzip
import os
import platform
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

from collector.context.own import sees_host_pids
from collector.loading.libbpf import libbpf_version
from collector.loading.privileges import check
from pytracee.service.capabilities import effective
from pytracee.service.errors import OperatorError
from schemas.flags.capabilities import CAPABILITY

Section = dict[str, str]
_PACKAGES = ("pytracee", "pylibbpf", "msgspec", "click", "pyyaml", "rich",
             "prometheus-client", "opa-python-client")  # fmt: skip
_CONFIG = ("BPF_SYSCALL", "BPF_JIT", "BPF_LSM", "DEBUG_INFO_BTF", "KPROBE_EVENTS", "UPROBE_EVENTS",
           "FUNCTION_TRACER", "FTRACE_SYSCALLS", "KALLSYMS_ALL", "MODULES", "CGROUPS",
           "IA32_EMULATION", "SECURITY_LOCKDOWN_LSM")  # fmt: skip
_SETTINGS = ("kernel/kptr_restrict", "kernel/unprivileged_bpf_disabled",
             "kernel/perf_event_paranoid", "kernel/randomize_va_space", "net/core/bpf_jit_enable",
             "kernel/yama/ptrace_scope")  # fmt: skip
_MOUNTS = ("tracefs", "bpf", "securityfs", "debugfs", "cgroup2", "cgroup")
_SOCKETS = {
    "docker": ("/run/docker.sock", "/var/run/docker.sock"),
    "containerd": ("/run/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock"),
    "cri-o": ("/run/crio/crio.sock",),
    "podman": ("/run/podman/podman.sock",),
}
NOTHING = "not there"


def versions() -> Section:
    """Of ourselves and of what we run with."""
    compiler = files("collector") / "objects" / "COMPILER"
    return {
        **{name: _version(name) for name in _PACKAGES},
        "python": f"{platform.python_version()} ({sys.executable})",
        "libbpf": libbpf_version(),
        "objects compiled by": compiler.read_text().strip() if compiler.is_file() else NOTHING,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return NOTHING


def system() -> Section:
    release = _words(
        "/etc/os-release", lambda text: text.partition('PRETTY_NAME="')[2].split('"')[0]
    )
    return {
        "system": release,
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, {_memory()}",
        "pid namespace": "the host's" if sees_host_pids() else "its own: give it --pid=host",
    }


def _memory() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{pages * size >> 20} MiB"


def kernel() -> Section:
    """Release, BTF, security modules, settings that matter."""
    btf = Path("/sys/kernel/btf/vmlinux")
    return {
        "release": f"{platform.release()} {platform.version()}",
        "BTF": f"{btf} ({btf.stat().st_size} bytes)" if btf.exists() else NOTHING,
        "security modules": _words("/sys/kernel/security/lsm"),
        "lockdown": _words("/sys/kernel/security/lockdown"),
        **{name: _words(f"/proc/sys/{name}") for name in _SETTINGS},
        **configuration(_config_lines()),
    }


def _words(path: str, part: Callable[[str], str] = str) -> str:
    try:
        return part(Path(path).read_text()).strip()
    except OSError as error:
        return f"{NOTHING} ({error.strerror})"


def _config_lines() -> list[str]:
    """Of the kernel's configuration; none where it is not to be had."""
    try:
        return gzip.decompress(Path("/proc/config.gz").read_bytes()).decode().splitlines()
    except OSError:
        path = Path(f"/boot/config-{platform.release()}")
        return path.read_text().splitlines() if path.exists() else []


def configuration(lines: Iterable[str]) -> Section:
    """Of the options that matter, what they are set to."""
    pairs = [line.partition("=") for line in lines if line.startswith("CONFIG_")]
    if not pairs:
        return {"configuration": "neither /proc/config.gz nor /boot/config-RELEASE is there"}
    values = {name: value for name, _, value in pairs}
    return {f"CONFIG_{name}": values.get(f"CONFIG_{name}", "n") for name in _CONFIG}


def privileges() -> Section:
    have = effective()
    names = [name for number, name in CAPABILITY.items() if have >> number & 1]
    try:
        check()
        enough = "yes"
    except OperatorError as error:
        enough = f"no: {error}"
    every = len(names) == len(CAPABILITY)
    return {
        "user": str(os.geteuid()),
        "capabilities": "all" if every else ", ".join(names) or "none",
        "enough": enough,
    }


def mounts() -> Section:
    """File systems that something of us looks for. None of them must be there."""
    rows = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return {
        kind: ", ".join(row[1] for row in rows if row[2] == kind) or "not mounted"
        for kind in _MOUNTS
    }


def runtimes() -> Section:
    """Sockets of container runtimes."""
    return {
        name: ", ".join(path for path in paths if Path(path).is_socket()) or NOTHING
        for name, paths in _SOCKETS.items()
    }
