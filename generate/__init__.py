# SPDX-License-Identifier: Apache-2.0
"""Writes what follows from the event catalogue and the commands: `scripts/generate`."""
