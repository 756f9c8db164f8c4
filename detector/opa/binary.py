# SPDX-License-Identifier: Apache-2.0
"""Which OPA runs: one pinned version, and the places where it is looked for."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

VERSION = "1.21.0"
# SHA-256 of the official static binaries of that release, by the machine's name in uname(2).
OFFICIAL: Mapping[str, tuple[str, str]] = {
    "x86_64": (
        "opa_linux_amd64_static",
        "5eef70644868bb04d0556bcc795ee42f2ab379e73f51d1bfa30f83e1305bc9b9",
    ),
    "aarch64": (
        "opa_linux_arm64_static",
        "0ec34027c15b4d969c21d01ed570fe14fbebd508a08157043ab09f9a0dccbee6",
    ),
}
CURE = (
    "run `detector --install-opa` (or scripts/run in a source tree), "
    f"or set PYTRACEE_OPA to the path of an OPA {VERSION}"
)
NAMED_CURE = f"let it name an OPA {VERSION}, or unset it and run `detector --install-opa`"


class OpaMissing(Exception):
    """No OPA of the pinned version can be run; the message says why and what to do."""


class NotOpa(Exception):
    """This file does not answer `version` as OPA does; the message is a half sentence."""


def locate() -> Path:
    """The absolute path of an OPA of exactly VERSION; OpaMissing when there is none.

    Looked for in $PYTRACEE_OPA, on PATH and in the user's cache, in this order. The version is
    asked of the program each time: about 15 ms, too little for a verdict that could go stale.
    """
    passed_over: list[str] = []
    path = find(passed_over)
    if path is None:
        seen = f" (passed over: {'; '.join(passed_over)})" if passed_over else ""
        raise OpaMissing(f"OPA {VERSION} was not found{seen}: {CURE}")
    return path


def find(passed_over: list[str]) -> Path | None:
    """As `locate`, but None when there is none; says in `passed_over` what was unsuitable.

    A wrong $PYTRACEE_OPA is an OpaMissing at once: what was named is not replaced in silence.
    """
    if named := os.environ.get("PYTRACEE_OPA"):
        return _named(Path(named).absolute())
    for path in _candidates():
        try:
            version = version_of(path)
        except NotOpa as error:
            passed_over.append(f"{path} {error}")
            continue
        if version == VERSION:
            return path
        passed_over.append(f"{path} is OPA {version}")
    return None


def cached() -> Path:
    """Where the installed OPA of VERSION lies, or will lie; OpaMissing without a home folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG base directory specification: a relative path there is to be ignored.
    if not cache.is_absolute():
        try:
            cache = Path.home() / ".cache"
        except RuntimeError:
            raise OpaMissing("this user has no home folder to keep OPA in: set HOME") from None
    return cache / "pytracee" / f"opa-{VERSION}" / "opa"


def version_of(path: Path) -> str:
    """What `PATH version` says, such as "1.21.0"; NotOpa when it says nothing of the kind."""
    command = [str(path), "version"]
    try:
        answer = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
        )
    except OSError as error:
        raise NotOpa(f"cannot be run ({error.strerror})") from None
    except subprocess.TimeoutExpired:
        raise NotOpa("did not answer `version` within 20 s") from None
    found = re.search(rb"^Version: (\S+)$", answer.stdout, re.MULTILINE)
    if answer.returncode != 0 or found is None:
        raise NotOpa(f"is no OPA (`version` ended with status {answer.returncode})")
    return found[1].decode(errors="backslashreplace")


def _named(path: Path) -> Path:
    try:
        version = version_of(path)
    except NotOpa as error:
        raise OpaMissing(f"PYTRACEE_OPA: {path} {error}: {NAMED_CURE}") from None
    if version != VERSION:
        raise OpaMissing(f"PYTRACEE_OPA: {path} is OPA {version}: {NAMED_CURE}")
    return path


def _candidates() -> Iterator[Path]:
    if on_path := shutil.which("opa"):
        yield Path(on_path).absolute()
    cache = cached()
    if cache.exists():
        yield cache
