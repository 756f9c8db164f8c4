# SPDX-License-Identifier: Apache-2.0
"""The file system that a guest begins with, in memory."""

from collections.abc import Mapping
from importlib.resources import files

from lab.kernels import Kernel

#: in loading order; which of them are built in, or needed at all, differs between kernels
_MODULES = (
    "virtio", "virtio_ring", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci",
    "virtio_console", "netfs", "fscache", "9pnet", "9pnet_virtio", "9p", "overlay",
)  # fmt: skip
_EXECUTABLE = 0o100755


def initramfs(kernel: Kernel, busybox: bytes, job: str, mark: str, modules: list[str]) -> bytes:
    """An archive that boots into `job`, a shell script, and ends its output with `mark`."""
    wanted = [*_MODULES, *modules]
    scripts = files("lab")
    return archive(
        {
            "init": (scripts / "init.sh").read_bytes(),
            "main.sh": (scripts / "main.sh").read_bytes(),
            "busybox": busybox,
            "job": job.encode(errors="surrogateescape"),
            "mark": mark.encode(),
            "modules": " ".join(wanted).encode(),
            **{f"{name}.ko": data for name, data in kernel.modules(wanted).items()},
        }
    )


def archive(contents: Mapping[str, bytes]) -> bytes:
    """A cpio archive of the form "newc" (man 5 cpio): name → bytes, every file executable."""
    packed = bytearray()
    for inode, (name, content) in enumerate([*contents.items(), ("TRAILER!!!", b"")]):
        fields = (inode, _EXECUTABLE, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields)
        for part in (head + name.encode() + b"\0", content):
            packed += part + bytes(-len(part) % 4)
    return bytes(packed)
