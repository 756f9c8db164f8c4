# SPDX-License-Identifier: Apache-2.0
"""The command line of `detector`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from detector.choice import inner
from detector.listing import as_json, event_list, table, waiting
from detector.notices import fail, say, warn
from detector.opa.binary import OpaMissing
from detector.opa.check import CheckFailed
from detector.opa.server import ServerFailed
from detector.rules import running, shipped_directories
from detector.ruleset import Wanted
from detector.run import Telling, detect
from detector.sources import STDIN
from detector.sources import check as check_source
from pytracee.service import config, log_option, notices, privileges, watching
from pytracee.service.errors import OperatorError
from pytracee.sinks import webhook_options as webhooks
from pytracee.sinks.file import FileSink
from pytracee.sinks.sink import SinkClosed, SinkFailed

_FAILED, _MEND, _INTERRUPTED = 1, 2, 130  # exit statuses
_OUR_FORMATS = ("msgpack", "gob")  # gob is what Tracee's own pipe spoke


_CONTEXT = {"help_option_names": ["-h", "--help"]}


@click.command(context_settings=_CONTEXT)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    metavar="-|FILE|unix:PATH",
    help="Where the stream comes from. Default: standard input.",
)
@click.option(
    "--input-tracee",
    "tracee_inputs",
    multiple=True,
    metavar="file:stdin|file:PATH|format:FORMAT",
    help="The same in Tracee's spelling.",
)
@click.option(
    "--signatures-dir",
    "directories",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="More signatures: Rego, CEL (YAML) and Python. One with a shipped one's id replaces it.",
)
@click.option(
    "--signatures",
    multiple=True,
    metavar="LIST",
    help="Only these: ids or event names, comma-separated; * wildcards; -NAME leaves out.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:FILE]|webhook:URL",
    help="text, json, table, gotemplate=TEMPLATE, to standard output or a FILE; webhook:URL.",
)
@webhooks.with_options
@watching.with_options("At the end, what each signature did and cost.", 4466)
@log_option.with_option
@privileges.with_option
@config.with_option
@click.option(
    "--suppress",
    metavar="TIME",
    help="Tell equal findings of a process once in that time (30s, 10m), and how many there were.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Judge recordings in N processes. Default: 1.",
)
@click.option(
    "--no-prefilter", is_flag=True, help="Let OPA judge every event that a signature selects."
)
@click.option(
    "--show-events",
    type=click.Path(path_type=Path),
    hidden=True,
    help="Events and findings, as pytracee wants them: its file says how.",
)
@click.option("--list", "list_", is_flag=True, help="List the signatures (--output json: as JSON).")
@click.option("--list-events", is_flag=True, help="List the events that the signatures select.")
@click.option("--install-opa", is_flag=True, help="Provide the OPA that evaluates signatures.")
@click.version_option(package_name="pytracee", prog_name="detector")
def command(
    files: Sequence[str],
    inputs: Sequence[str],
    tracee_inputs: Sequence[str],
    directories: Sequence[Path],
    signatures: Sequence[str],
    outputs: Sequence[str],
    no_prefilter: bool,
    list_: bool,
    list_events: bool,
    install_opa: bool,
    suppress: str | None,
    jobs: int,
    show_events: Path | None,
    **more: Any,
) -> int:
    """Evaluate signatures on a collector's stream, or on recordings of one.

    `collector | detector` needs no options; `detector FILE` reads a recording.

    Two more commands for who writes signatures: `detector test [PATH]...` runs their tests,
    `detector check [DIR]...` tells what is wrong with them (see `detector test --help`).
    """
    notices.use(notices.log_of(more["log"]))
    if install_opa:
        from detector.opa import install

        return install.main()
    wanted = Wanted((*shipped_directories(), *directories), signatures, not no_prefilter)
    if list_ or list_events:
        return _list(wanted, outputs, events=list_events)
    watched = watching.given(more)
    if jobs > 1 and (watched.stats or watched.pages):
        raise OperatorError(
            "--jobs: --stats, --metrics, --healthz and --profile tell of one process only"
        )
    names = _names(files, inputs, tracee_inputs)
    for name in names:
        check_source(name)
    notices.to_file()
    telling = Telling(outputs, webhooks.given(more), suppress, show_events)
    return detect(wanted, names, telling, watched, jobs, more["user"])


@click.command("test", context_settings=_CONTEXT)
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]..."
)
def test_command(paths: Sequence[Path]) -> int:
    """Run the tests and examples of signatures: of these files and folders, or the shipped ones."""
    from detector import testing

    return testing.run(paths or shipped_directories())


@click.command("check", context_settings=_CONTEXT)
@click.argument(
    "directories",
    nargs=-1,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="[DIR]...",
)
def check_command(directories: Sequence[Path]) -> int:
    """Tell all that is wrong with signatures, in these folders or the shipped ones."""
    from detector import check

    return check.run(directories or shipped_directories())


def run() -> int:
    """Exit status: 0; 1 where an input or output failed; 2 for what the operator must mend."""
    more = {found.name: found for found in (test_command, check_command)}
    chosen = more.get(sys.argv[1]) if len(sys.argv) > 1 else None
    arguments = sys.argv[2:] if chosen else sys.argv[1:]
    name = f"detector {sys.argv[1]}" if chosen else "detector"
    try:
        return int((chosen or command).main(arguments, name, standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return _MEND
    except OperatorError as error:
        for complaint in error.complaints:
            fail(complaint)
        return _MEND
    except (OpaMissing, CheckFailed, ServerFailed) as error:
        fail(str(error))
        return _MEND
    except SinkFailed as error:
        fail(str(error))
        return _FAILED
    except SinkClosed:
        return 0
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED


def _list(wanted: Wanted, outputs: Sequence[str], *, events: bool) -> int:
    form, _, place = (outputs[-1] if outputs else "table").partition(":")
    if form not in ("table", "text", "json"):
        raise OperatorError(f"--output {form}: a list comes as table or json")
    with running(wanted.directories) as rules:
        chosen = rules.chosen(wanted.signatures)
        if events:
            chosen += inner(chosen, rules.signatures)
    for problem in rules.problems:
        warn(problem)
    show = event_list if events else as_json if form == "json" else table
    sink = FileSink(place, say)
    sink.write(show(chosen) + "\n")
    if not events and form != "json" and (waits := waiting(chosen)):
        warn(f"these signatures wait for events that the collector does not have yet:{waits}")
    return _FAILED if sink.dropped else 0


def _names(files: Sequence[str], inputs: Sequence[str], tracee: Sequence[str]) -> list[str]:
    """All that is to be read, in the order of the command line within each spelling."""
    names = [*inputs]
    for text in tracee:
        kind, _, value = text.partition(":")
        if kind == "file" and value:
            names.append(STDIN if value == "stdin" else value)
        elif kind != "format" or value not in _OUR_FORMATS:
            raise OperatorError(
                f"--input-tracee {text}: give file:stdin, file:PATH or format:msgpack"
            )
        elif value == "gob":
            say("--input-tracee format:gob: read as pytracee's own stream")
    return [*names, *files] or [STDIN]
