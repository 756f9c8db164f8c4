# SPDX-License-Identifier: Apache-2.0
"""The stream between collector and detector: its messages, their framing, their reader.

A legal sequence of msgpack objects. Every message is an unsigned 32-bit integer, the length of
what follows, and then that: either a batch (an array of records, as the kernel wrote them) or a
map with a "type".
"""
