# SPDX-License-Identifier: Apache-2.0
"""What this kernel offers: asked by trying, never by its version."""

from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path

from collector.integrity.symbols import hidden_addresses
from collector.integrity.tracing import why_not
from collector.loading.libbpf import FENTRY, LSM, KernelTypes, attach_nothing
from pytracee.service.errors import OperatorError
from schemas.event_type import Probe

NO_BTF = (
    "this kernel has no BTF (/sys/kernel/btf/vmlinux): it needs CONFIG_DEBUG_INFO_BTF, "
    "which the kernels of Debian 11, Ubuntu 20.10, Fedora 31 and newer have"
)
_LSMS = Path("/sys/kernel/security/lsm")
_KPROBES = Path("/sys/bus/event_source/devices/kprobe/type")
#: a function that every kernel has, to try a kind of probe at
_ANY_FUNCTION = "security_file_open"


class Features:
    """Why a probe cannot be had here. Each kind is tried once, with an empty program."""

    def __init__(self, without: Collection[str] = ()) -> None:
        """`without`: kinds of probes to do without, to try the others.

        Raises OperatorError with the cure where the kernel has no BTF.
        """
        self._without = without
        self.inspected = True  # whether a process that is root can read the kernel's memory
        try:
            self.types = KernelTypes()
        except OSError:
            raise OperatorError(NO_BTF) from None

    def why_not(self, probe: Probe) -> str:
        """ "" where nothing speaks against trying it."""
        kind, _, place = probe.place.partition("/")
        if kind in self._without:
            return f"{kind} is left out"
        return _KINDS[kind](self, place)

    def _tracepoint(self, place: str) -> str:
        return "" if self.types.has_tracepoint(place) else f"this kernel has no tracepoint {place}"

    def _lsm(self, place: str) -> str:
        return self.without_lsm or self._function(f"bpf_lsm_{place}", f"LSM hook {place}")

    def _fentry(self, place: str) -> str:
        return self.without_fentry or self._function(place, f"function {place}")

    def _kprobe(self, place: str) -> str:
        return self.without_kprobes or self._function(place, f"function {place}")

    def _check(self, place: str) -> str:
        """A check of the kernel's integrity, NAME or NAME/seldom."""
        if not self.inspected:
            return "what checks the kernel has to begin as root: start the collector anew for it"
        name, _, seldom = place.partition("/")
        modules = self._tracepoint("module_load")
        if modules and (name == "modules" or not seldom):
            return f"{modules}, as it takes no modules"
        return self.without_addresses or (why_not() if name == "traced_functions" else "")

    @cached_property
    def without_addresses(self) -> str:
        """Why the kernel's symbols have no addresses for us; "" where they have."""
        return hidden_addresses()

    def _function(self, name: str, shown: str) -> str:
        return "" if self.types.function(name) else f"this kernel has no {shown}"

    @cached_property
    def without_lsm(self) -> str:
        """Why no program can be at an LSM hook; "" where one can.

        Where `bpf` is not among the modules in force, it would load, attach and never be called.
        """
        modules = _security_modules()
        if "bpf" not in modules:
            return (
                "BPF is not among the security modules in force"
                f" ({','.join(modules) or 'unknown, /sys/kernel/security is not mounted'}):"
                " it wants lsm=…,bpf on the kernel's command line"
            )
        return self._attempt(LSM, "bpf_lsm_file_open", "LSM")

    @cached_property
    def without_fentry(self) -> str:
        """Why no program can be at a function's trampoline; "" where one can."""
        return self._attempt(FENTRY, _ANY_FUNCTION, "fentry")

    @cached_property
    def without_kprobes(self) -> str:
        """Why no program can be at a kprobe; "" where one can."""
        return "" if _KPROBES.exists() else "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)"

    def _attempt(self, way: tuple[int, int], function: str, shown: str) -> str:
        try:
            attach_nothing(way, self.types.function(function))
        except OSError as error:
            return f"this kernel takes no {shown} programs ({error.strerror})"
        return ""


def _security_modules() -> list[str]:
    """Those in force, by name; none where that cannot be read."""
    try:
        return _LSMS.read_text().strip().split(",")
    except OSError:
        return []


_KINDS: dict[str, Callable[[Features, str], str]] = {
    "check": Features._check,
    "tp_btf": Features._tracepoint,
    "lsm": Features._lsm,
    "fentry": Features._fentry,
    "fexit": Features._fentry,
    "kprobe": Features._kprobe,
    "kretprobe": Features._kprobe,
    "made": lambda _features, _place: "",  # by the collector itself
}
