# SPDX-License-Identifier: Apache-2.0
"""Sockets."""

from schemas.event_type import EventType, after, fields, hook

EVENTS = (
    EventType(
        id=401,
        name="security_socket_connect",
        doc="A socket is about to be connected.",
        sets=("default", "detection", "lsm_hooks", "lsm", "net", "net_sock"),
        fields=fields("""
            int sockfd  the socket's descriptor; nil where no call of its own connects it (io_uring)
            int type: socket_type  type of the socket
            struct sockaddr* remote_addr  address to connect to
        """),
        probes=(
            *hook("socket_connect", "security_socket_connect", "socket_connect"),
            after(
                "socket",
                "connect",
                "socketcall",
                note="told as the call returns, which may be long after; io_uring is not seen",
            ),
        ),
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
        probes=(after("dup", "dup", "dup2", "dup3", "fcntl", "fcntl64"),),
    ),
)
