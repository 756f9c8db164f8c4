# SPDX-License-Identifier: Apache-2.0
"""libbpf's C API: open an object, change it, load it, attach its programs.

pylibbpf's own `load()` opens and loads at once, and one refused program fails it whole. Its
extension carries libbpf (1.6) and exports its functions, so they are called there; on a machine
or a Python that pylibbpf has no wheel for, the system's libbpf.so.1 serves.

Functions that fail raise OSError with libbpf's own words (what `libbpf_set_print` hears).
"""

import ctypes
import ctypes.util
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

from pytracee.service.capabilities import Capability, lifted

_MESSAGES: list[str] = []  # what libbpf said since the last call of `_said`
_BTF_KIND_STRUCT, _BTF_KIND_TYPEDEF, _BTF_KIND_FUNC = 4, 8, 12
#: how libbpf says which program it failed with
_BLAMED = re.compile(r"prog '(\w+)': (?:BPF program load failed|failed to)")


def _library() -> ctypes.CDLL:
    try:
        from pylibbpf import pylibbpf as extension

        return ctypes.CDLL(extension.__file__, use_errno=True)
    except ImportError:
        try:
            return ctypes.CDLL("libbpf.so.1", use_errno=True)
        except OSError:
            raise OSError(
                "no libbpf: pylibbpf has no wheel for this Python or machine and there is no "
                "libbpf.so.1; install the package libbpf1, or use Python 3.11-3.13 on x86_64"
            ) from None


_lib = _library()
_PRINT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
_MESSAGE_MAX = 16 << 20  # bytes: the verifier's last words are at the end of its log
_vsnprintf = ctypes.CDLL(None).vsnprintf
_vsnprintf.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_void_p]


def _hear(level: int, form: bytes, arguments: int) -> int:
    if level > 0:  # LIBBPF_WARN is 0
        return 0
    text = ctypes.create_string_buffer(_MESSAGE_MAX)
    _vsnprintf(text, len(text), form, arguments)
    _MESSAGES.append(text.value.decode(errors="replace").strip())
    return 0


_ear = _PRINT(_hear)  # libbpf keeps the pointer, so we keep the object
_lib.libbpf_set_print.restype = ctypes.c_void_p
_lib.libbpf_set_print(_ear)


