# SPDX-License-Identifier: Apache-2.0
"""Where events are filtered that a policy's path filters exclude: in the kernel, or after it."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from bench.processes import collecting, need_root
from bench.section import Figure, NotHere, Result, Setting, Target

_EVENT = "security_file_open"
_STAYS = Target(95, at_least=True)
_FILTERED = re.compile(r", filtered (\d+)(?: \((\d+) in the kernel\))?")
_PREFIXES = ("/etc/*", "/root/.ssh/*", "/var/lib/kubelet/*", "/boot/*")
#: filters on the path, of which a policy has the one or the other
_PATHS: dict[str, Sequence[str]] = {
    "prefixes": [",".join(_PREFIXES)],
    "prefixes of 64 policies": [f"{_PREFIXES[at % 4]},/srv/data{at}/*" for at in range(64)],
    "suffixes": ["*.pem,*.key,*/authorized_keys"],
    "whole paths": ["/etc/shadow,/etc/passwd"],
    "* inside": ["/home/*/.ssh/*,/usr/*/doc/*/copyright"],
}


def measure(setting: Setting) -> Result:
    need_root()
    return [one for name, paths in _PATHS.items() for one in _figures(setting, name, paths)]


def _figures(setting: Setting, name: str, paths: Sequence[str]) -> Iterator[Figure]:
    """Of a run over all directories there are: each is opened."""
    words = ("--policy", str(_policies(setting.folder, name, paths)), "--output", "none")
    with collecting(*words, to=subprocess.DEVNULL) as collector:
        collector.wait_attached()
        root = "/" if not setting.quick else "/usr/share"
        subprocess.run(["find", root, "-xdev"], stdout=subprocess.DEVNULL, check=False)
        said = collector.end()
    found = _FILTERED.search(said)
    if not found:
        raise NotHere(f"nothing was filtered: {said}")
    filtered, in_kernel = int(found[1]), int(found[2] or 0)
    share = 100 * in_kernel / filtered
    target = None if name == "* inside" else _STAYS
    yield Figure(f"{name}: never left the kernel", share, "% of the excluded", target)
    yield Figure(f"{name}: filtered in the kernel", in_kernel, "events")
    yield Figure(f"{name}: filtered after it", filtered - in_kernel, "events")


def _policies(folder: Path, name: str, paths: Sequence[str]) -> Path:
    """A policy for each."""
    path = folder / f"{name.replace(' ', '-')}.yaml"
    path.write_text(yaml.safe_dump_all(_policy(f"p{at}", one) for at, one in enumerate(paths)))
    return path


def _policy(name: str, paths: str) -> dict[str, object]:
    return {
        "apiVersion": "tracee.aquasec.com/v1beta1",
        "kind": "Policy",
        "metadata": {"name": name, "annotations": {"description": "A measurement's."}},
        "spec": {
            "scope": ["comm=find"],
            "rules": [{"event": _EVENT, "filters": [f"data.pathname={paths}"]}],
        },
    }
