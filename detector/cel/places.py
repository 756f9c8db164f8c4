# SPDX-License-Identifier: Apache-2.0
"""Where the lines of a text stand in the YAML file that it is in."""

from collections.abc import Mapping

import yaml


def scalar_places(node: yaml.ScalarNode) -> Mapping[int, tuple[int, int]] | None:
    """For each line of a text (from 0) the row and column at which it begins; None: not known.

    Known for literal blocks (`|`) and for what stands on one line.
    """
    begin, end = node.start_mark, node.end_mark
    if node.style == "|" and begin.buffer is not None:
        return _block_places(node, begin.buffer[begin.pointer : end.pointer].rstrip("\0"))
    if node.style in (None, "'", '"') and begin.line == end.line:
        return {0: (begin.line + 1, begin.column + (2 if node.style else 1))}
    return None


def _block_places(node: yaml.ScalarNode, raw: str) -> Mapping[int, tuple[int, int]]:
    """The block's own lines follow its `|`; all are indented as the text says."""
    first = node.start_mark.line + 2
    wanted, given = node.value.split("\n"), raw.split("\n")[1:]
    return {
        at: (first + at, len(there) - len(line) + 1)
        for at, (line, there) in enumerate(zip(wanted, given, strict=False))
    }
