# SPDX-License-Identifier: Apache-2.0
"""Sockets."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1162, "socket", (41, 359, 198), "net net_sock",
        "Make a socket.",
        """
        int domain: socket_family  family of addresses
        int type: socket_type  type and flags
        int protocol  protocol of the family
        """,
    ),
    call(
        1163, "socketpair", (53, 360, 199), "net net_sock",
        "Make a pair of connected sockets.",
        """
        int domain: socket_family  family of addresses
        int type: socket_type  type and flags
        int protocol  protocol of the family
        int[2] sv  the two descriptors
        """,
    ),
    call(
        1164, "bind", (49, 361, 200), "net net_sock",
        "Give a socket its address.",
        """
        int sockfd  the socket
        struct sockaddr* addr  its address
        int addrlen  size of the address
        """,
    ),
    call(
        1165, "listen", (50, 363, 201), "net net_sock",
        "Let a socket accept connections.",
        """
        int sockfd  the socket
        int backlog  longest queue of connections
        """,
    ),
    call(
        1166, "accept", (43, None, 202), "net net_sock",
        "Accept a connection.",
        """
        int sockfd  the socket
        struct sockaddr* addr  address of the peer
        int* addrlen  size of the address
        """,
    ),
    call(
        1167, "accept4", (288, 364, 242), "net net_sock",
        "Accept a connection, with flags.",
        """
        int sockfd  the socket
        struct sockaddr* addr  address of the peer
        int* addrlen  size of the address
        int flags: descriptor_flags  flags
        """,
    ),
    call(
        1007, "connect", (42, 362, 203), "detection net net_sock",
        "Connect a socket. i386 also has socketcall, an event of its own.",
        """
        int sockfd  the socket
        struct sockaddr* addr  address to connect to
        int addrlen  size of the address
        """,
    ),
    call(
        1168, "getsockname", (51, 367, 204), "net net_sock",
        "Ask for a socket's own address.",
        """
        int sockfd  the socket
        struct sockaddr* addr  its own address
        int* addrlen  size of the address
        """,
    ),
    call(
        1169, "getpeername", (52, 368, 205), "net net_sock",
        "Ask for the address of a socket's peer.",
        """
        int sockfd  the socket
        struct sockaddr* addr  address of the peer
        int* addrlen  size of the address
        """,
    ),
    call(
        1170, "setsockopt", (54, 366, 208), "net net_sock",
        "Set an option of a socket.",
        """
        int sockfd  the socket
        int level: socket_level  level of the option
        int optname  number of the option
        const void* optval  the value
        int optlen  size of the value
        """,
    ),
    call(
        1171, "getsockopt", (55, 365, 209), "net net_sock",
        "Ask for an option of a socket.",
        """
        int sockfd  the socket
        int level: socket_level  level of the option
        int optname  number of the option
        void* optval  the value
        int* optlen  size of the value
        """,
    ),
    call(
        1172, "shutdown", (48, 373, 210), "net net_sock",
        "Shut one or both directions of a connection down.",
        """
        int sockfd  the socket
        int how: shutdown_how  which directions
        """,
    ),
    call(
        1173, "sendto", (44, 369, 206), "net net_snd_rcv",
        "Send a message to an address.",
        """
        int sockfd  the socket
        void* buf  where the data is or goes
        size_t len  length in bytes
        int flags: message_flags  flags
        struct sockaddr* dest_addr  address to send to
        int addrlen  size of the address
        """,
    ),
    call(
        1174, "recvfrom", (45, 371, 207), "net net_snd_rcv",
        "Receive a message and its sender's address.",
        """
        int sockfd  the socket
        void* buf  where the data is or goes
        size_t len  length in bytes
        int flags: message_flags  flags
        struct sockaddr* src_addr  address of the sender
        int* addrlen  size of the address
        """,
    ),
    call(
        1175, "sendmsg", (46, 370, 211), "net net_snd_rcv",
        "Send a message.",
        """
        int sockfd  the socket
        struct msghdr* msg  the message
        int flags: message_flags  flags
        """,
    ),
    call(
        1176, "recvmsg", (47, 372, 212), "net net_snd_rcv",
        "Receive a message.",
        """
        int sockfd  the socket
        struct msghdr* msg  the message
        int flags: message_flags  flags
        """,
    ),
    call(
        1177, "sendmmsg", (307, 345, 269), "net net_snd_rcv",
        "Send several messages.",
        """
        int sockfd  the socket
        struct mmsghdr* msgvec  the messages
        unsigned int vlen  how many
        int flags: message_flags  flags
        """,
    ),
    call(
        1178, "recvmmsg", (299, 417, 243), "net net_snd_rcv",
        "Receive several messages.",
        """
        int sockfd  the socket
        struct mmsghdr* msgvec  the messages
        unsigned int vlen  how many
        int flags: message_flags  flags
        struct timespec* timeout  how long to wait
        """,
    ),
)  # fmt: skip
