# SPDX-License-Identifier: Apache-2.0
"""One command for people who want one: events, signatures and policies together.

A thin front: it asks the detector what its signatures are, starts the two processes with a pipe
between them, and waits. The collector decides what is chosen, the detector alone shows it.
"""

from collections.abc import Sequence
from typing import Any

import click
import msgspec

from pytracee import running
from pytracee.service import completing, config, log_option, notices
from pytracee.service.errors import OperatorError
from pytracee.service.notices import say
from pytracee.service.option_group import grouped
from pytracee.sinks import webhook_options
from pytracee.views.opening import check
from pytracee.views.wanted import DEFAULT, EVENT_FORMS, Shown, Words

_MEND = 2  # exit status: the operator must mend something
#: what only shows what would be done, which the collector does alone
_ONLY_TELLS = ("--explain",)
#: options that are handed to the collector as they are
_CHOOSING = (
    ("-e", "--events", "LIST", "Events, sets and signatures. Default: all-signatures."),
    ("-s", "--scope", "EXPR", "Whose activity: global, pid=, uid=, comm=, container, tree=, …"),
    ("-f", "--filter", "EXPR", "What must be in an event: data.NAME=, retval=, EVENT.data.NAME=."),
    ("-t", "--trace", "EXPR", "All of these in one, as older command lines have it."),
    ("-p", "--policy", "FILE|DIR", "Policies, in YAML: whose activity, which events."),
)  # fmt: skip


_with_choosing = grouped(
    *(
        click.option(
            short,
            name,
            multiple=True,
            metavar=metavar,
            help=text,
            shell_complete=completing.events if name == "--events" else None,
        )
        for short, name, metavar, text in _CHOOSING
    )
)


@click.command(
    context_settings={
        "help_option_names": ["-h", "--help"],
        "ignore_unknown_options": True,
        "allow_extra_args": True,
    }
)
@_with_choosing
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
    metavar="FORM[:PLACE]|option:…",
    help=f"{', '.join(EVENT_FORMS)}; to standard output or a FILE; option:detect-only and others, "
    f"see docs/outputs.md. Default: {DEFAULT}.",
)
@webhook_options.with_options
@log_option.with_option
@config.with_option
@click.option("--suppress", metavar="TIME", help="Tell equal findings once in that time: 30s, 10m.")
@click.version_option(package_name="pytracee", prog_name="pytracee")
@click.pass_context
def command(
    context: click.Context,
    /,
    directories: Sequence[str],
    outputs: Sequence[str],
    suppress: str | None,
    **more: Any,
) -> int:
    """Watch this machine: show the events that are asked for, and what signatures find.

    All other options are the collector's: see collector --help.
    """
    notices.use(notices.log_of(more["log"]))
    collect = _handed_on(more, context)
    detect = [word for directory in directories for word in ("--signatures-dir", directory)]
    shown = _shown(outputs, webhook_options.given(more))
    with running.Front() as front:
        signatures = front.ask_for_signatures(detect)
        if "list" in more["events"] or any(one in context.args for one in _ONLY_TELLS):
            form = [word for text in outputs for word in ("--output", text)]
            return front.only_collector([*collect, *form], signatures)
        collect += shown.options.of_collection()
        detect += ["--suppress", suppress] if suppress else []
        detect += ["--show-events", front.file(msgspec.json.encode(shown))]
        return front.run(collect, detect, signatures)


def _handed_on(more: dict[str, Any], context: click.Context) -> list[str]:
    """The collector's own words."""
    found = [
        word
        for _, name, _, _ in _CHOOSING
        for text in more[name.removeprefix("--")] or ()
        for word in (name, text)
    ]
    if not any(more[name] for name in ("events", "trace", "policy")):
        found += ["--events", "all-signatures"]
    if path := context.meta.get(config.PATH):
        found += ["--config", str(path)]
    return [*found, *context.args]


def _shown(outputs: Sequence[str], webhook: webhook_options.WebhookOptions) -> Shown:
    """Before anything is started. Raises OperatorError."""
    words = Words(EVENT_FORMS, lambda text: say("pytracee", text))
    words.options.webhook = webhook
    words.read(outputs, DEFAULT)
    complaints = [text for one in words.outputs if (text := check(one, words.options))]
    if complaints:
        raise OperatorError(*complaints)
    return Shown(words.outputs, words.options)


def run() -> int:
    """Exit status: 0, 2 for what the operator must mend, else that of the process that failed."""
    try:
        status: int = command.main(prog_name="pytracee", standalone_mode=False) or 0
    except OperatorError as error:
        for complaint in error.complaints:
            say("pytracee", complaint, notices.Level.ERROR)
        return _MEND
    except click.ClickException as error:
        error.show()
        return _MEND
    except running.Ended as ended:
        return ended.status
    except click.Abort:
        return 130
    return status
