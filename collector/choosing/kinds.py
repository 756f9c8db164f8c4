# SPDX-License-Identifier: Apache-2.0
"""The kinds of scope: what of a task or its container can be asked about."""

from dataclasses import dataclass

from collector.choosing.condition import Form


@dataclass(frozen=True, slots=True)
class Kind:
    """`key` is its name in a Condition, `attribute` that of a Subject which holds the value.

    `names` are what the operator may write; the first is what we show. A `mark` is written alone
    (`container`) or, for `NAME=new`, as that value.
    """

    key: str
    attribute: str
    form: Form
    names: tuple[str, ...]
    mark: bool = False


KINDS: tuple[Kind, ...] = (
    Kind("pid", "pid", Form.NUMBER, ("pid", "p")),
    Kind("tid", "tid", Form.NUMBER, ("tid",)),
    Kind("uid", "uid", Form.NUMBER, ("uid", "u")),
    Kind("mntns", "mntns", Form.NUMBER, ("mntns",)),
    Kind("pidns", "pidns", Form.NUMBER, ("pidns",)),
    Kind("comm", "comm", Form.TEXT, ("comm",)),
    Kind("uts", "uts", Form.TEXT, ("uts",)),
    Kind("executable", "executable", Form.TEXT, ("executable", "exec", "binary", "bin")),
    Kind("tree", "ancestors", Form.ANY_NUMBER, ("tree",)),
    Kind("pid=new", "pid_new", Form.NUMBER, ("pid=new",), mark=True),
    Kind("container", "in_container", Form.NUMBER, ("container", "c"), mark=True),
    Kind("container=new", "container_new", Form.NUMBER, ("container=new",), mark=True),
    Kind("container=ID", "container_id", Form.TEXT, ("container=ID",)),
    Kind("containerImage", "container_image", Form.TEXT, ("containerImage",)),
    Kind("containerName", "container_name", Form.TEXT, ("containerName",)),
    Kind("podName", "pod_name", Form.TEXT, ("podName",)),
    Kind("podNamespace", "pod_namespace", Form.TEXT, ("podNamespace", "podNs")),
    Kind("podUid", "pod_uid", Form.TEXT, ("podUid",)),
)

BY_KEY: dict[str, Kind] = {kind.key: kind for kind in KINDS}
BY_NAME: dict[str, Kind] = {name: kind for kind in KINDS for name in kind.names}
#: keys of what only a container's runtime can tell
OF_RUNTIMES = frozenset(("containerImage", "containerName", "podName", "podNamespace", "podUid"))
#: what the operator may write, each kind once
NAMES: tuple[str, ...] = tuple(kind.names[0] for kind in KINDS)
