# SPDX-License-Identifier: Apache-2.0
"""Events that the collector tells by itself, of what it knows: the machine, and its containers."""
