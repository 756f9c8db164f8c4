# SPDX-License-Identifier: Apache-2.0
"""The command line of `collector`."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from collector import sampling
from collector.choosing import options as choosing_options
from collector.choosing.again import Again
from collector.choosing.policy import Policy
from collector.context import options as context_options
from collector.context.containers import hierarchy
from collector.context.own import sees_host_pids
from collector.loading import privileges
from collector.notices import fail, say, warn
from collector.outputs.destinations import FORMS, named, open_output
from collector.reports import planned
from collector.reports.statistics import Statistics
from collector.signals import Signals
from pytracee.service import config, log_option, notices, watching
from pytracee.service.errors import OperatorError
from pytracee.sinks import webhook_options
from pytracee.sinks.sink import SinkClosed, SinkFailed
from pytracee.views.wanted import Options, Wanted

_PAGE = 4096  # bytes
_T = TypeVar("_T")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@choosing_options.with_options
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:PLACE]|option:…",
    help=f"{', '.join(FORMS)}; to stdout, a FILE or (msgpack) unix:PATH; option:… for all of them, "
    "see docs/outputs.md. Default: msgpack on a pipe, table on a terminal.",
)
@click.option(
    "--record",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Make a recording, for `detector FILE`.",
)
@click.option(
    "--perf-buffer-size",
    "pages",
    default=4096,
    show_default=True,
    type=click.IntRange(1, 1 << 18),
    metavar="PAGES",
    help="Room for events in the kernel, in pages of 4 KiB, up to the next power of two.",
)
@context_options.with_options
@webhook_options.with_options
@log_option.with_option
@config.with_option
@privileges.with_options
@sampling.with_option
@watching.with_options("At the end, on stderr: events, rates, lost, CPU.", 3366)
@click.option(
    "--explain",
    is_flag=True,
    help="Print the plan and load nothing: probes, what the kernel decides, what is left.",
)
@click.version_option(package_name="pytracee", prog_name="collector")
def command(
    outputs: Sequence[str],
    record: Sequence[Path],
    pages: int,
    explain: bool,
    **more: Any,
) -> int:
    """Collect this machine's kernel events and stream them.

    `collector | detector` needs no options; on a terminal collector prints a table. `collector
    doctor` says what a bug report must say.
    """
    if "list" in more["events"]:
        from collector.reports.listing import print_events

        return print_events(outputs)
    complaints: list[str] = []
    log = _gather(lambda: notices.log_of(more["log"]), complaints)
    policies = choosing_options.given(more, complaints)
    context_options.check(more, policies, complaints)
    destinations = _gather(lambda: named(outputs, record, webhook_options.given(more)), complaints)
    watched = _gather(lambda: watching.given(more), complaints)
    if not explain:
        _gather(privileges.check, complaints)
    if destinations is None or log is None or watched is None or complaints:
        raise OperatorError(*complaints)
    notices.use(log)
    planned.tell_of(policies)
    if explain:
        from collector.reports.explaining import print_explanation

        return print_explanation(policies, as_json="json" in outputs)
    return _collect(
        Choice(policies, Again(command, more)),
        destinations,
        pages * _PAGE,
        privileges.given(more),
        watched,
        tree=not more["no_process_tree"],
        sample=sampling.given(more, policies),
    )


def _gather(act: Callable[[], _T], complaints: list[str]) -> _T | None:
    """Do it, and keep what is wrong with it: all complaints are shown at once."""
    try:
        return act()
    except OperatorError as error:
        complaints += error.complaints
        return None


class Choice(NamedTuple):
    """What was chosen, and what reads it anew."""

    policies: Sequence[Policy]
    again: Again


def _collect(
    choice: Choice,
    destinations: tuple[Sequence[Wanted], Options],
    ring_bytes: int,
    rights: privileges.Privileges,
    watched: watching.Watching,
    *,
    tree: bool,
    sample: sampling.Sample | None,
) -> int:
    """Exit status."""
    from collector.collect import Collector
    from collector.loading.features import Features
    from collector.loading.settle import settle
    from collector.made import hashing
    from collector.reloading import Reloading
    from collector.reports.trouble import NO_GROUPS, OWN_PIDS

    signals = Signals()
    outputs, options = destinations
    notices.to_file()
    opened = [open_output(one, options, rights.user) for one in outputs]
    policies, again = choice
    places = (one.place.removeprefix("unix:") for one in outputs if one.is_file)
    rights.start_opener(places, again.files)
    features = Features()
    ring_bytes = 1 << (ring_bytes - 1).bit_length()
    hashed = options.hashes or hashing.filtered(policies)
    plan, kernel = settle(
        policies,
        features,
        ring_bytes,
        stacks=options.stacks,
        ours={hashing.EVENT} if hashed else set(),
    )
    if not sees_host_pids():
        warn(OWN_PIDS)
    if not hierarchy():
        warn(NO_GROUPS)
    planned.tell(plan)
    seen = Statistics(by_event=watched.stats)
    collector = Collector(
        kernel,
        plan,
        opened,
        rights.give_up,
        chosen=again.signed,
        tree=tree,
        sample=sample,
        hashing=hashing.Hashing() if hashed else None,
        statistics=seen,
        reloading=Reloading(again, features) if rights.reload and again.may_differ else None,
    )
    # Threads that serve would keep root: they are made once it is given up.
    with watched.endpoints(partial(seen.values, collector), seen.problem) as serve:
        totals = collector.run(signals.stopped, signals.hung_up, serve)
        signals.ended()
    if watched.stats:
        print(seen.table(collector), file=sys.stderr)
    kernel.close()
    say(str(totals))
    return int(totals.failed)


def run() -> int:
    """Exit status: 0; 1 where an output failed; 2 for what the operator must mend."""
    try:
        if sys.argv[1:2] == ["doctor"]:
            from collector.reports.doctor import doctor

            return int(doctor.main(sys.argv[2:], "collector doctor", standalone_mode=False) or 0)
        return int(command.main(prog_name="collector", standalone_mode=False) or 0)
    except OperatorError as error:
        for complaint in error.complaints:
            fail(complaint)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except SinkFailed as error:
        fail(str(error))
        return 1
    except SinkClosed:
        return 0
    except click.Abort:
        return 130
