# SPDX-License-Identifier: Apache-2.0
"""What `opa check` says about a bundle."""

import subprocess
from pathlib import Path

import msgspec

CAPABILITIES = "capabilities.json"
PARSE_ERROR = "rego_parse_error"

#: What a signature must not do: reach out of the machine, or read OPA's own configuration.
REFUSED = frozenset({"http.send", "net.lookup_ip_addr", "opa.runtime"})


class CheckFailed(Exception):
    """OPA itself could not check: not an error in a signature."""


class Location(msgspec.Struct):
    file: str = ""
    row: int = 1
    col: int = 1


class Complaint(msgspec.Struct):
    """One error, at a place of the checked files."""

    message: str
    code: str = ""
    location: Location | None = None


class _Report(msgspec.Struct):
    errors: list[Complaint] = []


def write_capabilities(opa: Path, folder: Path) -> None:
    """Write what signatures may use: all that this OPA can do but REFUSED, and no host at all."""
    answer = _run([str(opa), "capabilities", "--current"], folder)
    try:
        found = msgspec.json.decode(answer.stdout, type=dict[str, object])
        every = msgspec.convert(found["builtins"], list[dict[str, object]])
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError) as error:
        raise CheckFailed(f"`opa capabilities` gave no list of built-ins: {error}") from None
    found["builtins"] = [builtin for builtin in every if builtin["name"] not in REFUSED]
    found["allow_net"] = []
    (folder / CAPABILITIES).write_bytes(msgspec.json.encode(found))


def check(opa: Path, folder: Path, *arguments: str) -> list[Complaint]:
    """All errors in the files that `arguments` name, seen from `folder`."""
    command = [str(opa), "check", "--format=json", "--max-errors=0"]
    answer = _run([*command, f"--capabilities={CAPABILITIES}", *arguments], folder)
    if answer.returncode == 0:
        return []
    try:
        found = msgspec.json.decode(answer.stderr, type=_Report).errors
    except msgspec.DecodeError:
        found = []
    if not found:
        said = answer.stderr.decode(errors="backslashreplace").strip()
        raise CheckFailed(f"`opa check` ended with status {answer.returncode}: {said}")
    return found


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CheckFailed(f"cannot run {command[0]}: {error}") from None
