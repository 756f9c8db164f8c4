# SPDX-License-Identifier: Apache-2.0
"""Signatures in YAML for tests."""

from textwrap import indent

HEAD = "kind: SignaturesConfig\napiVersion: tracee.aquasecurity.github.io/v1alpha1\nsignatures:\n"


def entry(name: str, expression: str, *events: str, more: str = "") -> str:
    """An element of `signatures`, with the expression as a block."""
    selectors = "\n".join(f"      - {{source: tracee, name: '{event}'}}" for event in events)
    return f"""\
  - metadata: {{id: {name}, name: {name} name, version: "1"}}
    eventSelectors:
{selectors}
    expression: |-
{indent(expression, "      ")}
{more}"""
