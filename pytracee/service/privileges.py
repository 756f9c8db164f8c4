# SPDX-License-Identifier: Apache-2.0
"""Giving up root once what needs it is done (docs/privileges.md)."""

import encodings
import os
import pwd
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from pytracee.service import capabilities
from pytracee.service.capabilities import Capability
from pytracee.service.errors import OperatorError

_F = TypeVar("_F", bound=Callable[..., Any])
_NAMES = ("pytracee", "nobody")  # whom we become, the first that there is
#: what the interpreter still has to read when it runs
_OURS = (sys.executable, encodings.__file__, __file__, click.__file__)
_ROOT = 0


class User(msgspec.Struct, frozen=True):
    """Whom a process becomes."""

    name: str
    uid: int
    gid: int


def with_option(command: _F) -> _F:
    """A click command with --user."""
    return click.option(
        "--user",
        metavar="NAME",
        help="Who it becomes once what needs root is done. Default: pytracee, else nobody; root "
        "stays root, without capabilities.",
    )(command)


def user_for(wanted: str | None, needed: Iterable[Path | str] = ()) -> User | None:
    """Who we become; None: we are not root, or nobody else could go on with what we need.

    `needed`: files that are read later too. Raises OperatorError for a user that cannot be had.
    """
    if os.geteuid() != _ROOT:
        if wanted:
            raise OperatorError(f"--user {wanted}: only root becomes another user")
        return None
    if wanted:
        return _wanted(wanted, [*_OURS, *needed])
    found = (_of_name(name) for name in (*_NAMES, os.environ.get("SUDO_USER", "")))
    return next((one for one in found if one and not unreadable(one, [*_OURS, *needed])), None)


def _wanted(name: str, needed: Iterable[Path | str]) -> User:
    found = _of_name(name)
    if found is None:
        raise OperatorError(f"--user {name}: there is no such user")
    if found.uid != _ROOT and (barred := unreadable(found, needed)):
        raise OperatorError(
            f"--user {name}: may not read {barred}: let it, or install pytracee elsewhere"
        )
    return found


def _of_name(name: str) -> User | None:
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    return User(found.pw_name, found.pw_uid, found.pw_gid)


def unreadable(user: User, needed: Iterable[Path | str]) -> str:
    """The first of these that a user may not read; "" if there is none."""
    with _as(user):
        barred = (path for path in needed if not os.access(path, os.R_OK, effective_ids=True))
        return str(next(barred, ""))


@contextmanager
def _as(user: User) -> Iterator[None]:
    """Effectively, and not for good."""
    groups, gid = os.getgroups(), os.getegid()
    with capabilities.same_death_signal():
        os.setgroups([])
        os.setegid(user.gid)
        os.seteuid(user.uid)
        try:
            yield
        finally:
            os.seteuid(_ROOT)
            os.setegid(gid)
            os.setgroups(groups)


def drop(user: User | None, kept: Iterable[Capability] = ()) -> None:
    """Become that user for good, of the capabilities keep these in reserve (`lifted`), and let
    nobody whom we start have more. Threads that run already would keep theirs: start them later.
    """
    allowed = capabilities.permitted() & capabilities.bits(kept)
    with capabilities.same_death_signal():
        capabilities.gain_no_more()
        if user is not None and user.uid != _ROOT:
            capabilities.keep_over_change_of_user()
            os.setgroups([])
            os.setresgid(user.gid, user.gid, user.gid)
            os.setresuid(user.uid, user.uid, user.uid)
        capabilities.hold_in_reserve(allowed)


def told(user: User | None) -> str:
    """What is to be said of it: "" where all goes as it should."""
    if user is not None or os.geteuid() != _ROOT:
        return ""
    return (
        "stays root, without capabilities: no other user may read the files that it runs from: "
        "install it where everybody may read, or name one with --user"
    )
