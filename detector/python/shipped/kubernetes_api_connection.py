# SPDX-License-Identifier: Apache-2.0
"""TRC-13: a container connects to the Kubernetes API server.

Few workloads need to. The kubelet puts the server's address into the environment of every
container, and whoever looks around in one finds it there. Sees containers that started a program
since the detector runs. Does not see a server whose address came another way, by name or from a
file.
"""

from collections.abc import Iterable

from detector.python import (
    EndOfStream,
    Event,
    Example,
    PythonSignature,
    Recent,
    Selector,
    SignatureMetadata,
    data,
    example,
    texts,
)
from detector.python.sockets import FAMILIES, one_spelling, remote_of, was_refused

_VARIABLE = "KUBERNETES_SERVICE_HOST="
_CONTAINERS = 4096


class KubernetesApiConnection(PythonSignature):
    metadata = SignatureMetadata(
        id="TRC-13",
        version="0.1.0",
        name="Kubernetes API server connection detected",
        event_name="k8s_api_connection",
        description="A container connected to the Kubernetes API server. With what it learns or "
        "changes there, an adversary in the container reaches the rest of the cluster",
        tags=("container",),
        properties={
            "Severity": 1,
            "Category": "discovery",
            "Technique": "Container and Resource Discovery",
            "id": "attack-pattern--0470e792-32f8-46b0-a351-652bc35e9336",
            "external_id": "T1613",
            "MITRE ATT&CK": "Discovery: Container and Resource Discovery",
            "aliases": ["TRC-1013"],
            "references": ["https://attack.mitre.org/techniques/T1613/"],
        },
    )
    selectors = (
        Selector(
            "sched_process_exec",
            "container",
            where=data("env").any().starts_with(_VARIABLE),
            instead_of=("execve",),
        ),
        Selector("execve", "container", where=data("envp").any().starts_with(_VARIABLE)),
        Selector(
            "security_socket_connect",
            "container",
            where=data("remote_addr").key("sa_family").is_one_of(*FAMILIES),
            instead_of=("connect",),
        ),
        Selector("connect", "container", where=data("addr").key("sa_family").is_one_of(*FAMILIES)),
    )

    def __init__(self) -> None:
        self._servers: Recent[str, str] = Recent(_CONTAINERS)  # container id → address

    def on_event(self, event: Event) -> None:
        if event.container is None:
            return
        if "connect" in event.name:
            self._connect(event, event.container.id)
            return
        field = "envp" if event.name == "execve" else "env"
        for variable in texts(event.data().get(field)):
            if variable.startswith(_VARIABLE):
                server = one_spelling(variable.removeprefix(_VARIABLE))
                if server:
                    self._servers[event.container.id] = server

    def on_signal(self, signal: EndOfStream) -> None:
        del signal
        self._servers.clear()

    def _connect(self, event: Event, container: str) -> None:
        if was_refused(event):
            return
        host = remote_of(event)
        if host is not None and host.ip == self._servers.get(container):
            self.found({"ip": host.ip, "port": host.port})

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """See the tests for more."""
        environment = ["HOME=/", f"{_VARIABLE}10.96.0.1", "KUBERNETES_SERVICE_PORT=443"]
        address = {"sa_family": "AF_INET", "sin_addr": "10.96.0.1", "sin_port": "443"}
        starts = example("sched_process_exec", {"env": environment}, container="pod")
        connects = example("connect", {"sockfd": 3, "addr": address}, container="pod")
        other = example("connect", {"addr": {**address, "sin_addr": "10.96.0.2"}}, container="pod")
        elsewhere = example("connect", {"sockfd": 3, "addr": address}, container="other")
        found = [{"ip": "10.96.0.1", "port": "443"}]
        yield Example("a pod asks its API server", [starts, connects], found)
        yield Example("a pod connects to another host", [starts, other])
        yield Example("a container that has no such variable", [starts, elsewhere])
