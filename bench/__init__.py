# SPDX-License-Identifier: Apache-2.0
"""Measurements of the pipeline on this machine. `scripts/bench` runs them."""
