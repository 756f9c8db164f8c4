# SPDX-License-Identifier: Apache-2.0
"""Signatures made for measuring: of the kinds that people write, for events that do not happen."""

from collections.abc import Sequence
from pathlib import Path

HOT = "BENCH-HOT"
_SHIPPED = Path(__file__).parent.parent / "rego"

#: (event, lines of a rule about it): each number gives another rule
_KINDS: tuple[tuple[str, ...], ...] = (
    ("security_file_open", "some path in helpers.written", 'startswith(path, "/srv/data{n}/")'),
    (
        "security_file_open",
        'input.processName != "service{n}"',
        "some path in helpers.read",
        'path in {{"/etc/service{n}/key", "/etc/service{n}/token"}}',
    ),
    ("openat", "some path in helpers.argument.pathname", 'endswith(path, "/secret{n}.pem")'),
    ("sched_process_exec", "some path in helpers.argument.pathname", 'endswith(path, "/tool{n}")'),
    (
        "sched_process_exec",
        "some argv in helpers.argument.argv",
        "some one in argv",
        'contains(one, "--option{n}")',
    ),
    (
        "execve",
        "some envp in helpers.argument.envp",
        "some one in envp",
        'startswith(one, "SETTING{n}=")',
    ),
    ("connect", "some address in helpers.argument.addr", 'address.sin_port == "70{n:02}"'),
    (
        "security_bprm_check",
        'input.processName == "server{n}"',
        "some path in helpers.argument.pathname",
        "regex.match(`^(/usr)?/bin/(ba|da)?sh$`, path)",
    ),
)
# Whoever reads every value sees what is not in the record, so no prefilter can tell.
_EVERY_VALUE = ("walk(input, [_, value])", 'value == "/no/such/file"')

_MODULE = """\
package tracee.{package}

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {{
	"id": "{id}",
	"version": "1.0.0",
	"name": "{id}",
	"eventName": "{package}",
	"description": "Made for measuring",
	"properties": {{"Severity": 1}},
}}

tracee_selected_events contains {{"source": "tracee", "name": "{event}", "origin": "{origin}"}}

tracee_match if {{
	input.eventName == "{event}"
	{body}
}}
"""


def write(folder: Path, count: int) -> None:
    """`count` signatures BENCH-1, BENCH-2, …, and HOT, which looks at every value of an event."""
    folder.mkdir()
    (folder / "helpers.rego").write_text((_SHIPPED / "helpers.rego").read_text())
    for at in range(count):
        number, kind = divmod(at, len(_KINDS))
        event, *lines = _KINDS[kind]
        origin = "*" if at % 3 else "container"  # every third rule is about containers alone
        _write(folder, f"BENCH-{at + 1}", event, origin, [line.format(n=number) for line in lines])
    _write(folder, HOT, "security_file_open", "*", _EVERY_VALUE)


def _write(folder: Path, id_: str, event: str, origin: str, lines: Sequence[str]) -> None:
    package, body = id_.lower().replace("-", "_"), "\n\t".join(lines)
    text = _MODULE.format(package=package, id=id_, event=event, origin=origin, body=body)
    (folder / f"{package}.rego").write_text(text)
