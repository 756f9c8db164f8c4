# SPDX-License-Identifier: Apache-2.0
"""One command for people who want one: `collector | detector`, with the events that the
signatures select.

A thin front: it asks the detector what its signatures need, starts the two processes with a pipe
between them, and waits. The detector alone writes to the terminal.
"""

import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

import click

from pytracee.service.children import start
from schemas.events import BY_NAME

_MEND = 2  # exit status: the operator must mend something


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-e",
    "--events",
    multiple=True,
    metavar="LIST",
    help="Only these signatures, by event name or id; all-signatures is all. `detector --list` "
    "shows them.",
)
@click.option(
    "-s",
    "--scope",
    "scopes",
    multiple=True,
    metavar="EXPR",
    help="Whose activity: global, pid=, uid=, comm= (or !=), as for collector.",
)
@click.option(
    "--signatures-dir",
    "directories",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="More signatures: Rego, CEL and Python. One with a shipped one's id replaces it.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:FILE]",
    help="table, text or json findings; to standard output or a FILE. Default: table.",
)
@click.version_option(package_name="pytracee", prog_name="pytracee")
def command(
    events: Sequence[str],
    scopes: Sequence[str],
    directories: Sequence[str],
    outputs: Sequence[str],
) -> int:
    """Watch this machine: collect the events that the signatures need, print what they find."""
    chosen = [word for directory in directories for word in ("--signatures-dir", directory)]
    chosen += [word for names in events for word in ("--signatures", _names(names))]
    needed = _ask_for_events(chosen)
    if not needed:
        return _MEND  # the detector has said why
    collect = [word for scope in scopes for word in ("--scope", scope)]
    detect = [word for form in outputs or ("table",) for word in ("--output", form)]
    return _run(["--events", needed, "--output", "msgpack", *collect], [*chosen, *detect])


def _names(text: str) -> str:
    """The manual's name for all of them is a wildcard to the detector.

    Raises BadParameter for kernel events, which are the collector's to show.
    """
    items = [item.strip() for item in text.split(",")]
    kernel = [item for item in items if item.lstrip("-") in BY_NAME]
    if kernel:
        raise click.BadParameter(
            f"{', '.join(kernel)}: kernel events are shown by collector --events "
            f"{','.join(kernel)}; here stand signatures",
            param_hint="--events",
        )
    return ",".join("*" if item == "all-signatures" else item for item in items)


def _program(package: str, arguments: Sequence[str]) -> list[str]:
    """-P: not what lies in the current folder under that name."""
    return [sys.executable, "-P", "-m", package, *arguments]


def _ask_for_events(chosen: Sequence[str]) -> str:
    asked = subprocess.run(
        _program("detector", ["--list-events", *chosen]),
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _run(collect: Sequence[str], detect: Sequence[str]) -> int:
    """Both until both have ended. The exit status is the detector's, or the collector's failure."""
    detector = start(
        _program("detector", detect), death_signal=signal.SIGTERM, stdin=subprocess.PIPE
    )
    assert detector.stdin is not None
    with detector.stdin as pipe:
        collector = start(_program("collector", collect), death_signal=signal.SIGTERM, stdout=pipe)
    _pass_signals_to(collector)
    if collector.wait() == _MEND:  # it has said why, and the detector has nothing to add
        detector.terminate()
        detector.wait()
        return _MEND
    statuses = collector.returncode, detector.wait()
    return next((_status(one) for one in statuses if one), 0)


def _status(code: int) -> int:
    """As a shell has it: a child that a signal ended gives 128 and the signal's number."""
    return 128 - code if code < 0 else code


def _pass_signals_to(collector: "subprocess.Popen[bytes]") -> None:
    """SIGTERM is for us alone, so it is passed on; a terminal's Ctrl-C reaches both children by
    itself. When the collector ends, the stream's Bye ends the detector.
    """

    def passed(number: int, _frame: FrameType | None) -> None:
        if collector.poll() is None:
            collector.send_signal(number)

    signal.signal(signal.SIGTERM, passed)
    signal.signal(signal.SIGINT, lambda _number, _frame: None)


def run() -> int:
    """Exit status: 0, 2 for what the operator must mend, else that of the process that failed."""
    try:
        status: int = command.main(prog_name="pytracee", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return _MEND
    except click.Abort:
        return 130
    return status
