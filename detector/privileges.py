# SPDX-License-Identifier: Apache-2.0
"""Giving up root before a byte of a stream or a line of a rule is read."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from detector.opa.binary import find
from detector.sources import STDIN, open_source
from pytracee.service import notices, privileges
from pytracee.service.capabilities import Capability
from pytracee.service.opener import OPENER
from pytracee.sinks.file import FileSink
from pytracee.sinks.opening import open_to_write
from pytracee.sinks.sink import Sink

#: where root stays root: rules may lie in a folder that is another user's alone
FOR_RULES = Capability.DAC_READ_SEARCH


def give_up(user: str | None, rules: Iterable[Path], inputs: Sequence[str],
            sinks: Sequence[Sink]) -> None:  # fmt: skip
    """Become somebody who may read OPA and the rules; what only root may open is opened by a
    process that knows these inputs and outputs. Raises OperatorError.
    """
    opa = find([])
    files = {sink.name for sink in sinks if isinstance(sink, FileSink)}
    found = privileges.user_for(user, [*rules, *([opa] if opa else [])])
    if not (user or all(isinstance(sink, FileSink) for sink in sinks)):
        found = None  # a spool stays root's own, and so does who fills it
    if os.geteuid() == 0:
        reads = {name for name in inputs if name != STDIN}
        writes = {*files, notices.log_file()} - {"", "stdout"} - reads
        OPENER.start(sorted(reads | writes), lambda name: _open(name, name in reads))
    privileges.drop(found, () if found else (FOR_RULES,))


def _open(name: str, is_input: bool) -> int:
    return open_source(name).fd if is_input else open_to_write(name)