def _function(name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, arguments
    return function


_P, _S, _I, _U32 = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint32
_open = _function("bpf_object__open_file", _P, _S, _P)
_load = _function("bpf_object__load", _I, _P)
_close = _function("bpf_object__close", None, _P)
_next_program = _function("bpf_object__next_program", _P, _P, _P)
_next_map = _function("bpf_object__next_map", _P, _P, _P)
_program_name = _function("bpf_program__name", _S, _P)
_program_section = _function("bpf_program__section_name", _S, _P)
_set_autoload = _function("bpf_program__set_autoload", _I, _P, ctypes.c_bool)
_program_fd = _function("bpf_program__fd", _I, _P)
_attach = _function("bpf_program__attach", _P, _P)
_attach_iter = _function("bpf_program__attach_iter", _P, _P, _P)
_link_fd = _function("bpf_link__fd", _I, _P)
_link_destroy = _function("bpf_link__destroy", _I, _P)
_iter_create = _function("bpf_iter_create", _I, _I)
_map_name = _function("bpf_map__name", _S, _P)
_map_fd = _function("bpf_map__fd", _I, _P)
_set_max_entries = _function("bpf_map__set_max_entries", _I, _P, _U32)
_max_entries = _function("bpf_map__max_entries", _U32, _P)
_value_size = _function("bpf_map__value_size", _U32, _P)
_reuse_fd = _function("bpf_map__reuse_fd", _I, _P, _I)
_set_autocreate = _function("bpf_map__set_autocreate", _I, _P, ctypes.c_bool)
_create_map = _function("bpf_map_create", _I, _I, _S, _U32, _U32, _U32, _P)
_load_program = _function("bpf_prog_load", _I, _I, _S, _S, _S, ctypes.c_size_t, _P)
_open_tracepoint = _function("bpf_raw_tracepoint_open", _I, _S, _I)
_update = _function("bpf_map_update_elem", _I, _I, _S, _S, ctypes.c_uint64)
_lookup = _function("bpf_map_lookup_elem", _I, _I, _S, _P)
_delete = _function("bpf_map_delete_elem", _I, _I, _S)
_vmlinux_btf = _function("btf__load_vmlinux_btf", _P)
_find_type = _function("btf__find_by_name_kind", ctypes.c_int32, _P, _S, _U32)
_initial_value = _function("bpf_map__initial_value", _P, _P, _P)
_probe_map = _function("libbpf_probe_bpf_map_type", _I, _I, _P)
_version = _function("libbpf_version_string", _S)
_possible_cpus = _function("libbpf_num_possible_cpus", _I)
_btf_type = _function("btf__type_by_id", _P, _P, _U32)
_btf_name = _function("btf__name_by_offset", _S, _P, _U32)
_btf_size = _function("btf__resolve_size", ctypes.c_int64, _P, _U32)
_test_run = _function("bpf_prog_test_run_opts", _I, _I, _P)
_next_key = _function("bpf_map_get_next_key", _I, _I, _S, _P)
_info = _function("bpf_obj_get_info_by_fd", _I, _I, _P, _P)


def _said() -> str:
    """What libbpf said, the line that names the cause last; forgets it."""
    text = "; ".join(line for line in _MESSAGES if "BEGIN PROG LOAD LOG" not in line)
    log = [line for line in _MESSAGES if "BEGIN PROG LOAD LOG" in line]
    if log:  # the verifier's last words, before its statistics
        lines = [line for line in log[0].splitlines()[1:-1] if not line.startswith("processed ")]
        text = f"{text}; verifier: {lines[-1] if lines else '(silent)'}"
    _MESSAGES.clear()
    return text


def _failed(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)} ({_said() or 'libbpf says no more'})")


class ProgramRefused(OSError):
    """The kernel did not take one program of an object, and so the object was not loaded."""

    program: str


class Map:
    """A map of an object. `fd` is valid once the object is loaded."""

    def __init__(self, pointer: int) -> None:
        self._pointer = pointer
        self.name: str = _map_name(pointer).decode()

    @property
    def fd(self) -> int:
        return int(_map_fd(self._pointer))

    @property
    def entries(self) -> int:
        return int(_max_entries(self._pointer))

    @property
    def value_size(self) -> int:
        """Bytes."""
        return int(_value_size(self._pointer))

    def resize(self, entries: int) -> None:
        """Before load: another number of entries; bytes for a ring."""
        if _set_max_entries(self._pointer, entries):
            raise _failed(f"map {self.name}")

    def reuse(self, fd: int) -> None:
        """Before load: be the map that `fd` is, instead of a new one."""
        if _reuse_fd(self._pointer, fd):
            raise _failed(f"map {self.name}")

    def leave_out(self) -> None:
        """Before load: make no such map. Programs that name it cannot be loaded then."""
        if _set_autocreate(self._pointer, False):
            raise _failed(f"map {self.name}")

    def begin_with(self, value: bytes) -> None:
        """Before load: the first bytes of a section of constants."""
        size = ctypes.c_size_t()
        memory = _initial_value(self._pointer, ctypes.byref(size))
        if not memory or size.value < len(value):
            raise _failed(f"map {self.name}")
        ctypes.memmove(memory, value, len(value))

    def update(self, key: bytes, value: bytes) -> None:
        with lifted(Capability.BPF):  # up to 5.18 a kernel may want it
            if _update(self.fd, key, value, 0):
                raise _failed(f"map {self.name}")

    def lookup(self, key: bytes) -> bytes | None:
        """The value; None for a key that is not there."""
        value = ctypes.create_string_buffer(self.value_size)
        with lifted(Capability.BPF):
            return None if _lookup(self.fd, key, value) else value.raw

    def delete(self, key: bytes) -> None:
        """A key that is not there is no error."""
        with lifted(Capability.BPF):
            _delete(self.fd, key)


