# SPDX-License-Identifier: Apache-2.0
"""Provides the pinned OPA: the one at hand, else the official binary, else one built with Go."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from detector.opa.binary import OFFICIAL, VERSION, NotOpa, OpaMissing, cached, find, version_of

RELEASES = "https://github.com/open-policy-agent/opa/releases/download"
MODULE = f"github.com/open-policy-agent/opa@v{VERSION}"


class Failed(Exception):
    """One way to get OPA did not work; the message says why."""


def install(releases: str = RELEASES, official: Mapping[str, tuple[str, str]] = OFFICIAL) -> Path:
    """The path of an OPA of VERSION, downloaded or built into the user's cache if need be.

    `releases` is the https address above `vVERSION/NAME`; `official` maps the machine to the
    NAME there and its SHA-256. OpaMissing lists every way that was tried and why it failed.
    """
    failures: list[str] = []
    if found := find(failures):
        return found
    ways: tuple[Callable[[Path], None], ...] = (
        lambda target: _download(releases, official, target),
        _build,
    )
    for way in ways:
        try:
            return _provide(way)
        except Failed as failure:
            _say(str(failure))
            failures.append(str(failure))
    raise OpaMissing(_nothing_worked(failures))


def _provide(way: Callable[[Path], None]) -> Path:
    """Lets `way` write OPA to a private file, checks it and moves it to its place at once."""
    target = cached()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as private:
            fresh = Path(private) / "opa"
            way(fresh)
            _check_version(fresh)
            fresh.replace(target)
    except OSError as error:
        raise Failed(f"{target.parent}: {error}") from None
    _say(f"installed {target}")
    return target


def _download(releases: str, official: Mapping[str, tuple[str, str]], target: Path) -> None:
    from detector.opa.download import DownloadFailed, download  # 40 ms, once in a machine's life

    machine = platform.machine()
    if machine not in official:
        raise Failed(f"there is no official OPA binary for {machine}")
    name, sha256 = official[machine]
    url = f"{releases}/v{VERSION}/{name}"
    _say(f"downloading {url}")
    try:
        with target.open("xb") as file:
            download(url, sha256, file)
    except DownloadFailed as error:
        raise Failed(str(error)) from None
    target.chmod(0o755)  # not before it is known to be the real one


def _build(target: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise Failed("there is no `go` on PATH to build OPA with")
    _say(f"building OPA {VERSION} with {go}: this takes some minutes")
    # In the private folder, because a go.mod or go.work around the caller would interfere.
    built = subprocess.run(
        [go, "install", "-ldflags", "-s -w", MODULE],
        cwd=target.parent,
        env=os.environ | {"CGO_ENABLED": "0", "GOBIN": str(target.parent), "GOFLAGS": ""},
        stdin=subprocess.DEVNULL,
        stdout=2,  # ours is for the path alone
        check=False,
    )
    if built.returncode != 0:
        raise Failed(f"`go install {MODULE}` ended with status {built.returncode} (see above)")


def _check_version(fresh: Path) -> None:
    try:
        version = version_of(fresh)
    except NotOpa as error:
        raise Failed(f"the new OPA in {fresh.parent} {error}") from None
    if version != VERSION:
        raise Failed(f"the new OPA is version {version}, not {VERSION}")


def _nothing_worked(failures: list[str]) -> str:
    tried = "".join(f"\n  - {failure}" for failure in failures)
    return (
        f"OPA {VERSION} could not be provided:{tried}\n"
        f"Put an OPA {VERSION} on PATH or name it in PYTRACEE_OPA, or run this again "
        f"with a network or with a Go toolchain."
    )


def _say(line: str) -> None:
    print(f"opa: {line}", file=sys.stderr, flush=True)


def main() -> int:
    """Installs OPA and prints its path; returns the exit status."""
    try:
        path = install()
    except OpaMissing as error:
        _say(str(error))
        return 2
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
