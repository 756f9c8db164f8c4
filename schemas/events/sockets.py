# SPDX-License-Identifier: Apache-2.0
"""Sockets."""

from schemas.event_type import EventType, Probe, after, fields, hook

_SETS = ("lsm_hooks", "lsm", "net", "net_sock")
_SOCKET = "the socket's descriptor; nil where no call of its own does this (io_uring)"
_NOTE = "told as the call returns; io_uring is not seen"


def _probes(name: str, *calls: str, note: str) -> tuple[Probe, ...]:
    """At the hook security_NAME, or as one of these calls returns."""
    return (
        *hook(name, f"security_{name}", name),
        after(name, *calls, "socketcall", note=note),
    )


EVENTS = (
    EventType(
        id=400,
        name="security_socket_create",
        doc="A socket is about to be made.",
        sets=_SETS,
        fields=fields("""
            int family: socket_family  address family
            int type: socket_type  type
            int protocol  protocol in the family
            int kern  1 where the kernel makes it for itself
        """),
        probes=_probes(
            "socket_create",
            "socket",
            "socketpair",
            note="sees sockets that calls made: none of the kernel's own, none of io_uring, and of "
            "socketpair one event instead of two",
        ),
    ),
    EventType(
        id=401,
        name="security_socket_connect",
        doc="A socket is about to be connected.",
        sets=("default", "detection", *_SETS),
        fields=fields(f"""
            int sockfd  {_SOCKET}
            int type: socket_type  type of the socket
            struct sockaddr* remote_addr  address to connect to
        """),
        probes=_probes(
            "socket_connect",
            "connect",
            note="told as the call returns, which may be long after; io_uring is not seen",
        ),
    ),
    EventType(
        id=403,
        name="security_socket_bind",
        doc="A socket is about to get an address of its own.",
        sets=("default", *_SETS),
        fields=fields(f"""
            int sockfd  {_SOCKET}
            struct sockaddr* local_addr  the address
        """),
        probes=_probes("socket_bind", "bind", note=_NOTE),
    ),
    EventType(
        id=404,
        name="security_socket_listen",
        doc="A socket is about to wait for connections.",
        sets=_SETS,
        fields=fields(f"""
            int sockfd  {_SOCKET}
            struct sockaddr* local_addr  its address
            int backlog  how many connections may wait, at most as many as the system allows
        """),
        probes=_probes(
            "socket_listen", "listen", note=f"{_NOTE}; backlog is as the call was given it"
        ),
    ),
    EventType(
        id=405,
        name="security_socket_accept",
        doc="A socket is about to take a connection, or to wait for one.",
        sets=("default", *_SETS),
        fields=fields(f"""
            int sockfd  {_SOCKET}
            struct sockaddr* local_addr  its address
        """),
        probes=_probes(
            "socket_accept",
            "accept",
            "accept4",
            note="told as the call returns, which may be long after, when there is a connection; "
            "io_uring is not seen",
        ),
    ),
    EventType(
        id=406,
        name="security_socket_setsockopt",
        doc="An option of a socket is about to be set.",
        sets=_SETS,
        fields=fields(f"""
            int sockfd  {_SOCKET}
            int level: socket_level  level of the option
            int optname  number of the option
            struct sockaddr* local_addr  the socket's address
        """),
        probes=_probes("socket_setsockopt", "setsockopt", note=_NOTE),
    ),
    EventType(
        id=402,
        name="socket_dup",
        doc="A descriptor of a socket was duplicated, which makes it standard input, for example.",
        sets=("detection", "net", "net_sock"),
        fields=fields("""
            int oldfd  the descriptor that there was
            int newfd  the new one
            struct sockaddr* remote_addr  address of the socket's other end
        """),
        probes=(after("socket_dup", "dup", "dup2", "dup3", "fcntl", "fcntl64"),),
    ),
    EventType(
        id=407,
        name="socket_accept",
        doc="A socket took a connection.",
        sets=("net", "net_sock"),
        fields=fields("""
            int sockfd  descriptor of the socket that waited
            struct sockaddr* local_addr  address of our end of the connection
            struct sockaddr* remote_addr  address of the other end
            int newfd  descriptor of the connection
        """),
        probes=(
            after(
                "socket_accepted", "accept", "accept4", "socketcall", note="io_uring is not seen"
            ),
        ),
    ),
)