class _MapOptions(ctypes.Structure):
    """The beginning of struct bpf_map_create_opts."""

    _fields_ = (("sz", ctypes.c_size_t), ("btf", _U32 * 4), ("inner_map_fd", _U32))


_ARRAY, _ARRAY_OF_MAPS = 2, 12  # BPF_MAP_TYPE_*


def new_array(inner: int | None = None) -> int:
    """The descriptor of a map with one number, or one map like `inner` (a descriptor).

    Raises OSError.
    """
    options = _MapOptions(sz=ctypes.sizeof(_MapOptions), inner_map_fd=inner or 0)
    kind = _ARRAY if inner is None else _ARRAY_OF_MAPS
    made = int(_create_map(kind, b"pytracee_grace", 4, 4, 1, ctypes.byref(options)))
    if made < 0:
        raise _failed("map")
    return made


def put_first(array: int, number: int) -> None:
    """Into an array of numbers or of maps (their descriptors). Raises OSError."""
    with lifted(Capability.BPF):
        if _update(array, bytes(4), number.to_bytes(4, sys.byteorder), 0):
            raise _failed("map")


class Link:
    """An attached program; `close` detaches it."""

    def __init__(self, pointer: int) -> None:
        self._pointer = pointer

    def read(self) -> bytes:
        """All that an iterator's program writes."""
        fd = _iter_create(_link_fd(self._pointer))
        if fd < 0:
            raise _failed("iterator")
        with open(fd, "rb") as file:
            return file.read()

    def close(self) -> None:
        _link_destroy(self._pointer)


class Object:
    """A compiled object. Open, change, `load`, `attach`; keep it as long as its maps are used."""

    def __init__(self, path: os.PathLike[str]) -> None:
        """Raises OSError for a file that is not one."""
        self._pointer = _open(os.fsencode(path), None)
        if not self._pointer:
            raise _failed(str(path))
        self.programs = {_program_name(at).decode(): at for at in self._walk(_next_program)}
        self.maps = {found.name: found for found in map(Map, self._walk(_next_map))}

    def _walk(self, step: Any) -> Iterator[int]:
        at = step(self._pointer, None)
        while at:
            yield at
            at = step(self._pointer, at)

    def keep_only(self, programs: set[str]) -> None:
        """Before load: leave the other programs out."""
        for name, pointer in self.programs.items():
            _set_autoload(pointer, name in programs)

    def load(self) -> None:
        """Raises ProgramRefused with the verifier's last words; OSError for other failures."""
        _MESSAGES.clear()
        if not _load(self._pointer):
            return
        blamed = _BLAMED.search("\n".join(_MESSAGES))
        error = _failed("load")
        if blamed:
            refused = ProgramRefused(error.errno, error.strerror)
            refused.program = blamed[1]
            raise refused
        raise error

    def program_fd(self, program: str) -> int:
        return int(_program_fd(self.programs[program]))

    def attach(self, program: str) -> Link:
        pointer = self.programs[program]
        iterator = _program_section(pointer).startswith(b"iter/")
        link = _attach_iter(pointer, None) if iterator else _attach(pointer)
        if not link:
            raise _failed(program)
        return Link(link)

    def close(self) -> None:
        _close(self._pointer)


#: (program type, attach type) of programs at a kernel function (include/uapi/linux/bpf.h)
FENTRY, LSM = (26, 24), (29, 27)
_RETURN_0 = bytes.fromhex("b7000000000000009500000000000000")  # r0 = 0; exit


class _LoadOptions(ctypes.Structure):
    """The beginning of struct bpf_prog_load_opts."""

    _fields_ = (
        ("sz", ctypes.c_size_t),
        ("attempts", ctypes.c_int),
        ("expected_attach_type", ctypes.c_int),
        ("prog_btf_fd", _U32),
        ("prog_flags", _U32),
        ("prog_ifindex", _U32),
        ("kern_version", _U32),
        ("attach_btf_id", _U32),
        ("attach_prog_fd", _U32),
    )


