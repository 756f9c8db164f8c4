# SPDX-License-Identifier: Apache-2.0
"""From what is asked for to programs that run in the kernel: decide, load, attach."""
