# SPDX-License-Identifier: Apache-2.0
"""Debian packages of any suite, unpacked in the user's cache folder and nowhere else.

apt fetches and verifies them, with a state of its own: this machine's packages, lists and sources
stay as they are. What is in the cache is used as it is; remove its folder to fetch it anew.
"""

import fcntl
import lzma
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lab.needs import KEYRING
from pytracee.service.errors import OperatorError

_XZ = b"\xfd7zXZ\0"  # how xz data begin
#: of a kernel's modules, those of sound cards and of most devices are 9 of 10 bytes
_LEFT_OUT = ("*/kernel/sound", "*/kernel/drivers/[!bcnv]*", "*/drivers/net/[ew]*")
_APT_CONF = """
Dir::State "{here}"; Dir::State::status "/dev/null"; Dir::Cache "{here}";
Dir::Etc::SourceList "{here}/sources.list"; Dir::Etc::SourceParts "-";
APT::Sandbox::User "root";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


def cache() -> Path:
    """The lab's cache folder, made if it is not there."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "pytracee" / "kernel-lab"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Wait until no other process is in the section of this name, and keep others out."""
    with (cache() / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"waiting for another kernel-lab ({name})")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fetch(name: str, suite: str, pattern: str, mirror: str | None = None) -> Path:
    """The folder with the newest package of a Debian suite whose name matches `pattern`, unpacked.

    `name` is the folder's; `mirror` a Debian mirror's URL, else the one that apt is set up with.
    Raises OperatorError where it cannot be had.
    """
    folder = cache() / f"{name}-{suite}"
    if folder.is_dir():
        return folder
    with one_at_a_time("fetch"), tempfile.TemporaryDirectory(prefix="fetch-", dir=cache()) as work:
        if not folder.is_dir():  # still: another may have fetched it meanwhile
            _say(f"fetching {name} from Debian {suite}")
            try:
                _download(Path(work), suite, pattern, mirror or _mirror())
                _unpack(Path(work), Path(work, "tree"))
            except subprocess.CalledProcessError as error:
                raise OperatorError(
                    f"{error.cmd[0]} could not fetch {name} from Debian {suite} (see above): "
                    "it needs a network and a Debian mirror: name one with --mirror URL"
                ) from None
            Path(work, "tree").rename(folder)
    return folder


def _say(text: str) -> None:
    print(f"kernel-lab: {text}", file=sys.stderr, flush=True)


def _run(folder: Path, *command: str) -> list[str]:
    """The words that a command prints. Raises CalledProcessError."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split()


def _mirror() -> str:
    targets = ("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
    for uri in _run(Path("/"), *targets):
        if re.search("/debian/?$", uri):
            return uri
    raise OperatorError("apt has no Debian mirror configured: name one with --mirror URL")


def _download(work: Path, suite: str, pattern: str, mirror: str) -> None:
    """The newest match and what belongs to it, as .deb files in the folder `work`."""
    source = f"deb [arch=amd64 signed-by={KEYRING}] {mirror} {suite} main\n"
    (work / "sources.list").write_text(source)
    # Read after the machine's own settings, so that its proxies stay in force.
    (work / "apt.conf").write_text(_APT_CONF.format(here=work))
    _run(work, "apt-get", "-c", "apt.conf", "-qq", "--error-on=any", "update")
    known = _run(work, "apt-cache", "-c", "apt.conf", "pkgnames")
    names = _newest(known, pattern)
    if not names:
        raise OperatorError(
            f"Debian {suite} has no package {pattern}: name another --kernel, or its --suite"
        )
    _run(work, "apt-get", "-c", "apt.conf", "-qq", "download", *names)


def _newest(known: Sequence[str], pattern: str) -> list[str]:
    """The newest match; a kernel's image and its modules may be packages of their own."""
    found = [name for name in known if re.fullmatch(pattern, name)]
    if not found:
        return []
    newest = max(found, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])
    parts = {newest.replace("-image-", part) for part in ("-image-", "-binary-", "-modules-")}
    return sorted(parts.intersection(known))


def _unpack(work: Path, tree: Path) -> None:
    tree.mkdir()
    tar = ["tar", "-x", "-C", str(tree), *(f"--exclude={pattern}" for pattern in _LEFT_OUT)]
    for package in work.glob("*.deb"):
        command = ["dpkg-deb", "--fsys-tarfile", str(package)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as files:
            subprocess.run(tar, stdin=files.stdout, check=True)
        if files.returncode:
            raise subprocess.CalledProcessError(files.returncode, command)
    for image in tree.rglob("vmlinuz*"):
        # An emulated machine takes seconds to unpack the kernel in it, and boots it as well bare.
        _, found, rest = image.read_bytes().partition(_XZ)
        if found:
            image.write_bytes(lzma.LZMADecompressor().decompress(found + rest))
