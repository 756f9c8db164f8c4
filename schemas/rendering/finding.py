# SPDX-License-Identifier: Apache-2.0
"""A finding as Tracee's text block and as its JSON line."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from schemas.finding import Finding
from schemas.rendering.columns import Columns, escaped
from schemas.rendering.event import rule_input
from schemas.rendering.look import Look
from schemas.rendering.signature import metadata_dict
from schemas.rendering.table import named_row
from schemas.stream.values import text


def finding_text(finding: Finding) -> str:
    """The text block, with the blank line before it."""
    task = finding.event.task
    rows = (
        "\n*** Detection ***",
        f"Time: {_time(finding.event.timestamp)}",
        f"Signature ID: {escaped(finding.signature.id)}",
        f"Signature: {escaped(finding.signature.name)}",
        f"Data: {escaped(go_value(finding.data or {}))}",
        f"Command: {escaped(text(task.comm))}",
        f"Hostname:  {escaped(text(task.uts_name))}",
    )
    return "\n".join(rows) + "\n"


def finding_row(finding: Finding) -> str:
    """A row of the events' table, as which a finding is an event: its name, its data as ARGS."""
    return named_row(finding.event, finding.name, finding.data or {}, Columns(), Look()) + "\n"


def finding_json(finding: Finding) -> str:
    """One line of JSON. `Context` is the event as the signature saw it."""
    line = {
        "Data": finding.data,
        "Context": rule_input(finding.event),
        "SigMetadata": metadata_dict(finding.signature),
    }
    return msgspec.json.encode(line).decode() + "\n"


def go_value(value: Any) -> str:
    """A JSON value as Go's `%v` prints it: `map[a:1 b:[x y] c:<nil>]`, keys in order."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return str(value).lower()
        case dict():
            pairs = (f"{key}:{go_value(value[key])}" for key in sorted(value))
            return f"map[{' '.join(pairs)}]"
        case list():
            return f"[{' '.join(map(go_value, value))}]"
        case _:
            return str(value)  # OPA hands numbers to Go as their text


def _time(nanoseconds: int) -> str:
    try:
        moment = datetime.fromtimestamp(nanoseconds // 10**9, UTC)
    except (OverflowError, ValueError, OSError):  # a damaged record can hold any number
        return f"{nanoseconds} ns"
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
