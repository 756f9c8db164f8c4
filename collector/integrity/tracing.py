# SPDX-License-Identifier: Apache-2.0
"""Functions whose beginning the kernel's function tracer patched: enabled_functions of tracefs,
read without a mount where there is none.
"""

import ctypes
import os
import re
from collections.abc import Container, Iterator
from typing import Any

from collector.integrity.finding import Found, View
from collector.integrity.symbols import SYSTEM

_NAME = "enabled_functions"
_MOUNTED = ("/sys/kernel/tracing", "/sys/kernel/debug/tracing")
_FSOPEN, _FSCONFIG, _FSMOUNT = 430, 431, 432
_CREATE = 6  # FSCONFIG_CMD_CREATE
_libc = ctypes.CDLL(None, use_errno=True)
#: lib/vsprintf.c: a symbol, where in it, whose; or the bare address
_PLACE = (
    r"(?P<{0}>[\w.]+)(?:\+0x(?P<{0}_offset>[0-9a-f]+)/0x[0-9a-f]+)?(?: \[(?P<{0}_owner>[\w]+)\])?"
)
_ENTRY = re.compile(
    r"(?P<symbol>[\w.]+)(?: \[\w+\])? \((?P<count>\d+)\)(?P<flags>[ A-Z]*)(?P<rest>.*)"
)
_TRAMPOLINE = re.compile(rf"tramp: {_PLACE.format('trampoline')}")
#: the last of them is what is called in the end: `(op)` after the trampoline, ops, `->called`
_CALLBACK = re.compile(rf"(?:\(|->){_PLACE.format('callback')}")


def check(_view: View, own: Container[str] = ()) -> Iterator[Found]:
    """ftrace_hook, for each function that is not only traced by programs of ours (`own`)."""
    for entry in entries(read()):
        if entry["count"] != 1 or entry["symbol"] not in own:
            yield Found("ftrace_hook", entry)


def entries(text: str) -> Iterator[dict[str, Any]]:
    """Arguments of ftrace_hook, for each function in enabled_functions (kernel/trace/ftrace.c)."""
    for line in text.replace("\n\t", " ").splitlines():
        match = _ENTRY.match(line)
        if match is None:
            continue
        trampoline = _TRAMPOLINE.search(match["rest"])
        callback = next(reversed(list(_CALLBACK.finditer(match["rest"]))), None)
        yield {
            "symbol": match["symbol"],
            "trampoline": trampoline["trampoline"] if trampoline else "",
            "callback": callback["callback"] if callback else "",
            "callback_offset": int(callback["callback_offset"] or "0", 16) if callback else 0,
            "callback_owner": (callback["callback_owner"] or SYSTEM) if callback else "",
            "flags": match["flags"].replace(" ", ""),
            "count": int(match["count"]),
        }


def read() -> str:
    """What enabled_functions says. Raises OSError."""
    for folder in _MOUNTED:
        if os.path.exists(f"{folder}/{_NAME}"):
            return _text(os.open(f"{folder}/{_NAME}", os.O_RDONLY))
    root = _mount()
    try:
        return _text(os.open(_NAME, os.O_RDONLY, dir_fd=root))
    finally:
        os.close(root)


def why_not() -> str:
    """Why it cannot be read; "" where it can."""
    try:
        read()
    except OSError as error:
        return f"tracefs shows no {_NAME} ({error.strerror})"
    return ""


def _text(fd: int) -> str:
    with open(fd) as file:
        return file.read()


def _mount() -> int:
    """A descriptor of the root of tracefs, mounted nowhere. Raises OSError."""
    context = _call(_FSOPEN, b"tracefs", 1)
    try:
        _call(_FSCONFIG, context, _CREATE, None, None, 0)
        return _call(_FSMOUNT, context, 1, 0)
    finally:
        os.close(context)


def _call(number: int, *args: object) -> int:
    found = int(_libc.syscall(number, *args))
    if found < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return found
