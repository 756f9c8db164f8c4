# SPDX-License-Identifier: Apache-2.0
"""Opening a file to write to, so that nobody else decides which file that is.

Root writes what people run. Where others may put files, as in /tmp, they can have put a link under
the name, or a file of their own that they read. The kernel guards against that where it is told to
(fs.protected_symlinks and its siblings, man 5 proc_sys_fs); here it holds everywhere.
"""

import errno
import os
import stat

from pytracee.service.opener import OPENER

_LINKS = 40  # that a path may lead over (man 7 path_resolution)
_PRIVATE = 0o600  # events and findings tell what people run
_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC


class Unsafe(OSError):
    """Another user could have chosen the file; the text says how, and the cure."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EPERM, f"{why}: name a file in a folder of your own")


def open_to_write(name: str, flags: int = os.O_APPEND) -> int:
    """A descriptor of the file, which is made (0600) where there is none. Raises OSError."""
    try:
        return _open(name, flags)
    except PermissionError:  # not any more, after root was given up
        return OPENER.open(name)


def _open(name: str, flags: int) -> int:
    folder, last, follow = _locate(os.path.abspath(name))
    try:
        flags |= os.O_WRONLY | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
        try:
            return os.open(last, flags | os.O_CREAT | os.O_EXCL, _PRIVATE, dir_fd=folder)
        except FileExistsError:
            return _open_existing(folder, last, flags)
    finally:
        os.close(folder)


def _open_existing(folder: int, last: str, flags: int) -> int:
    where = os.fstat(folder)
    if _is_foreign(where):  # before, too: opening another's pipe would wait for a reader
        _check(os.stat(last, dir_fd=folder, follow_symlinks=False), where)
    fd = os.open(last, flags, dir_fd=folder)
    try:
        if _is_foreign(where):
            _check(os.fstat(fd), where)
    except Unsafe:
        os.close(fd)
        raise
    return fd


def _check(found: os.stat_result, where: os.stat_result) -> None:
    """Raises Unsafe for a file that is neither ours nor of the folder's owner, or of two names."""
    if not _is_ours(found) and found.st_uid != where.st_uid:
        raise Unsafe(f"it belongs to user {found.st_uid}, in a folder that is not yours alone")
    if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
        raise Unsafe("the file has another name too, in a folder that is not yours alone")


def _locate(path: str) -> tuple[int, str, bool]:
    """The folder where an absolute path ends, the name there, and whether that is a link of /proc.

    Goes through the folders one by one, for each link that is on the way could be a planted one.
    """
    folder, left, links = os.open("/", _FOLDER), path.split("/")[::-1], 0
    try:
        while True:
            part = left.pop()
            target = _target(folder, part)
            if target is not None and _is_of_proc(folder) and not left:
                return folder, part, True
            if target is not None:
                links += 1
                if links > _LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                left += target.split("/")[::-1]
                part = "/" if target.startswith("/") else "."
            elif not left:
                return folder, part or ".", False
            folder = _into(folder, part or ".")
    except OSError:
        os.close(folder)
        raise


def _into(folder: int, part: str) -> int:
    below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    os.close(folder)
    return below


def _target(folder: int, part: str) -> str | None:
    """Where the link of that name leads; None for what is none. Raises Unsafe."""
    try:
        found = os.stat(part or ".", dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISLNK(found.st_mode):
        return None
    if _is_foreign(os.fstat(folder)) and not _is_ours(found):
        raise Unsafe(f"{part} is a link of user {found.st_uid}, in a folder not yours alone")
    return os.readlink(part, dir_fd=folder)


def _is_of_proc(folder: int) -> bool:
    """Its links are to what a process has open, and are the kernel's own: /dev/fd/63."""
    return os.fstat(folder).st_dev == os.stat("/proc").st_dev


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid in (0, os.geteuid())


def _is_foreign(folder: os.stat_result) -> bool:
    """Whether another user may put files there."""
    return not _is_ours(folder) or bool(folder.st_mode & stat.S_IWOTH)
