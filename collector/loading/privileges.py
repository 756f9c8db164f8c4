# SPDX-License-Identifier: Apache-2.0
"""What the collector may do: told by its capabilities, not by its user id (man 7 capabilities)."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from collector.notices import debug
from pytracee.service import notices, privileges
from pytracee.service.capabilities import FOR_PROGRAMS, Capability, bits, effective, lowered
from pytracee.service.errors import OperatorError
from pytracee.service.opener import OPENER
from pytracee.service.privileges import User
from pytracee.sinks.opening import open_to_write

if TYPE_CHECKING:
    from collector.loading.kernel import Kernel

_F = TypeVar("_F", bound=Callable[..., Any])


def check() -> None:
    """Raises OperatorError where programs could not be loaded."""
    have, needed = effective(), bits(FOR_PROGRAMS)
    if have >> Capability.SYS_ADMIN & 1 or have & needed == needed:
        return
    raise OperatorError(
        "no privilege to load kernel programs: run it with sudo, or give it the capabilities "
        "CAP_BPF and CAP_PERFMON (and CAP_SYS_PTRACE, to know its own readers)"
    )


def _for_tables(kernel: "Kernel") -> tuple[Capability, ...]:
    """Containers come and go, and up to 5.18 a kernel may want one for each change of a table."""
    with lowered():
        return () if kernel.changes_without_privilege() else (Capability.BPF,)


def with_options(command: _F) -> _F:
    """A click command with --user and --no-reload, for `given`."""
    no_reload = click.option(
        "--no-reload",
        is_flag=True,
        help="Give up also what a reload (SIGHUP) would need: files are opened anew, no more.",
    )
    return privileges.with_option(no_reload(command))


@dataclass(frozen=True, slots=True)
class Privileges:
    """What the collector gives up once it is attached. `user`: whom it becomes, if anybody."""

    user: User | None
    reload: bool

    def start_opener(self, names: Iterable[str], reads: Iterable[Path]) -> None:
        """Of files that are opened anew or removed later, and of those that a reload reads."""
        absolute = [os.path.abspath(name) for name in (*names, notices.log_file()) if name]
        again = [os.path.abspath(path) for path in reads] if self.reload else []
        if os.geteuid() == 0 and (absolute or again):
            OPENER.start(absolute, open_to_write, again)

    def give_up(self, kernel: "Kernel") -> None:
        """All but what a reload needs, and that only in reserve. Raises OSError."""
        if text := privileges.told(self.user):
            debug(text)
        privileges.drop(self.user, FOR_PROGRAMS if self.reload else _for_tables(kernel))


def given(options: Mapping[str, Any]) -> Privileges:
    """From the values of those options. Raises OperatorError."""
    return Privileges(privileges.user_for(options["user"]), not options["no_reload"])
