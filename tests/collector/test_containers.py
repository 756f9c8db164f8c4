# SPDX-License-Identifier: Apache-2.0
"""Containers by the paths of their control groups, as each runtime names them."""

import os
from pathlib import Path

import pytest

from collector.context.containers import container_of, existing, hierarchy

ID = "0123456789abcdef" * 4
OTHER = "f" * 64


@pytest.mark.parametrize(
    ("path", "runtime"),
    [
        (f"/system.slice/docker-{ID}.scope", "docker"),
        (f"/docker/{ID}", "docker"),
        (f"/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope", "containerd"),
        (f"/kubepods/besteffort/pod1/{ID}", ""),
        (f"/kubepods.slice/crio-{ID}.scope", "crio"),
        (f"/kubepods.slice/crio-{ID}", "crio"),
        (f"/machine.slice/libpod-{ID}.scope", "podman"),
        (f"/machine.slice/libpod-{ID}.scope/container", "podman"),
        (f"/docker-{OTHER}.scope/kubepods/cri-containerd-{ID}.scope", "containerd"),
    ],
)
def test_paths_of_containers(path: str, runtime: str) -> None:
    assert container_of(path) == (ID, runtime)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/user.slice/user-0.slice",
        f"/docker-{ID[:-1]}.scope",
        f"/docker-{ID}0.scope",
        f"/docker-{ID.upper()}.scope",
        f"/libpod-conmon-{ID}.scope",
        f"/crio-conmon-{ID}.scope",
        f"/a{ID}",
        f"/docker-{ID}.scope\n",
    ],
)
def test_paths_of_no_container(path: str) -> None:
    assert container_of(path) is None


def test_existing_groups_are_their_directories_inodes(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/file").touch()
    found = {path: number for number, path in existing(tmp_path)}
    assert found.keys() == {"/.", "/a", "/a/b"}
    assert found["/a/b"] == os.stat(tmp_path / "a/b").st_ino


def test_the_hierarchy_is_a_mounted_one() -> None:
    root = hierarchy()
    kinds = [line.split()[2] for line in Path("/proc/mounts").read_text().splitlines()]
    assert (root is not None) == ("cgroup2" in kinds)
    if root:
        assert (root / "cgroup.procs").exists()
