# SPDX-License-Identifier: Apache-2.0
"""The lab without a guest: what it needs, fetches, passes on, and says where it cannot."""

import io
import lzma
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from lab import needs
from lab.kernels import kernel
from lab.machine import GuestFailed, OutOfTime, relay
from lab.packages import cache
from pytracee.service.errors import OperatorError

_MARK = b"0123456789abcdef"
_NAMES = """
linux-image-6.1.0-9-amd64 linux-image-6.1.0-50-amd64 linux-image-6.1.0-51-cloud-amd64
linux-image-6.1.0-52-rt-amd64 linux-image-6.1.0-53-amd64-dbg linux-image-6.12.1+deb13-amd64
linux-modules-6.12.1+deb13-amd64 linux-image-amd64 busybox-static
"""
_CURE = "(see above): it needs a network and a Debian mirror: name one with --mirror URL"
_APT_GET = """#!/bin/sh
for last; do :; done
case $* in
    *indextargets*) echo {mirror} ;;
    *update*) grep -q 'signed-by=.*{mirror} ' sources.list || exit 100 ;;
    *download*) cp {debs}/* . && echo "$last" >>{debs}/../asked ;;
esac
"""


def test_a_machine_without_what_the_lab_needs_is_told_them_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(needs, "KEYRING", tmp_path / "keyring")
    with pytest.raises(OperatorError) as caught:
        needs.check()
    assert str(caught.value) == (
        f"missing: apt-get, dpkg-deb, qemu-system-x86_64, setpriv, tar, {tmp_path}/keyring: "
        "apt-get install apt dpkg qemu-system-x86 util-linux tar debian-archive-keyring "
        "(Debian 12, Ubuntu 24.04 or newer)"
    )


def test_another_architecture_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    with pytest.raises(OperatorError, match="not aarch64: use an x86_64 machine"):
        needs.check()


class Apt:
    """A Debian mirror's packages, in place of a network: apt is ours, dpkg-deb is the real one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bin = folder / "bin"
        self._debs = folder / "debs"
        self._bin.mkdir()
        self._debs.mkdir()
        self._program("apt-cache", f"#!/bin/sh\necho '{_NAMES}'\n")
        self.serve("mirror:/debian")

    def _program(self, name: str, text: str) -> None:
        (self._bin / name).write_text(text)
        (self._bin / name).chmod(0o755)

    def serve(self, mirror: str) -> None:
        self._program("apt-get", _APT_GET.format(mirror=mirror, debs=self._debs))

    def package(self, image: bytes) -> None:
        tree = self._folder / "tree"
        for name, text in {
            "DEBIAN/control": b"Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m\n"
            b"Description: d\n",
            "boot/vmlinuz-1": image,
            "lib/modules/1/kernel/net/9p/9p.ko.xz": lzma.compress(b"module"),
            "lib/modules/1/kernel/sound/sound.ko": b"left out",
        }.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes(text)
        build = ["dpkg-deb", "--build", str(tree), str(self._debs / "p.deb")]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)

    def asked(self) -> list[str]:
        path = self._folder / "asked"
        return path.read_text().split() if path.exists() else []


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Apt:
    if not shutil.which("dpkg-deb"):
        pytest.skip("makes a Debian package: needs dpkg-deb")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    return Apt(tmp_path)


def test_the_newest_kernel_of_a_version_is_fetched_once(apt: Apt) -> None:
    apt.package(b"stub" + lzma.compress(b"\x7fELF kernel") + b"tail")
    found = kernel("6.1")
    assert kernel("6.1") == found
    assert apt.asked() == ["linux-image-6.1.0-50-amd64"]
    assert found.image.read_bytes() == b"\x7fELF kernel"
    assert found.modules(["9p", "sound", "virtio"]) == {"9p": b"module"}


def test_the_newest_kernel_of_all_comes_with_its_modules(apt: Apt) -> None:
    apt.package(b"bare")
    assert kernel("newest").image.read_bytes() == b"bare"
    assert apt.asked() == ["linux-modules-6.12.1+deb13-amd64"]  # the last of the two


@pytest.mark.usefixtures("apt")
def test_a_kernel_that_there_is_not() -> None:
    with pytest.raises(OperatorError, match=r"^Debian bullseye has no package linux-image-5\\\.10"):
        kernel("5.10")
    assert [path.name for path in cache().iterdir()] == ["fetch.lock"]


@pytest.mark.parametrize(
    ("served", "named", "complaint"),
    [
        ("mirror:/ubuntu", None, "apt has no Debian mirror configured: name one with --mirror URL"),
        (
            "mirror:/debian",
            "other:/debian",
            f"apt-get could not fetch 6.1 from Debian bookworm {_CURE}",
        ),
    ],
)
def test_a_mirror_that_there_is_not(
    served: str, named: str | None, complaint: str, apt: Apt
) -> None:
    apt.serve(served)
    with pytest.raises(OperatorError) as caught:
        kernel("6.1", mirror=named)
    assert str(caught.value) == complaint


def relayed(*written: bytes) -> tuple[int, bytes]:
    """Status and output, for a guest that writes these, one after the other, and ends."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    out = io.BytesIO()
    with ours, theirs:
        for data in written:
            theirs.send(data)
        theirs.shutdown(socket.SHUT_WR)
        return relay(ours.fileno(), _MARK, time.monotonic() + 60, out), out.getvalue()


def test_output_ends_at_the_mark_and_its_status_follows() -> None:
    assert relayed(b"one\n0123 012" + _MARK + b"7;") == (7, b"one\n0123 012")
    assert relayed(_MARK + b"255;") == (255, b"")


def test_a_mark_in_pieces_is_no_output_and_what_only_begins_like_it_is() -> None:
    pieces = (b"out 0123", b"4x", b"0123456789", b"abcdef1", b"2", b";")
    assert relayed(*pieces) == (12, b"out 01234x")


def test_output_is_passed_on_as_it_comes() -> None:
    out = io.BytesIO()
    ours, theirs = os.pipe()
    os.write(theirs, b"boot\npanic")
    os.close(theirs)
    with pytest.raises(GuestFailed, match="the guest died"):
        relay(ours, _MARK, time.monotonic() + 60, out)
    os.close(ours)
    assert out.getvalue() == b"boot\npanic"


def test_a_guest_that_says_nothing_is_out_of_time_at_the_deadline() -> None:
    ours, theirs = os.pipe()
    with pytest.raises(OutOfTime):
        relay(ours, _MARK, time.monotonic(), io.BytesIO())
    os.close(ours)
    os.close(theirs)