def attach_nothing(way: tuple[int, int], function: int) -> None:
    """Attach a program that does nothing to a function (its type id), and take it back.

    Raises OSError where the kernel refuses.
    """
    kind, expected = way
    options = _LoadOptions(
        sz=ctypes.sizeof(_LoadOptions), expected_attach_type=expected, attach_btf_id=function
    )
    program = _load_program(
        kind, b"pytracee_tries", b"GPL", _RETURN_0, len(_RETURN_0) // 8, ctypes.byref(options)
    )
    if program < 0:
        raise _failed("load")
    try:
        link = _open_tracepoint(None, program)
        if link < 0:
            raise _failed("attach")
        os.close(link)
    finally:
        os.close(program)


_TASK_STORAGE = 29  # BPF_MAP_TYPE_TASK_STORAGE


def has_task_storage() -> bool:
    """Whether this kernel keeps values with its tasks."""
    return bool(_probe_map(_TASK_STORAGE, None) > 0)


class _RunOptions(ctypes.Structure):
    """The beginning of struct bpf_test_run_opts."""

    _fields_ = (("sz", ctypes.c_size_t), ("data", _P * 4), ("sizes", _U32 * 8))


_RUN = _RunOptions(sz=ctypes.sizeof(_RunOptions))


def run_once(program: int) -> None:
    """Run a program (its descriptor) that takes nothing. Raises OSError."""
    if _test_run(program, ctypes.byref(_RUN)):
        raise _failed("run")


_INFO_SIZE, _MISSES_AT = 216, 208  # struct bpf_prog_info, up to its recursion_misses (5.12)


def misses(program: int) -> int:
    """How often the kernel left a program (its descriptor) out, as it was at work on that processor
    already; 0 where the kernel does not count it. Raises OSError.
    """
    info, size = ctypes.create_string_buffer(_INFO_SIZE), _U32(_INFO_SIZE)
    with lifted(Capability.BPF):
        if _info(program, info, ctypes.byref(size)):
            raise _failed("info")
    return int.from_bytes(info.raw[_MISSES_AT:_INFO_SIZE], "little")


def keys(fd: int, size: int) -> Iterator[bytes]:
    """The keys of a map, of `size` bytes each."""
    key, following = None, ctypes.create_string_buffer(size)
    while not _next_key(fd, key, following):
        key = following.raw
        yield key


def libbpf_version() -> str:
    """Its version, and the file that it is in."""
    words: bytes = _version()
    return f"{words.decode()} ({_lib._name})"


def possible_cpus() -> int:
    return int(_possible_cpus())


class KernelTypes:
    """The running kernel's BTF. Raises OSError where it has none."""

    def __init__(self) -> None:
        self._pointer = _vmlinux_btf()
        _MESSAGES.clear()
        if not self._pointer:
            raise OSError(ctypes.get_errno(), "this kernel has no BTF")

    def has_tracepoint(self, name: str) -> bool:
        """Whether a tp_btf program can attach there: each has a typedef btf_trace_NAME."""
        return self._find(f"btf_trace_{name}", _BTF_KIND_TYPEDEF) > 0

    def function(self, name: str) -> int:
        """A kernel function's type id, by which programs name it; 0 where it is not there."""
        return max(0, self._find(name, _BTF_KIND_FUNC))

    def structure(self, name: str) -> int:
        """A structure's type id; 0 where it is not there."""
        return max(0, self._find(name, _BTF_KIND_STRUCT))

    def at(self, number: int) -> int:
        """The address of a type's description, struct btf_type."""
        return int(_btf_type(self._pointer, number))

    def name(self, offset: int) -> str:
        """A name, by its offset in the BTF's strings; "" for the nameless."""
        found: bytes = _btf_name(self._pointer, offset)
        return found.decode()

    def size(self, number: int) -> int:
        """Bytes of a type."""
        return int(_btf_size(self._pointer, number))

    def _find(self, name: str, kind: int) -> int:
        return int(_find_type(self._pointer, name.encode(), kind))
