# SPDX-License-Identifier: Apache-2.0
"""From the kernel to the stream: plans, loads and reads the eBPF programs."""
