# SPDX-License-Identifier: Apache-2.0
"""A run: the signatures in force, over one input after the other."""

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from detector.detect import Detection
from detector.jobs import start
from detector.metrics import values
from detector.notices import Errors, say, warn
from detector.opa.binary import OpaMissing
from detector.opa.check import CheckFailed
from detector.opa.server import ServerFailed
from detector.outputs import open_outputs
from detector.privileges import FOR_RULES, give_up
from detector.progress import bar, clearing
from detector.recordings import divisible, judge
from detector.ruleset import Ruleset, Wanted
from detector.selection import Selection
from detector.showing import open_showing
from detector.signature import ANY
from detector.sources import Source, open_source
from detector.stop import Stop
from detector.suppression import Suppression, window
from detector.telling import Teller
from detector.totals import Totals
from pytracee.service import notices
from pytracee.service.capabilities import lifted
from pytracee.service.counted import counted
from pytracee.service.errors import OperatorError
from pytracee.service.watching import Watching
from pytracee.sinks.sink import SinkClosed
from pytracee.sinks.webhook_options import WebhookOptions

_DAMAGED = 1  # exit status: an input was damaged or cut


@dataclass(frozen=True, slots=True)
class Telling:
    """How findings are told: where to, and whether equal ones are."""

    outputs: Sequence[str]
    webhook: WebhookOptions
    suppress: str | None
    events: Path | None = None  # findings are events among events, as this file says


def detect(
    wanted: Wanted,
    names: Sequence[str],
    telling: Telling,
    watched: Watching,
    count: int,
    user: str | None = None,
) -> int:
    """Exit status. Raises what Ruleset does, and SinkFailed. `count` processes, as `user`."""
    errors = Errors()
    teller = _teller(telling, errors)
    try:
        give_up(user, wanted.directories, names, teller.sinks)
        if count > 1 and divisible(names):
            status = _in_processes(wanted, names, teller, count)
        else:
            if count > 1:
                say("--jobs: only recordings are divided, so there is one process")
            status = _here(wanted, names, teller, errors, watched)
        return status or int(teller.dropped > 0)
    finally:
        teller.close()


def _teller(telling: Telling, errors: Errors) -> Teller:
    length = window(telling.suppress) if telling.suppress else 0
    suppression = Suppression(length) if length else None
    if telling.events:
        return open_showing(telling.events, suppression, errors)
    return Teller(open_outputs(telling.outputs, telling.webhook, errors), suppression)


def _here(
    wanted: Wanted, names: Sequence[str], teller: Teller, errors: Errors, watched: Watching
) -> int:
    stop = Stop()
    detection = Detection(
        _load(wanted, errors), teller, errors, stop, lambda: _load_again(wanted, errors, teller)
    )
    detection.ledger.timed = watched.stats
    try:
        with watched.endpoints(partial(values, detection, errors), detection.problem) as serve:
            serve()
            whole = _each(names, stop, teller, detection.totals, detection.run)
        if watched.stats:
            print(detection.table(errors.of), file=sys.stderr)
    finally:
        detection.close()
        say(detection.totals.line(errors.count))
    return 0 if whole or stop.asked else _DAMAGED


def _in_processes(wanted: Wanted, names: Sequence[str], teller: Teller, count: int) -> int:
    stop = Stop()
    jobs = start(count, wanted, teller)
    try:
        whole = _each(names, stop, teller, jobs.totals, lambda source: judge(jobs, source, stop))
    finally:
        jobs.close()
        say(jobs.totals.line(jobs.errors))
    return 0 if whole or stop.asked else _DAMAGED


def _each(
    names: Sequence[str],
    stop: Stop,
    teller: Teller,
    totals: Totals,
    run: Callable[[Source], bool],
) -> bool:
    """All inputs, one after the other. False if one was damaged or cut."""
    stop.listen()
    shown, whole = bar(names, totals), True
    for output in teller.outputs:
        output.before = clearing(shown)
    try:
        for name in names:
            if not stop.asked:
                with closing(open_source(name)) as source:
                    if shown:
                        shown.watch(source)
                    whole = run(source) and whole
    except SinkClosed:
        pass
    finally:
        if shown:
            shown.close()
    return whole


def _load(wanted: Wanted, errors: Errors) -> Ruleset:
    with lifted(FOR_RULES):
        ruleset = Ruleset(wanted, errors)
    for problem in ruleset.problems:
        warn(problem)
    if sys.stderr.isatty():
        say(f"watching: {_watched(ruleset.selection)}")
    return ruleset


def _load_again(wanted: Wanted, errors: Errors, teller: Teller) -> Ruleset | None:
    """What SIGHUP asks for: the signatures anew, and files that were moved away made again."""
    teller.reopen()
    notices.reopen("detector")
    try:
        fresh = _load(wanted, errors)
    except OperatorError as error:
        _keep_old(*error.complaints)
    except (OpaMissing, CheckFailed, ServerFailed) as error:
        _keep_old(str(error))
    else:
        say(f"reloaded: {_watched(fresh.selection)}")
        return fresh
    return None


def _keep_old(*complaints: str) -> None:
    """Tell why there is no other ruleset."""
    for complaint in complaints:
        warn(complaint)
    warn("the signatures stay as they were")


def _watched(selection: Selection) -> str:
    events = selection.events()
    over = "all events" if events == [ANY] else counted(len(events), "event")
    return f"{counted(len(selection.signatures), 'signature')} over {over}"
