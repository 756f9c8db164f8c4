# SPDX-License-Identifier: Apache-2.0
"""TRC-1: a socket that has another host at its other end becomes standard input, output or error.

So a reverse shell gets its terminal, and so does one that waits for its master to connect. Does not
see shells that copy their bytes between a socket and a pipe, nor descriptors that a child inherits
where they already are.
"""

from collections.abc import Iterable

from detector.python import (
    Event,
    Example,
    PythonSignature,
    Selector,
    SignatureMetadata,
    data,
    example,
    integer,
)
from detector.python.sockets import remote_of, was_refused

_STDERR = 2
_ADDRESS = {"sa_family": "AF_INET", "sin_addr": "203.0.113.7", "sin_port": "4444"}


class StdioOverSocket(PythonSignature):
    metadata = SignatureMetadata(
        id="TRC-1",
        version="0.1.0",
        name="Standard Input/Output Over Socket",
        event_name="stdio_over_socket",
        description="A process's standard input or output became a socket that is connected to "
        "another host. Reverse shells do so: whoever is at the other end types commands",
        tags=("linux", "container"),
        properties={
            "Severity": 3,
            "Category": "execution",
            "Technique": "Unix Shell",
            "id": "attack-pattern--a9d4b653-6915-42af-98b2-5758c4ceee56",
            "external_id": "T1059.004",
            "MITRE ATT&CK": "Execution: Command and Scripting Interpreter: Unix Shell",
            "aliases": ["TRC-101"],
            "references": ["https://attack.mitre.org/techniques/T1059/004/"],
        },
    )
    selectors = (
        Selector("socket_dup", where=data("newfd").at_most(_STDERR)),
        Selector(
            "security_socket_connect",
            where=data("sockfd").at_most(_STDERR),
            instead_of=("connect",),
        ),
        Selector("connect", where=data("sockfd").at_most(_STDERR)),
    )

    def on_event(self, event: Event) -> None:
        if was_refused(event):
            return
        values = event.data()
        descriptor = integer(values.get("newfd" if event.name == "socket_dup" else "sockfd"))
        if descriptor is None or not 0 <= descriptor <= _STDERR:
            return
        host = remote_of(event)
        if host is not None and values.get("oldfd") != descriptor:
            self.found({"ip": host.ip, "port": host.port, "fd": descriptor})

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """See the tests for more."""
        moves = [_moved(descriptor) for descriptor in (0, 1, 2)]
        found = {"ip": "203.0.113.7", "port": "4444"}
        yield Example("a reverse shell", moves, [{**found, "fd": fd} for fd in (0, 1, 2)])
        yield Example("a server that duplicates its socket", [_moved(7)])
        connect = example("connect", {"sockfd": 0, "addr": _ADDRESS})
        yield Example("standard input is a socket that connects", [connect], [{**found, "fd": 0}])
        yield Example("a client", [example("connect", {"sockfd": 3, "addr": _ADDRESS})])


def _moved(descriptor: int) -> Event:
    values = {"oldfd": 3, "newfd": descriptor, "remote_addr": _ADDRESS}
    return example("socket_dup", values)
