# SPDX-License-Identifier: Apache-2.0
"""Signatures in CEL, the Common Expression Language, written down in YAML."""
