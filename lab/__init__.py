# SPDX-License-Identifier: Apache-2.0
"""The kernel lab: run a command as root under another Linux kernel than this machine's.

A Debian kernel is booted in QEMU on a throw-away overlay of this machine's own root file system,
so that whatever is installed here is there too, and nothing that happens there stays.
"""
