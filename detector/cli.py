# SPDX-License-Identifier: Apache-2.0
"""The command line of `detector`."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from detector.detect import Detection
from detector.engines import Engines
from detector.listing import as_json, event_list, table
from detector.notices import Errors, say
from detector.opa.binary import OpaMissing
from detector.opa.blame import Blame
from detector.opa.check import CheckFailed
from detector.opa.engine import RegoEngine
from detector.opa.server import ServerFailed
from detector.outputs import Output, open_outputs
from detector.prefilter.prefilter import Prefilter, derive
from detector.rules import Rules, running, shipped
from detector.selection import Selection
from detector.signature import ANY
from detector.sources import STDIN, check, open_source
from detector.stop import Stop
from pytracee.service.errors import OperatorError
from pytracee.sinks.file import FileSink
from pytracee.sinks.sink import SinkClosed, SinkFailed

_FAILED, _MEND, _INTERRUPTED = 1, 2, 130  # exit statuses
_OUR_FORMATS = ("msgpack", "gob")  # gob is what Tracee's own pipe spoke


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
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
    help="Rego signatures, in place of the shipped ones. Of two with one id the later DIR's runs.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:FILE]",
    help="text, json or table; to standard output or a FILE. Default: text.",
)
@click.option(
    "--no-prefilter", is_flag=True, help="Let OPA judge every event that a signature selects."
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
    outputs: Sequence[str],
    no_prefilter: bool,
    list_: bool,
    list_events: bool,
    install_opa: bool,
) -> int:
    """Evaluate signatures on a collector's stream, or on recordings of one.

    `collector | detector` needs no options; `detector FILE` reads a recording.
    """
    if install_opa:
        from detector.opa import install

        return install.main()
    if list_ or list_events:
        return _list(directories, outputs, events=list_events)
    names = _names(files, inputs, tracee_inputs)
    for name in names:
        check(name)
    opened = open_outputs(outputs)
    with running(directories or (shipped(),)) as rules:
        _report(rules)
        prefilter = Prefilter({}) if no_prefilter else _prefilter(rules)
        return _detect(rules, prefilter, names, opened)


def run() -> int:
    """Exit status: 0; 1 where an input or output failed; 2 for what the operator must mend."""
    try:
        return int(command.main(prog_name="detector", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return _MEND
    except (OperatorError, OpaMissing, CheckFailed, ServerFailed) as error:
        say(str(error))
        return _MEND
    except SinkFailed as error:
        say(str(error))
        return _FAILED
    except SinkClosed:
        return 0
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED


def _list(directories: Sequence[Path], outputs: Sequence[str], *, events: bool) -> int:
    form, _, place = (outputs[-1] if outputs else "table").partition(":")
    if form not in ("table", "text", "json"):
        raise OperatorError(f"--output {form}: a list comes as table or json")
    with running(directories or (shipped(),)) as rules:
        _report(rules)
        if events:
            text = event_list(rules.signatures)
        else:
            text = as_json(rules.signatures) if form == "json" else table(rules.signatures)
    FileSink(place).write(text + "\n")
    return 0


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


def _report(rules: Rules) -> None:
    """Say what was left out or replaced; without any signature there is nothing to do."""
    for problem in rules.problems:
        say(problem)
    if not rules.signatures:
        raise OperatorError("there is no signature that can run: see --signatures-dir")


def _prefilter(rules: Rules) -> Prefilter:
    rego = rules.bundle.signatures
    return derive(rules.server, {s.key: s.metadata.id for s in rules.signatures if s.key in rego})


def _detect(
    rules: Rules, prefilter: Prefilter, names: Sequence[str], outputs: Sequence[Output]
) -> int:
    selection, errors, stop = Selection(rules.signatures), Errors(), Stop()
    blame = Blame(selection.signatures, rules.bundle, errors)
    engines = Engines(RegoEngine(rules.server, rules.bundle.fields, blame), [])
    detection = Detection(selection, prefilter, engines, outputs, errors, stop)
    stop.listen()
    _say_what_is_watched(selection)
    whole = True
    try:
        for name in names:
            if not stop.asked:
                with closing(open_source(name)) as source:
                    whole = detection.run(source) and whole
    except SinkClosed:
        pass
    finally:
        engines.close()
        say(detection.totals.line(errors.count))
    return 0 if whole or stop.asked else _FAILED


def _say_what_is_watched(selection: Selection) -> None:
    if sys.stderr.isatty():
        events = selection.events()
        over = "all events" if events == [ANY] else f"{len(events)} events"
        say(f"watching: {len(selection.signatures)} signatures over {over}")
