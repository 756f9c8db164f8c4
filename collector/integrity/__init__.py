# SPDX-License-Identifier: Apache-2.0
"""Checks of the kernel's integrity: made now and then by a process of their own, which reads kernel
memory and compares it with what it must be.
"""
